from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from eventyard.local import Fate, LocalCloud
from tests.local.authority.scene import US, service, statement
from tests.local.streams.hose import BUCKET, STREAM, WRITES, Hose, processor

if TYPE_CHECKING:
    from eventyard.local import Host

MINUTE = {"SizeInMBs": 5, "IntervalInSeconds": 60}


def test_records_wait_until_the_interval_of_the_oldest_is_over_and_are_one_object_then(
    cloud: LocalCloud, hose: Hose
) -> None:
    hose.create()
    hose.put("a", "b")
    cloud.advance(seconds=59)
    assert hose.names() == []
    hose.put("c")
    cloud.advance(seconds=1)
    assert hose.contents() == ["abc"]


def test_a_full_buffer_is_written_at_once(cloud: LocalCloud, hose: Hose) -> None:
    hose.create(BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 900})
    hose.put("x" * 600_000, "y" * 600_000, "z")
    cloud.advance(seconds=1)
    assert [len(text) for text in hose.contents()] == [1_200_000]
    cloud.settle()
    assert sorted(len(text) for text in hose.contents()) == [1, 1_200_000]


def test_every_record_has_one_fate_and_the_ledger_says_in_which_object_it_is(cloud: LocalCloud, hose: Hose) -> None:
    hose.create()
    ids = hose.put("a", "b")
    assert cloud.ledger.balance.pending == 2
    cloud.settle()
    (name,) = hose.names()
    assert {hose.written(one).reason for one in ids} == {f"in s3://kept/{name}"}
    assert cloud.ledger.balance.holds


def test_an_object_is_called_by_the_utc_hour_of_its_oldest_record_the_streams_version_and_a_uuid(
    cloud: LocalCloud, hose: Hose
) -> None:
    hose.create(Prefix="orders/")
    cloud.advance(hours=3, minutes=5)
    hose.put("a")
    arrived = cloud.now
    cloud.settle()
    (name,) = hose.names()
    assert name.startswith(f"orders/{arrived:%Y/%m/%d/%H}/backup-1-{arrived:%Y-%m-%d-%H-%M-%S}-")
    assert len(name.rpartition(f"{arrived:%S}-")[2]) == 36


# https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html, its rules and examples
@pytest.mark.parametrize(
    ("prefix", "evaluated"),
    [
        ("", "2026/08/27/10/"),
        ("myFirehosePrefix", "myFirehosePrefix2026/08/27/10/"),
        ("year=!{timestamp:yyyy}/month=!{timestamp:MM}/", "year=2026/month=08/"),
        ("!{timestamp:'year='yyyy'/day='dd}/", "year=2026/day=27/"),
        ("!{timestamp:yy-M-d-D_HH:mm:ss}/", "26-8-27-239_10:30:00/"),
        ("at-!{firehose:random-string}/!{timestamp:yyyy}/", r"at-........-../2026/"),
    ],
)
def test_a_prefix_with_expressions_is_evaluated(cloud: LocalCloud, hose: Hose, prefix: str, evaluated: str) -> None:
    hose.create(Prefix=prefix, ErrorOutputPrefix="failed/!{firehose:error-output-type}/")
    moment = cloud.now.replace(year=2026, month=8, day=27, hour=10, minute=30, second=0)
    cloud.advance(seconds=(moment - cloud.now).total_seconds())
    hose.put("a")
    cloud.settle()
    (name,) = hose.names()
    found, _, rest = name.partition("backup-1-")
    assert rest
    assert [b in {a, "."} for a, b in zip(found, evaluated, strict=True)] == [True] * len(evaluated)


def test_a_time_zone_of_the_streams_own_counts(cloud: LocalCloud, hose: Hose) -> None:
    hose.create(CustomTimeZone="Asia/Tokyo")
    hose.put("a")
    there = cloud.now.timestamp() + 9 * 3600
    cloud.settle()
    assert hose.names()[0].startswith(f"{cloud.now.fromtimestamp(there, cloud.now.tzinfo):%Y/%m/%d/%H}/")


@pytest.mark.parametrize(
    ("s3", "words"),
    [
        ({"Prefix": "!{timestamp:yyyy/MM/dd}"}, "ErrorOutputPrefix can't be null"),
        ({"Prefix": "!{firehose:error-output-type}/", "ErrorOutputPrefix": "e/"}, "can't contain"),
        ({"ErrorOutputPrefix": "e/!{timestamp:yyyy}/"}, "at least one instance"),
        ({"Prefix": "!{month:MM}/", "ErrorOutputPrefix": "e/"}, "no namespace"),
        ({"Prefix": "a!{b", "ErrorOutputPrefix": "e/"}, "can only appear"),
        ({"BufferingHints": {"SizeInMBs": 5}}, "must have both"),
    ],
)
def test_a_destination_that_firehose_refuses_is_refused(hose: Hose, s3: dict[str, Any], words: str) -> None:
    with pytest.raises(ClientError, match=words) as caught:
        hose.create(**s3)
    assert caught.value.response["Error"]["Code"] == "InvalidArgumentException"


