"""A Firehose stream that writes to a bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Duration, RemovalPolicy, Stack, aws_iam, aws_kinesisfirehose, aws_logs
from aws_cdk.interfaces import ResourceEnvironment
from constructs import Construct

from eventyard.constructs.stream_alarms import alarm_on_failures, alarm_on_late_records
from eventyard.constructs.stream_role import role_that_writes

if TYPE_CHECKING:
    from aws_cdk import aws_cloudwatch, aws_lambda, aws_s3

_Cfn = aws_kinesisfirehose.CfnDeliveryStream
_LOG_STREAM = "DestinationDelivery"
# https://docs.aws.amazon.com/sns/latest/dg/prereqs-kinesis-data-firehose.html, the policy of the subscription's role
_SUBSCRIBED = (
    "firehose:DescribeDeliveryStream",
    "firehose:ListDeliveryStreams",
    "firehose:ListTagsForDeliveryStream",
    "firehose:PutRecord",
    "firehose:PutRecordBatch",
)


class DeliveryStream(Construct):
    """Events as objects in a bucket: batched, one a line, compressed, partitioned by date, encrypted on their way.

    Minimal use: `DeliveryStream(self, "Backup", to=Bucket(self, "Kept"))`; then `bus.route(..., to=stream)` or
    `Subscription(self, "Kept", listens_to=topic, to=stream, raw=True)`.

    Args:
        to: The bucket, ours or native.
        folder: Where in the bucket; below it there is a folder for each day, in the form that Athena and Glue know as
            partitions: `events/year=2026/month=08/day=27/`.
        transform: A function that Firehose hands each batch to, and what it answers is written
            (https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html). Records that it fails are kept
            in the folder `failed/`.
        megabytes: How much is gathered for an object, 1 to 128 MiB.
        interval: How long at most, 0 to 15 minutes.
        compressed: Whether objects are gzip.
        lines: Whether each record ends with a line break; False where the transformation writes its own.
        stream_props: Anything that `aws_kinesisfirehose.CfnDeliveryStream` takes.

    `stream` is the native `CfnDeliveryStream`, `role` what it writes as, `logs` its error log. `late` is an alarm: the
    oldest record waits longer than it should, so the bucket is closed to it; after 24 hours Firehose drops records.
    `failing` goes off when the function fails, None without one.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        to: aws_s3.IBucket,
        folder: str = "events/",
        transform: aws_lambda.IFunction | None = None,
        megabytes: int = 5,
        interval: Duration | None = None,
        compressed: bool = True,
        lines: bool = True,
        **stream_props: Any,  # noqa: ANN401 (aws-cdk-lib's own properties)
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = to
        interval = interval or Duration.minutes(5)
        self.logs = aws_logs.LogGroup(
            self, "Errors", retention=aws_logs.RetentionDays.THREE_MONTHS, removal_policy=RemovalPolicy.DESTROY
        )
        errors = aws_logs.LogStream(
            self, "ErrorStream", log_group=self.logs, log_stream_name=_LOG_STREAM, removal_policy=RemovalPolicy.DESTROY
        )
        self.role = role_that_writes(self, to, logs=self.logs, transform=transform)
        destination = _Cfn.ExtendedS3DestinationConfigurationProperty(
            bucket_arn=to.bucket_arn,
            role_arn=self.role.role_arn,
            prefix=f"{folder}year=!{{timestamp:yyyy}}/month=!{{timestamp:MM}}/day=!{{timestamp:dd}}/",
            error_output_prefix="failed/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/",
            buffering_hints=_Cfn.BufferingHintsProperty(
                size_in_m_bs=megabytes, interval_in_seconds=int(interval.to_seconds())
            ),
            compression_format="GZIP" if compressed else "UNCOMPRESSED",
            processing_configuration=_processing(transform, lines=lines),
            cloud_watch_logging_options=_Cfn.CloudWatchLoggingOptionsProperty(
                enabled=True, log_group_name=self.logs.log_group_name, log_stream_name=_LOG_STREAM
            ),
        )
        safe: dict[str, Any] = {
            "delivery_stream_type": "DirectPut",
            "extended_s3_destination_configuration": destination,
            "delivery_stream_encryption_configuration_input": _Cfn.DeliveryStreamEncryptionConfigurationInputProperty(
                key_type="AWS_OWNED_CMK"
            ),
        }
        self.stream = _Cfn(self, "Resource", **(safe | stream_props))
        self.stream.node.add_dependency(errors)
        self.late: aws_cloudwatch.Alarm = alarm_on_late_records(self, self.stream.ref, interval)
        self.failing: aws_cloudwatch.Alarm | None = (
            alarm_on_failures(self, self.stream.ref) if transform is not None else None
        )

    @property
    def delivery_stream_arn(self) -> str:
        """Its ARN, as native streams call it."""
        return self.stream.attr_arn

    @property
    def env(self) -> ResourceEnvironment:
        """Its account and Region."""
        stack = Stack.of(self)
        return ResourceEnvironment(account=stack.account, region=stack.region)

    def subscription_role(self, scope: Construct) -> aws_iam.Role:
        """A role, in `scope`, with which SNS puts records into this stream."""
        may = aws_iam.PolicyStatement(actions=list(_SUBSCRIBED), resources=[self.delivery_stream_arn])
        return aws_iam.Role(
            scope,
            "Role",
            description="Puts a topic's messages into a Firehose stream",
            assumed_by=aws_iam.ServicePrincipal("sns.amazonaws.com"),
            inline_policies={"PutRecords": aws_iam.PolicyDocument(statements=[may])},
        )


def _processing(transform: aws_lambda.IFunction | None, *, lines: bool) -> Any:  # noqa: ANN401 (jsii's own)
    processors = []
    if transform is not None:
        given = {"LambdaArn": transform.function_arn, "BufferIntervalInSeconds": "60", "BufferSizeInMBs": "1"}
        processors.append(_processor("Lambda", given))
    if lines:
        processors.append(_processor("AppendDelimiterToRecord", {"Delimiter": "\\n"}))
    return _Cfn.ProcessingConfigurationProperty(enabled=bool(processors), processors=processors)


def _processor(kind: str, given: dict[str, str]) -> Any:  # noqa: ANN401 (the same)
    parameters = [
        _Cfn.ProcessorParameterProperty(parameter_name=name, parameter_value=value) for name, value in given.items()
    ]
    return _Cfn.ProcessorProperty(type=kind, parameters=parameters)
