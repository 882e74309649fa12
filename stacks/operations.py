"""Operations: what AWS and the shop's own alarms report, whom it is told, and what is kept of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import (
    CfnOutput,
    Duration,
    RemovalPolicy,
    Stack,
    aws_cloudwatch,
    aws_events,
    aws_events_targets,
    aws_iam,
    aws_logs,
    aws_s3,
    aws_sns_subscriptions,
)

from eventyard.constructs import Bucket, DeadLetterQueue, Route, Subscription, Topic, Watch
from stacks.kept_table import kept_table
from stacks.shop_code import ShopCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

HEARTBEATS = "Shop/Operations"


class Operations(Stack):
    """The topic of alerts with those who hear it, rules on the default bus, and the watch over the shop's stacks."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        watch: Sequence[Stack],
        email: str,
        pager: str,
        **props: Any,  # noqa: ANN401 (aws-cdk-lib's own properties)
    ) -> None:
        super().__init__(scope, construct_id, **props)
        self.code = ShopCode(self, "Code")

        # Whom it is told: somebody's mail, the pager's endpoint, and a table of what is wrong.
        self.alerts = Topic(self, "Alerts")
        self.alerts.add_subscription(aws_sns_subscriptions.EmailSubscription(email))
        Subscription(self, "Pager", listens_to=self.alerts, to=pager)
        self.incidents = kept_table(self, "Incidents", key="subject")
        self.write = self.code.worker(
            "WriteIncident",
            once=False,
            listens_to=self.alerts,
            environment={"INCIDENTS_TABLE": self.incidents.table_name},
        )
        self.incidents.grant(self.write.function, "dynamodb:UpdateItem")

        self._report()
        self._check_health()
        Watch(self, "Losing", of=[*watch, self], alerts=self.alerts)

    def _report(self) -> None:
        """What AWS itself reports, on the default bus."""
        bus = aws_events.EventBus.from_event_bus_name(self, "Default", "default")
        self.evidence = Bucket(self, "Evidence", expire_after=Duration.days(365))
        resource = self.evidence.node.default_child
        if isinstance(resource, aws_s3.CfnBucket):
            # `event_bridge_enabled` would do it by a function and a custom resource.
            on = aws_s3.CfnBucket.EventBridgeConfigurationProperty(event_bridge_enabled=True)
            resource.notification_configuration = aws_s3.CfnBucket.NotificationConfigurationProperty(
                event_bridge_configuration=on
            )
        CfnOutput(self, "EvidenceBucketName", value=self.evidence.bucket_name)
        created = {
            "source": ["aws.s3"],
            "detail-type": ["Object Created"],
            "detail": {"bucket": {"name": [self.evidence.bucket_name]}},
        }
        Route(self, "EvidenceCame", bus=bus, pattern=created, to=self.alerts)

        stopped = {
            "source": ["aws.ec2"],
            "detail-type": ["EC2 Instance State-change Notification"],
            "detail": {"state": ["stopped"]},
        }
        Route(self, "InstanceStopped", bus=bus, pattern=stopped, to=self.alerts)

        # Every change of every alarm, to look up afterwards; alerts are for what somebody has to act on.
        trail = aws_logs.LogGroup(
            self,
            "AlarmTrail",
            log_group_name="/shop/alarms",
            retention=aws_logs.RetentionDays.ONE_YEAR,
            removal_policy=RemovalPolicy.DESTROY,
        )
        changed = {"source": ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"]}
        Route(self, "AlarmChanged", bus=bus, pattern=changed, to=trail)

    def _check_health(self) -> None:
        """A heartbeat every five minutes, and an alarm when three of them are missing.

        It is on until the first one has come, five minutes after the first deployment.
        """
        check = self.code.function("CheckHealth", once=False, environment={"METRIC_NAMESPACE": HEARTBEATS})
        check.add_to_role_policy(
            aws_iam.PolicyStatement(
                actions=["cloudwatch:PutMetricData"],
                resources=["*"],
                conditions={"StringEquals": {"cloudwatch:namespace": HEARTBEATS}},
            )
        )
        aws_events.Rule(
            self,
            "HealthCheck",
            schedule=aws_events.Schedule.rate(Duration.minutes(5)),
            targets=[
                aws_events_targets.LambdaFunction(
                    check, dead_letter_queue=DeadLetterQueue(self, "HealthCheckDeadLetters", of="rule HealthCheck")
                )
            ],
        )
        aws_cloudwatch.Alarm(
            self,
            "Heartbeat",
            alarm_description="Schedules do not fire, or functions do not run: the health check has stopped.",
            metric=aws_cloudwatch.Metric(
                namespace=HEARTBEATS, metric_name="Heartbeat", statistic="Sum", period=Duration.minutes(5)
            ),
            threshold=1,
            evaluation_periods=3,
            comparison_operator=aws_cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            treat_missing_data=aws_cloudwatch.TreatMissingData.BREACHING,
        )