def test_records_are_compressed_and_each_is_followed_by_a_new_line(cloud: LocalCloud, hose: Hose) -> None:
    hose.create(CompressionFormat="GZIP", ProcessingConfiguration=processor("AppendDelimiterToRecord", Delimiter="\\n"))
    hose.put({"n": 1}, {"n": 2})
    cloud.settle()
    assert hose.names()[0].endswith(".gz")
    assert hose.contents() == ['{"n": 1}\n{"n": 2}\n']


def test_a_changed_stream_is_a_new_version_and_what_is_buffered_goes_where_it_was_to_go(
    cloud: LocalCloud, hose: Hose
) -> None:
    hose.create(Prefix="old/")
    hose.put("a")
    update = {"Prefix": "new/"}
    hose.firehose.update_destination(
        DeliveryStreamName="backup",
        CurrentDeliveryStreamVersionId="1",
        DestinationId="destinationId-000000000001",
        ExtendedS3DestinationUpdate=update,
    )
    hose.put("b")
    cloud.settle()
    assert [(name[:4], name.split("backup-")[1][0]) for name in hose.names()] == [("new/", "2"), ("old/", "1")]


def test_an_outage_of_the_bucket_delays_records_and_loses_none(cloud: LocalCloud, hose: Hose) -> None:
    hose.create()
    (one,) = hose.put("a")
    cloud.faults.outage("kept", minutes=30)
    cloud.settle()
    assert hose.contents() == ["a"]
    delivery = hose.written(one)
    assert delivery.fate is Fate.DELIVERED
    assert len(delivery.attempts) > 5


def test_without_permission_to_write_records_are_lost_after_a_day(cloud: LocalCloud, hose: Hose) -> None:
    logs = cloud.client("logs")
    hose.scene.log_group("/hose")
    logs.create_log_stream(logGroupName="/hose", logStreamName="DestinationDelivery")
    hose.create(
        statement(None, "logs:PutLogEvents"),
        CloudWatchLoggingOptions={
            "Enabled": True,
            "LogGroupName": "/hose",
            "LogStreamName": "DestinationDelivery",
        },
    )
    (one,) = hose.put("a")
    began = cloud.now
    cloud.settle()
    delivery = hose.written(one)
    assert (delivery.fate, delivery.code) == (Fate.DROPPED, "S3.AccessDenied")
    assert "may not s3:PutObject" in delivery.reason
    assert (cloud.now - began).total_seconds() == 24 * 3600 + 60
    lines = logs.get_log_events(logGroupName="/hose", logStreamName="DestinationDelivery")["events"]
    told = json.loads(lines[0]["message"])
    assert (told["errorCode"], told["deliveryStreamARN"], told["destination"]) == ("S3.AccessDenied", STREAM, BUCKET)
    cloud.ledger.expect_drops("kept")


def test_a_permission_that_comes_within_the_day_saves_the_records(cloud: LocalCloud, hose: Hose) -> None:
    hose.create(statement(None, "s3:GetObject"))
    hose.put("a")
    cloud.advance(hours=2)
    assert hose.names() == []
    policy = json.dumps({"Version": "2012-10-17", "Statement": [WRITES]})
    cloud.client("iam").put_role_policy(RoleName="writes", PolicyName="more", PolicyDocument=policy)
    cloud.settle()
    assert hose.contents() == ["a"]


def test_a_bucket_that_is_not_there_and_a_role_that_firehose_may_not_assume_are_named(
    cloud: LocalCloud, hose: Hose
) -> None:
    hose.create(bucket=False)
    (one,) = hose.put("a")
    cloud.settle()
    assert hose.written(one).code == "S3.NoSuchBucket"
    hose.s3.create_bucket(Bucket="kept")
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement(service("lambda"), "sts:AssumeRole", None)]})
    cloud.client("iam").update_assume_role_policy(RoleName="writes", PolicyDocument=trust)
    (two,) = hose.put("b")
    cloud.settle()
    assert "may not assume" in hose.written(two).reason


