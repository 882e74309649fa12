"""When a Firehose stream does not deliver: it has no dead-letter queue to tell of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration, aws_cloudwatch

if TYPE_CHECKING:
    from constructs import Construct

_NAMESPACE = "AWS/Firehose"
# Beyond the buffer's own interval.
_PATIENCE = Duration.minutes(10)


def alarm_on_late_records(scope: Construct, stream: str, interval: Duration) -> aws_cloudwatch.Alarm:
    """The oldest record that is not in the bucket yet is older than it should be.

    https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html, DeliveryToS3.DataFreshness
    """
    return aws_cloudwatch.Alarm(
        scope,
        "Late",
        alarm_description=f"Records of stream {scope.node.path} are not in their bucket; after 24 hours they are lost.",
        metric=_metric("DeliveryToS3.DataFreshness", stream, aws_cloudwatch.Stats.MAXIMUM),
        threshold=interval.to_seconds() + _PATIENCE.to_seconds(),
        evaluation_periods=1,
        comparison_operator=aws_cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        treat_missing_data=aws_cloudwatch.TreatMissingData.NOT_BREACHING,
    )


def alarm_on_failures(scope: Construct, stream: str) -> aws_cloudwatch.Alarm:
    """The function that transforms the records fails.

    The same page, ExecuteProcessing.Success: the part of the invocations that went well.
    """
    return aws_cloudwatch.Alarm(
        scope,
        "Failing",
        alarm_description=f"The function of stream {scope.node.path} fails; its records are in the folder failed/.",
        metric=_metric("ExecuteProcessing.Success", stream, aws_cloudwatch.Stats.MINIMUM),
        threshold=1,
        evaluation_periods=1,
        comparison_operator=aws_cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        treat_missing_data=aws_cloudwatch.TreatMissingData.NOT_BREACHING,
    )


def _metric(name: str, stream: str, statistic: str) -> aws_cloudwatch.Metric:
    return aws_cloudwatch.Metric(
        namespace=_NAMESPACE,
        metric_name=name,
        dimensions_map={"DeliveryStreamName": stream},
        statistic=statistic,
        period=Duration.minutes(5),
    )
