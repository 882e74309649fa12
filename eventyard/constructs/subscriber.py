"""Who may listen to what on a bus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Stack, Token, aws_events, aws_iam
from constructs import Construct

from eventyard.constructs.acknowledge import acknowledge
from eventyard.constructs.callers import name_of
from eventyard.constructs.publisher import known_arn
from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from collections.abc import Sequence


class Subscriber(Construct):
    """A role that may make rules on a bus, for some sources and detail-types and with some targets, and nothing else.

    Minimal use: `Subscriber(self, "Auditors", bus=commerce, sources=["shop.pos"], detail_types=["PaymentTaken"],
    targets=[queue.queue_arn], assumed_by=aws_iam.AccountPrincipal("222222222222"), role_name="auditors")`.

    A rule of the role's must name its sources and detail-types by value: a prefix, or leaving them out, would hear more
    than it may (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html has the conditions).

    Args:
        bus: The bus, with a name that is known at synth.
        sources: Whose events it may hear.
        detail_types: Which of them.
        targets: The ARNs that its rules may deliver to; `*` in them stands for anything.
        rules: What its rules' names begin with; by default the role's name and a dash.
        assumed_by: Who may take the role.
        role_name: The role's name.
        role_props: Anything else that `aws_iam.Role` takes.

    `role` is the native role.

    Raises:
        EventyardError: If the bus has no name before deployment, or one of the lists is empty.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bus: aws_events.IEventBus,
        sources: Sequence[str],
        detail_types: Sequence[str],
        targets: Sequence[str],
        assumed_by: aws_iam.IPrincipal,
        role_name: str,
        rules: str = "",
        **role_props: Any,  # noqa: ANN401 (aws-cdk-lib's own properties)
    ) -> None:
        super().__init__(scope, construct_id)
        for name, given in (("sources", sources), ("detail_types", detail_types), ("targets", targets)):
            if not given:
                raise EventyardError(
                    f"a subscriber without {name} hears nothing.", where=self.node.path, remedy=f"Say which {name}."
                )
        known_arn(self, bus)
        mine = Stack.of(self).format_arn(
            service="events", resource="rule", resource_name=f"{name_of(bus)}/{rules or role_name + '-'}*"
        )
        put_rule = aws_iam.PolicyStatement(
            actions=["events:PutRule"],
            resources=[mine],
            conditions={
                "ForAllValues:StringEquals": {"events:source": list(sources), "events:detail-type": list(detail_types)},
                # ForAllValues is true of nothing too.
                "Null": {"events:source": "false", "events:detail-type": "false"},
            },
        )
        put_targets = aws_iam.PolicyStatement(
            actions=["events:PutTargets"],
            resources=[mine],
            conditions={
                "ForAllValues:ArnLike": {"events:TargetArn": list(targets)},
                "Null": {"events:TargetArn": "false"},
            },
        )
        manage = aws_iam.PolicyStatement(
            actions=["events:DeleteRule", "events:DescribeRule", "events:ListTargetsByRule", "events:RemoveTargets"],
            resources=[mine],
        )
        safe: dict[str, Any] = {
            "description": f"Makes rules on a bus, for events of {', '.join(sources)}",
            "inline_policies": {"Listen": aws_iam.PolicyDocument(statements=[put_rule, put_targets, manage])},
        }
        # A finding shows a token by its name, and the key of an acknowledgment may have none.
        partition = Stack.of(self).partition
        shown = "<AWS::Partition>" if Token.is_unresolved(partition) else partition
        acknowledge(
            self,
            f"AwsSolutions-IAM5[Resource::{mine.replace(partition, shown)}]",
            because="Rules whose names begin with its own prefix: they are made by whoever takes the role.",
        )
        self.role = aws_iam.Role(self, "Role", assumed_by=assumed_by, role_name=role_name, **(safe | role_props))