@pytest.mark.parametrize("bucket_key", [True, False])
@pytest.mark.parametrize("granted", [True, False])
def test_the_key_of_the_bucket_counts_with_the_encryption_context_of_s3(
    cloud: LocalCloud, hose: Hose, *, granted: bool, bucket_key: bool
) -> None:
    arn = BUCKET if bucket_key else f"{BUCKET}/*"
    condition = {"Condition": {"StringLike": {"kms:EncryptionContext:aws:s3:arn": arn}}}
    condition["Condition"] |= {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
    key = hose.scene.key()
    use = statement(None, ["kms:GenerateDataKey", "kms:Decrypt"], key, **condition)
    hose.create(WRITES, *([use] if granted else []))
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": bucket_key}
    hose.s3.put_bucket_encryption(Bucket="kept", ServerSideEncryptionConfiguration={"Rules": [rule]})
    (one,) = hose.put("a")
    cloud.settle()
    delivery = hose.written(one)
    assert delivery.fate is (Fate.DELIVERED if granted else Fate.DROPPED)
    assert granted or delivery.code == "S3.KMSAccessDenied"


@pytest.mark.parametrize("raw", ["true", "false"])
def test_a_topic_ends_its_envelope_with_a_line_break_and_a_raw_message_with_nothing(
    cloud: LocalCloud, hose: Hose, raw: str
) -> None:
    stream, topic = hose.create(), hose.scene.topic("news")
    role = hose.scene.role("puts", statement(None, "firehose:PutRecord", stream), trusts=service("sns"))
    sns = cloud.client("sns")
    attributes = {"SubscriptionRoleArn": role, "RawMessageDelivery": raw}
    sns.subscribe(TopicArn=topic, Protocol="firehose", Endpoint=stream, Attributes=attributes)
    for message in ("a", "b"):
        sns.publish(TopicArn=topic, Message=message)
    cloud.settle()
    (text,) = hose.contents()
    if raw == "true":
        assert text == "ab"
    else:
        assert [json.loads(line)["Message"] for line in text.splitlines()] == ["a", "b"]


def test_s3_reports_the_object_as_caused_by_its_records(cloud: LocalCloud, hose: Hose) -> None:
    hose.create()
    hose.s3.put_bucket_notification_configuration(
        Bucket="kept", NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    (one,) = hose.put("a")
    cloud.settle()
    _, reported = cloud.ledger.story(one).chapters
    assert reported.event.title == "Object Created from aws.s3"


def test_a_record_that_is_too_large_is_refused(hose: Hose) -> None:
    hose.create()
    with pytest.raises(ClientError, match="InvalidArgumentException"):
        hose.firehose.put_record(DeliveryStreamName="backup", Record={"Data": b"x" * 1_024_001})


def test_an_event_that_is_too_large_for_a_record_goes_nowhere(cloud: LocalCloud, hose: Hose) -> None:
    stream = hose.create()
    role = hose.scene.role("puts", statement(None, "firehose:PutRecord", stream), trusts=service("events"))
    events = cloud.client("events")
    events.put_rule(Name="all", EventPattern='{"source": ["shop"]}')
    events.put_targets(Rule="all", Targets=[{"Id": "t", "Arn": stream, "RoleArn": role}])
    entry = {"Source": "shop", "DetailType": "Told", "Detail": json.dumps({"text": "x" * 1_030_000})}
    event = events.put_events(Entries=[entry])["Entries"][0]["EventId"]
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries_of(event)
    assert (delivery.fate, delivery.code) == (Fate.DROPPED, "SDK_CLIENT_ERROR")
    assert hose.names() == []


def test_what_is_not_emulated_of_a_stream_drops_its_records_with_the_name_of_it(cloud: LocalCloud, hose: Hose) -> None:
    hose.create(CompressionFormat="ZIP")
    (one,) = hose.put("a")
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries_of(one)
    assert (delivery.fate, delivery.code) == (Fate.DROPPED, "NOT_EMULATED")
    assert "compression ZIP" in delivery.reason


def test_who_puts_records_must_be_allowed_to(cloud: LocalCloud, hose: Hose) -> None:
    hose.create()
    may = hose.scene.role(
        "puts", statement(None, "firehose:PutRecord", STREAM), trusts={"AWS": f"arn:aws:iam::{US}:root"}
    )
    firehose = hose.scene.session(may).client("firehose")
    firehose.put_record(DeliveryStreamName="backup", Record={"Data": b"a"})
    with pytest.raises(ClientError, match="not authorized to perform: firehose:PutRecordBatch"):
        firehose.put_record_batch(DeliveryStreamName="backup", Records=[{"Data": b"b"}])
    cloud.settle()
    assert hose.contents() == ["a"]


@pytest.mark.parametrize(
    ("metric", "statistic", "goes_off"),
    [
        ("DeliveryToS3.DataFreshness", "Maximum", True),
        ("IncomingRecords", "Sum", False),
        ("DeliveryToS3.Records", "Sum", False),
    ],
)
def test_an_alarm_on_old_records_goes_off_while_the_bucket_is_closed(
    cloud: LocalCloud, hose: Hose, metric: str, statistic: str, *, goes_off: bool
) -> None:
    hose.create()
    cloudwatch = cloud.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="late",
        Namespace="AWS/Firehose",
        MetricName=metric,
        Dimensions=[{"Name": "DeliveryStreamName", "Value": "backup"}],
        Statistic=statistic,
        Period=300,
        EvaluationPeriods=1,
        Threshold=600,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )
    hose.put("a", "b")
    cloud.faults.outage("kept", hours=1)
    cloud.advance(minutes=30)
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=["late"])["MetricAlarms"]
    assert alarm["StateValue"] == ("ALARM" if goes_off else "OK")
    cloud.settle()
    cloud.advance(minutes=30)
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=["late"])["MetricAlarms"]
    assert alarm["StateValue"] == "OK"


def test_the_same_seed_and_the_same_records_make_the_same_objects_to_the_byte(host: Host) -> None:
    def run() -> list[tuple[str, bytes]]:
        with LocalCloud(host=host, seed=7) as cloud:
            hose = Hose(cloud)
            hose.create(CompressionFormat="GZIP")
            hose.put("a", "b")
            cloud.settle()
            return [(name, hose.s3.get_object(Bucket="kept", Key=name)["Body"].read()) for name in hose.names()]

    assert run() == run()
