from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from eventyard.local import LocalCloud
    from tests.local.conftest import Deploy

Json = dict[str, Any]
ROLE = "arn:aws:iam::111111111111:role/writes"


def bucket(**properties: Any) -> Json:  # noqa: ANN401 - CloudFormation's own
    return {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "kept", **properties}}


def stream(**s3: Any) -> Json:  # noqa: ANN401 - CloudFormation's own
    hints = {"IntervalInSeconds": 60, "SizeInMBs": 5}
    arn = {"Fn::GetAtt": ["Kept", "Arn"]}
    destination = {"BucketARN": arn, "RoleARN": ROLE, "BufferingHints": hints, **s3}
    return {
        "Type": "AWS::KinesisFirehose::DeliveryStream",
        "Properties": {"DeliveryStreamName": "backup", "ExtendedS3DestinationConfiguration": destination},
    }


def test_a_stream_of_a_template_writes_to_the_bucket_of_the_template(cloud: LocalCloud, deploy: Deploy) -> None:
    deploy({"Kept": bucket(), "Backup": stream(CompressionFormat="UNCOMPRESSED")})
    cloud.client("firehose").put_record(DeliveryStreamName="backup", Record={"Data": b"a"})
    cloud.settle()
    (found,) = cloud.client("s3").list_objects_v2(Bucket="kept")["Contents"]
    assert found["Key"].startswith("2026/")


def test_a_changed_stream_is_changed_in_place_as_its_next_version(cloud: LocalCloud, deploy: Deploy) -> None:
    deploy({"Kept": bucket(), "Backup": stream()})
    deploy({"Kept": bucket(), "Backup": stream(Prefix="orders/")})
    found = cloud.client("firehose").describe_delivery_stream(DeliveryStreamName="backup")["DeliveryStreamDescription"]
    assert found["VersionId"] == "2"
    assert found["Destinations"][0]["ExtendedS3DestinationDescription"]["Prefix"] == "orders/"


def test_what_a_template_says_of_a_bucket_is_there(cloud: LocalCloud, deploy: Deploy) -> None:
    policy = {"Version": "2012-10-17", "Statement": []}
    block = {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }
    encryption = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    rule = {
        "Status": "Enabled",
        "ExpirationInDays": 365,
        "Transitions": [{"StorageClass": "STANDARD_IA", "TransitionInDays": 90}],
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    }
    notices = deploy(
        {
            "Kept": bucket(
                BucketEncryption={"ServerSideEncryptionConfiguration": [encryption]},
                LifecycleConfiguration={"Rules": [rule]},
                PublicAccessBlockConfiguration=block,
                VersioningConfiguration={"Status": "Enabled"},
                NotificationConfiguration={"EventBridgeConfiguration": {"EventBridgeEnabled": True}},
                Tags=[{"Key": "team", "Value": "data"}],
            ),
            "Policy": {
                "Type": "AWS::S3::BucketPolicy",
                "Properties": {"Bucket": {"Ref": "Kept"}, "PolicyDocument": policy},
            },
        }
    )
    s3 = cloud.client("s3")
    assert json.loads(s3.get_bucket_policy(Bucket="kept")["Policy"]) == policy
    assert s3.get_public_access_block(Bucket="kept")["PublicAccessBlockConfiguration"] == block
    assert s3.get_bucket_versioning(Bucket="kept")["Status"] == "Enabled"
    (kept,) = s3.get_bucket_lifecycle_configuration(Bucket="kept")["Rules"]
    assert kept["Expiration"]["Days"] == 365
    s3.put_object(Bucket="kept", Key="a", Body=b"a")
    assert [event.title for event in cloud.ledger.events] == ["Object Created from aws.s3"]
    assert s3.get_bucket_tagging(Bucket="kept")["TagSet"] == [{"Key": "team", "Value": "data"}]
    assert [notice.what for notice in notices] == ["its lifecycle rules are kept and nothing expires by them."]


def test_what_goes_from_a_template_goes_from_its_bucket(cloud: LocalCloud, deploy: Deploy) -> None:
    encryption = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    deploy({"Kept": bucket(BucketEncryption={"ServerSideEncryptionConfiguration": [encryption]})})
    deploy({"Kept": bucket(Tags=[{"Key": "team", "Value": "data"}])})
    s3 = cloud.client("s3")
    assert s3.get_bucket_tagging(Bucket="kept")["TagSet"]
    deploy({"Kept": bucket()})
    for gone in (s3.get_bucket_tagging, s3.get_bucket_encryption):
        with pytest.raises(ClientError, match=r"NoSuchTagSet|ServerSideEncryptionConfigurationNotFoundError"):
            gone(Bucket="kept")


def test_a_stream_without_a_destination_that_is_known_is_named(cloud: LocalCloud, deploy: Deploy) -> None:
    notices = deploy(
        {
            "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/hose"}},
            "Stream": {
                "Type": "AWS::Logs::LogStream",
                "Properties": {"LogGroupName": {"Ref": "Group"}, "LogStreamName": "errors"},
            },
            "Kept": bucket(),
            "Backup": stream(S3BackupMode="Enabled"),
        }
    )
    streams = cloud.client("logs").describe_log_streams(logGroupName="/hose")["logStreams"]
    assert [one["logStreamName"] for one in streams] == ["errors"]
    assert [notice.what for notice in notices] == ["untransformed records are not backed up (S3BackupMode)."]
