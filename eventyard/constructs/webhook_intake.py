"""The way in for webhooks: somebody else's HTTP requests become events on a bus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration, aws_cloudwatch, aws_iam, aws_lambda, aws_secretsmanager
from constructs import Construct

from eventyard.constructs.acknowledge import acknowledge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aws_cdk import aws_events

    from eventyard.contracts import EventType


class WebhookIntake(Construct):
    """A function with a URL of its own, which puts what it is sent onto a bus.

    Minimal use: `WebhookIntake(self, "CarrierWebhooks", function=take_webhook, bus=bus, events=[ParcelDelivered])`.

    A function URL and no API Gateway: it costs nothing beside the function, where an HTTP API costs $1.00 per million
    requests, and answers in the function's own words. It has no throttle and no firewall: anybody may call it, and the
    function must refuse who does not sign. Give the function `reserved_concurrent_executions` to bound what
    strangers can cost, where the account's concurrency allows for it; put CloudFront with AWS WAF before it, or take
    API Gateway, where that is not enough
    (https://docs.aws.amazon.com/lambda/latest/dg/furls-http-invoke-decision.html).

    Args:
        function: Checks the signature, publishes, and answers 2xx only then: the sender is who tries again.
        bus: Where it publishes.
        events: What it may publish, and nothing else.
        secret: What sender and function sign and check with; one is made without it. It is text, not JSON.

    The function finds the secret's ARN in `WEBHOOK_SECRET_ARN` and the bus in `BUS_NAME`. `url` is the function URL's
    `url`, `secret` the secret to give to the sender, `alarm` goes off when requests fail with 5xx.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: aws_lambda.Function,
        bus: aws_events.IEventBus,
        events: Iterable[type[EventType]],
        secret: aws_secretsmanager.ISecret | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.secret = secret or self._secret()
        contracts = [event.contract for event in events]
        function.add_environment("WEBHOOK_SECRET_ARN", self.secret.secret_arn)
        function.add_environment("BUS_NAME", bus.event_bus_name)
        function.add_to_role_policy(
            aws_iam.PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=[self.secret.secret_arn])
        )
        if self.secret.encryption_key is not None:
            self.secret.encryption_key.grant_decrypt(function)
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-perms.html: both keys, compared so.
        function.add_to_role_policy(
            aws_iam.PolicyStatement(
                actions=["events:PutEvents"],
                resources=[bus.event_bus_arn],
                conditions={
                    "StringEquals": {
                        "events:source": sorted({source for one in contracts for source in one.sources}),
                        "events:detail-type": sorted(one.detail_type for one in contracts),
                    }
                },
            )
        )
        self.url = function.add_function_url(auth_type=aws_lambda.FunctionUrlAuthType.NONE).url
        self.alarm = self._alarm(function)

    def _secret(self) -> aws_secretsmanager.Secret:
        made = aws_secretsmanager.Secret(
            self,
            "Secret",
            description=f"Signs the webhooks that {self.node.path} takes",
            generate_secret_string=aws_secretsmanager.SecretStringGenerator(
                password_length=64, exclude_punctuation=True
            ),
        )
        acknowledge(
            made,
            "AwsSolutions-SMG4",
            because="The sender signs with it too: it changes when both agree, not by a schedule.",
        )
        return made

    def _alarm(self, function: aws_lambda.Function) -> aws_cloudwatch.Alarm:
        # https://docs.aws.amazon.com/lambda/latest/dg/urls-monitoring.html, "CloudWatch metrics for function URLs"
        return aws_cloudwatch.Alarm(
            self,
            "Alarm",
            alarm_description=f"Webhooks of {self.node.path} fail: their sender has to send them again.",
            metric=function.metric("Url5xxCount", period=Duration.minutes(5), statistic=aws_cloudwatch.Stats.SUM),
            threshold=1,
            evaluation_periods=1,
            comparison_operator=aws_cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=aws_cloudwatch.TreatMissingData.NOT_BREACHING,
        )
