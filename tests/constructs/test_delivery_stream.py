from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from eventyard.constructs import Bucket, Bus, DeliveryStream, Function, StoragePipeline, Subscription, Topic
from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("cdk")

S3 = "ExtendedS3DestinationConfiguration"


def granted(resources: Any, named: str) -> dict[str, Any]:  # noqa: ANN401 (Resources)
    """Action → resource, of a role's inline policies."""
    (policy,) = resources.the("IAM::Role", named)["Policies"]
    found = {}
    for statement in policy["PolicyDocument"]["Statement"]:
        actions = statement["Action"]
        for action in actions if isinstance(actions, list) else [actions]:
            found[action] = statement["Resource"]
    return found


def test_a_bucket_is_closed_encrypted_and_outlives_its_stack(new_stack: Any, synthesized: Any) -> None:  # noqa: ANN401 (fixtures of CDK)
    stack = new_stack()
    Bucket(stack, "Kept")
    resources = synthesized(stack)
    bucket = resources.the("S3::Bucket")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert "BucketEncryption" in bucket
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    denied = [
        one for one in resources.the("S3::BucketPolicy")["PolicyDocument"]["Statement"] if one["Effect"] == "Deny"
    ]
    assert {next(iter(one["Condition"])) for one in denied} == {"Bool", "NumericLessThan"}
    (template,) = [one for one in resources.template["Resources"].values() if one["Type"] == "AWS::S3::Bucket"]
    assert template["DeletionPolicy"] == "RetainExceptOnCreate"


def test_a_stream_may_write_to_its_bucket_and_its_log_and_nothing_else(new_stack: Any, synthesized: Any) -> None:  # noqa: ANN401 (the same)
    stack = new_stack()
    DeliveryStream(stack, "Backup", to=Bucket(stack, "Kept"))
    may = granted(synthesized(stack), "BackupRole")
    objects = may["s3:PutObject"]
    assert objects.endswith("/*")
    assert may["s3:ListBucket"] == objects.removesuffix("/*")
    assert set(may) == {
        "logs:PutLogEvents",
        "s3:AbortMultipartUpload",
        "s3:GetBucketLocation",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:ListBucketMultipartUploads",
        "s3:PutObject",
    }


def test_objects_are_lines_compressed_and_in_a_folder_for_each_day(new_stack: Any, synthesized: Any) -> None:  # noqa: ANN401 (the same)
    stack = new_stack()
    DeliveryStream(stack, "Backup", to=Bucket(stack, "Kept"), folder="orders/")
    found = synthesized(stack).the("KinesisFirehose::DeliveryStream")
    assert found[S3]["CompressionFormat"] == "GZIP"
    assert found[S3]["Prefix"] == "orders/year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/"
    assert found[S3]["ErrorOutputPrefix"].startswith("failed/!{firehose:error-output-type}/")
    assert [one["Type"] for one in found[S3]["ProcessingConfiguration"]["Processors"]] == ["AppendDelimiterToRecord"]
    assert found["DeliveryStreamEncryptionConfigurationInput"] == {"KeyType": "AWS_OWNED_CMK"}


def test_a_stream_with_a_key_of_ones_own_may_use_it_for_this_bucket_through_s3_alone(
    new_stack: Any,  # noqa: ANN401 (the same)
    synthesized: Any,  # noqa: ANN401 (the same)
) -> None:
    from aws_cdk import aws_kms  # noqa: PLC0415 (after the constructs have found their Node)

    stack = new_stack()
    DeliveryStream(stack, "Backup", to=Bucket(stack, "Kept", encryption_key=aws_kms.Key(stack, "Key")))
    (policy,) = synthesized(stack).the("IAM::Role", "BackupRole")["Policies"]
    (use,) = [one for one in policy["PolicyDocument"]["Statement"] if "kms:Decrypt" in one["Action"]]
    assert use["Condition"]["StringEquals"] == {"kms:ViaService": "s3.us-east-1.amazonaws.com"}
    assert "kms:EncryptionContext:aws:s3:arn" in use["Condition"]["StringLike"]


def test_a_stream_says_by_an_alarm_that_records_are_late_and_that_its_function_fails(
    new_stack: Any,  # noqa: ANN401 (the same)
    synthesized: Any,  # noqa: ANN401 (the same)
    code: Path,
) -> None:
    stack = new_stack()
    index = Function(stack, "Index", handler=code, asynchronous=False)
    DeliveryStream(stack, "Search", to=Bucket(stack, "Kept"), transform=index)
    alarms = {one["MetricName"] for one in synthesized(stack).of("CloudWatch::Alarm").values()}
    assert alarms == {"DeliveryToS3.DataFreshness", "ExecuteProcessing.Success"}


def test_a_rule_puts_into_a_stream_with_a_role_of_its_bus(new_stack: Any, synthesized: Any) -> None:  # noqa: ANN401 (the same)
    stack = new_stack()
    bus = Bus(stack, "Commerce", name="commerce")
    bus.route("All", {"source": ["shop"]}, to=DeliveryStream(stack, "Backup", to=Bucket(stack, "Kept")))
    resources = synthesized(stack)
    role = resources.the("IAM::Role", "CommerceAllRole")
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "events.amazonaws.com"}
    assert trust["Condition"]["ArnLike"]["aws:SourceArn"].endswith(":rule/commerce/*")
    assert set(granted(resources, "CommerceAllRole")) == {"firehose:PutRecord", "firehose:PutRecordBatch"}
    (target,) = resources.the("Events::Rule")["Targets"]
    assert "CommerceAllRole" in target["RoleArn"]


def test_a_storage_pipeline_is_one_statement_for_a_bus_and_for_a_topic(new_stack: Any, synthesized: Any) -> None:  # noqa: ANN401 (the same)
    stack = new_stack()
    StoragePipeline(stack, "OfBus", of=Bus(stack, "Commerce"))
    topic = Topic(stack, "Orders")
    StoragePipeline(stack, "OfTopic", of=topic.only({"detail": {"total": [{"numeric": [">", 1]}]}}))
    resources = synthesized(stack)
    assert resources.the("Events::Rule")["EventPattern"] == {"source": [{"prefix": ""}]}
    subscription = resources.the("SNS::Subscription")
    assert (subscription["Protocol"], subscription["RawMessageDelivery"]) == ("firehose", True)
    assert "SubscriptionRoleArn" in subscription
    rules = [one["LifecycleConfiguration"]["Rules"][0] for one in resources.of("S3::Bucket").values()]
    assert [one["ExpirationInDays"] for one in rules] == [365, 365]


def wrong_pattern(stack: Any) -> None:  # noqa: ANN401 (a Stack)
    StoragePipeline(stack, "Backup", of=Topic(stack, "Orders"), pattern={"source": ["shop"]})


def fifo(stack: Any) -> None:  # noqa: ANN401 (a Stack)
    stream = DeliveryStream(stack, "Backup", to=Bucket(stack, "Kept"))
    Subscription(stack, "Hears", listens_to=Topic(stack, "Moves", fifo=True), to=stream)


@pytest.mark.parametrize(("make", "words"), [(wrong_pattern, "for a bus"), (fifo, "delivers to queues only")])
def test_what_could_never_arrive_is_refused(new_stack: Any, make: Callable[[Any], None], words: str) -> None:  # noqa: ANN401 (the same)
    with pytest.raises(EventyardError, match=words):
        make(new_stack())
