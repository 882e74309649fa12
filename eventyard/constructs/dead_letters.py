"""Where deliveries end that came to nothing, and the alarm that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Duration, aws_cloudwatch, aws_sqs

from eventyard.constructs.acknowledge import acknowledge

if TYPE_CHECKING:
    from constructs import Construct


class DeadLetterQueue(aws_sqs.Queue):
    """A queue for dead letters: encrypted, TLS only, kept as long as SQS keeps anything, with an alarm.

    Minimal use: `DeadLetterQueue(self, "DeadLetters", of="rule PlacedOrders")`.

    Args:
        of: The edge whose dead letters these are, in words; it stands in the alarm's description.
        props: Anything `aws_sqs.Queue` takes.

    `alarm` is the native `aws_cloudwatch.Alarm`: it goes off with the first message, and off again when the queue is
    empty. Give it an action with `alarm.add_alarm_action(...)`.
    """

    def __init__(self, scope: Construct, construct_id: str, *, of: str, **props: Any) -> None:  # noqa: ANN401 (aws-cdk-lib's own properties)
        safe: dict[str, Any] = {
            "encryption": encryption_for(props),
            "enforce_ssl": True,
            # The longest that SQS offers. A message moved from a standard queue keeps the time it was first sent, so
            # anything shorter than the source's retention would lose it on arrival.
            "retention_period": Duration.days(14),
        }
        super().__init__(scope, construct_id, **(safe | props))
        acknowledge(self, "AwsSolutions-SQS3", because="It is a dead-letter queue; its own letters go nowhere.")
        self.alarm = aws_cloudwatch.Alarm(
            self,
            "Alarm",
            alarm_description=f"Dead letters of {of}: something was not delivered.",
            metric=self.metric_approximate_number_of_messages_visible(
                period=Duration.minutes(1), statistic=aws_cloudwatch.Stats.MAXIMUM
            ),
            threshold=1,
            evaluation_periods=1,
            comparison_operator=aws_cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=aws_cloudwatch.TreatMissingData.NOT_BREACHING,
        )


def encryption_for(props: dict[str, Any]) -> aws_sqs.QueueEncryption:
    """What a queue with these properties is encrypted with, unless they say it themselves.

    SSE-SQS needs no key policy to admit the services that deliver; a key of the user's own is used if one is given.
    """
    if "encryption_master_key" in props:
        return aws_sqs.QueueEncryption.KMS
    return aws_sqs.QueueEncryption.SQS_MANAGED
