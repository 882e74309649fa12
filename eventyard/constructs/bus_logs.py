"""A bus's own logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import ArnFormat, Aws, RemovalPolicy, Stack, aws_events, aws_iam, aws_logs
from constructs import Construct

from eventyard.constructs.callers import name_of
from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from aws_cdk import aws_kms
    from constructs import IDependable

# The log types of buses' deliveries, each with those of the levels below it.
_LEVELS = {"ERROR": ("ERROR",), "INFO": ("ERROR", "INFO"), "TRACE": ("ERROR", "INFO", "TRACE")}
_DELIVERY = "delivery.logs.amazonaws.com"


class BusLogs(Construct):
    """What EventBridge says of each event on a bus, in a log group: came, matched, delivered or why not.

    Minimal use: `BusLogs(self, "Logs", bus=commerce)`.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-logs.html: a bus has a level, and a delivery
    of vended logs for each level up to it.

    Args:
        bus: The bus, in this stack, with a name that is known at synth: its level is set here.
        level: `ERROR`, `INFO` or `TRACE`.
        detail: Whether events' details are in the records too. Off: a log is read by more people than a bus.
        retention: How long records are kept.
        key: A key of your own that encrypts the log group; CloudWatch Logs is admitted to it.

    `group` is the native log group.

    Raises:
        EventyardError: If the bus is only imported, or has no name before deployment, or there is no such level.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bus: aws_events.IEventBus,
        level: str = "INFO",
        detail: bool = False,
        retention: aws_logs.RetentionDays = aws_logs.RetentionDays.ONE_YEAR,
        key: aws_kms.IKey | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        name, resource = name_of(bus), bus.node.default_child
        if level not in _LEVELS:
            raise EventyardError(
                f"buses have no log level {level!r}.", where=self.node.path, remedy=f"Say one of {', '.join(_LEVELS)}."
            )
        if name is None or not isinstance(resource, aws_events.CfnEventBus):
            raise EventyardError(
                "only a bus that is defined in this app, by name, can be told to log.",
                where=self.node.path,
                remedy="Define it with Bus(..., name=...), and its logs beside it.",
            )
        resource.log_config = aws_events.CfnEventBus.LogConfigProperty(
            level=level, include_detail="FULL" if detail else "NONE"
        )
        # AWS wants names with this beginning for vended logs of some size.
        group_name = f"/aws/vendedlogs/events/event-bus/{name}"
        self.group = aws_logs.LogGroup(
            self,
            "Group",
            log_group_name=group_name,
            retention=retention,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
            encryption_key=key,
        )
        if key is not None:
            let_logs_encrypt(key, self.group, group_name)
        self._deliver(bus, name, _LEVELS[level])

    def _deliver(self, bus: aws_events.IEventBus, name: str, levels: tuple[str, ...]) -> None:
        destination = aws_logs.CfnDeliveryDestination(
            self,
            "Destination",
            name=f"event-bus-{name}",
            destination_resource_arn=self.group.log_group_arn,
            output_format="json",
        )
        stack = Stack.of(self)
        sources = stack.format_arn(
            service="logs",
            resource="delivery-source",
            resource_name=f"event-bus-{name}-*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        policy = aws_logs.ResourcePolicy(
            self,
            "Policy",
            policy_statements=[
                aws_iam.PolicyStatement(
                    principals=[aws_iam.ServicePrincipal(_DELIVERY)],
                    actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                    resources=[self.group.log_group_arn],
                    conditions={
                        "StringEquals": {"aws:SourceAccount": stack.account},
                        "ArnLike": {"aws:SourceArn": sources},
                    },
                )
            ],
        )
        before: IDependable = policy
        for level in levels:
            source = aws_logs.CfnDeliverySource(
                self,
                f"{level.capitalize()}Source",
                name=f"event-bus-{name}-{level}",
                log_type=f"{level}_LOGS",
                resource_arn=bus.event_bus_arn,
            )
            delivery = aws_logs.CfnDelivery(
                self,
                f"{level.capitalize()}Delivery",
                delivery_source_name=source.name,
                delivery_destination_arn=destination.attr_arn,
            )
            delivery.add_resource_dependency(source)  # named, not referred to
            delivery.node.add_dependency(before)  # CloudWatch Logs makes one at a time
            before = delivery


def let_logs_encrypt(key: aws_kms.IKey, group: aws_logs.ILogGroup, name: str) -> None:
    """Admit CloudWatch Logs to the key of a log group, by the name that the group has.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    stack = Stack.of(group)
    itself = f"arn:{Aws.PARTITION}:logs:{stack.region}:{stack.account}:log-group:{name}"
    key.add_to_resource_policy(
        aws_iam.PolicyStatement(
            principals=[aws_iam.ServicePrincipal(f"logs.{stack.region}.amazonaws.com")],
            actions=["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
            resources=["*"],  # in a key policy: this key
            conditions={"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": itself}},
        )
    )
