"""Events of AWS's own on the default bus: put by a test, or caused by what is done to S3 and CloudWatch."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from eventyard.local import LocalCloud
    from tests.local.conftest import Bodies, Deploy, Json


def watch(deploy: Deploy, *sources: str, **more: Json) -> None:
    """A rule on the default bus with a queue, `seen`."""
    deploy(
        {
            "Seen": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "seen"}},
            "Rule": {
                "Type": "AWS::Events::Rule",
                "Properties": {
                    "EventPattern": {"source": list(sources)},
                    "Targets": [{"Id": "seen", "Arn": {"Fn::GetAtt": ["Seen", "Arn"]}}],
                },
            },
            **more,
        }
    )


def seen(cloud: LocalCloud, bodies: Bodies) -> list[Any]:
    cloud.settle()
    return [json.loads(body) for body in bodies("seen")]


def test_an_event_of_awss_own(cloud: LocalCloud, deploy: Deploy, bodies: Bodies) -> None:
    watch(deploy, "aws.ec2")
    instance = "arn:aws:ec2:us-east-1:111111111111:instance/i-1"
    title = "EC2 Instance State-change Notification"
    event_id = cloud.aws_event("aws.ec2", title, {"instance-id": "i-1", "state": "stopped"}, resources=[instance])
    assert seen(cloud, bodies) == [
        {
            "version": "0",
            "id": event_id,
            "detail-type": title,
            "source": "aws.ec2",
            "account": "111111111111",
            "time": "2026-01-01T00:00:00Z",
            "region": "us-east-1",
            "resources": [instance],
            "detail": {"instance-id": "i-1", "state": "stopped"},
        }
    ]


def test_it_comes_where_it_is_put(cloud: LocalCloud, deploy: Deploy, bodies: Bodies) -> None:
    watch(deploy, "aws.ec2")
    cloud.aws_event("aws.ec2", "x", {}, account="222222222222")
    cloud.aws_event("aws.ec2", "x", {}, region="eu-central-1")
    assert seen(cloud, bodies) == []


@pytest.mark.parametrize(("source", "detail"), [("shop.web", {}), ("aws.ec2", {"a": object()})])
def test_what_is_none_of_awss_is_refused(cloud: LocalCloud, source: str, detail: Json) -> None:
    with pytest.raises(EventyardError):
        cloud.aws_event(source, "x", detail)


BUCKET: Json = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "shop-files"}}
# What CDK writes for a bucket with event_bridge_enabled=True.
NOTIFIED: Json = {
    "Type": "Custom::S3BucketNotifications",
    "Properties": {
        "ServiceToken": "arn:aws:lambda:us-east-1:111111111111:function:cdk",
        "BucketName": {"Ref": "Bucket"},
        "NotificationConfiguration": {"EventBridgeConfiguration": {}},
        "Managed": True,
        "SkipDestinationValidation": False,
    },
}


def test_an_object_created_and_deleted(cloud: LocalCloud, deploy: Deploy, bodies: Bodies) -> None:
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
    watch(deploy, "aws.s3", Bucket=BUCKET, Notified=NOTIFIED)
    s3 = cloud.client("s3")
    s3.put_object(Bucket="shop-files", Key="orders/ö 1.json", Body=b"hello")
    s3.copy_object(Bucket="shop-files", Key="copy", CopySource="shop-files/orders/ö 1.json")
    s3.delete_object(Bucket="shop-files", Key="copy")
    created, copied, deleted = seen(cloud, bodies)
    assert [event["detail-type"] for event in (created, copied, deleted)] == [
        "Object Created",
        "Object Created",
        "Object Deleted",
    ]
    assert (created["source"], created["account"], created["region"]) == ("aws.s3", "111111111111", "us-east-1")
    assert created["resources"] == ["arn:aws:s3:::shop-files"]
    detail = created["detail"]
    assert detail["bucket"] == {"name": "shop-files"}
    sequencer = detail["object"].pop("sequencer")
    assert len(sequencer) == 16
    assert detail["object"] == {"key": "orders/ö 1.json", "size": 5, "etag": "5d41402abc4b2a76b9719d911017c592"}
    assert (detail["reason"], detail["version"], detail["requester"]) == ("PutObject", "0", "111111111111")
    assert copied["detail"]["reason"] == "CopyObject"
    assert (deleted["detail"]["reason"], deleted["detail"]["deletion-type"]) == ("DeleteObject", "Permanently Deleted")


def test_the_object_of_a_versioned_bucket_has_its_version(cloud: LocalCloud, deploy: Deploy, bodies: Bodies) -> None:
    watch(deploy, "aws.s3", Bucket=BUCKET, Notified=NOTIFIED)
    s3 = cloud.client("s3")
    s3.put_bucket_versioning(Bucket="shop-files", VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket="shop-files", Key="a", Body=b"x")["VersionId"]
    (created,) = seen(cloud, bodies)
    assert created["detail"]["object"]["version-id"] == version


def test_a_bucket_without_notifications_reports_nothing(cloud: LocalCloud, deploy: Deploy, bodies: Bodies) -> None:
    watch(deploy, "aws.s3", Bucket=BUCKET)
    cloud.client("s3").put_object(Bucket="shop-files", Key="a", Body=b"x")
    assert seen(cloud, bodies) == []


def test_tags_are_reported_when_they_are_put_by_themselves(cloud: LocalCloud, deploy: Deploy, bodies: Bodies) -> None:
    watch(deploy, "aws.s3", Bucket=BUCKET, Notified=NOTIFIED)
    s3 = cloud.client("s3")
    s3.put_object(Bucket="shop-files", Key="a", Body=b"x", Tagging="kind=order")
    s3.put_object_tagging(Bucket="shop-files", Key="a", Tagging={"TagSet": [{"Key": "kind", "Value": "return"}]})
    created, tagged = seen(cloud, bodies)
    assert (created["detail-type"], tagged["detail-type"]) == ("Object Created", "Object Tags Added")
    assert "reason" not in tagged["detail"]


def test_the_notice_of_custom_resources_leaves_it_out(cloud: LocalCloud, deploy: Deploy) -> None:
    assert deploy({"Bucket": BUCKET, "Notified": NOTIFIED}) == ()
    deploy({"Bucket": BUCKET})
    assert "EventBridgeConfiguration" not in cloud.client("s3").get_bucket_notification_configuration(
        Bucket="shop-files"
    )


ALARM: Json = {
    "Type": "AWS::CloudWatch::Alarm",
    "Properties": {
        "AlarmName": "stuck-orders",
        "AlarmDescription": "Orders wait too long",
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateAgeOfOldestMessage",
        "Dimensions": [{"Name": "QueueName", "Value": "warehouse"}],
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 300,
        "ComparisonOperator": "GreaterThanThreshold",
    },
}


def test_an_alarm_that_changes_its_state(cloud: LocalCloud, deploy: Deploy, bodies: Bodies) -> None:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
    watch(deploy, "aws.cloudwatch", Alarm=ALARM)
    cloud.advance(minutes=5)
    given = {"AlarmName": "stuck-orders", "StateValue": "ALARM", "StateReason": "too old"}
    for _ in range(2):
        cloud.client("cloudwatch").set_alarm_state(**given, StateReasonData='{"version":"1.0"}')
    (event,) = seen(cloud, bodies)
    assert event["detail-type"] == "CloudWatch Alarm State Change"
    assert event["resources"] == ["arn:aws:cloudwatch:us-east-1:111111111111:alarm:stuck-orders"]
    detail = event["detail"]
    assert detail["alarmName"] == "stuck-orders"
    assert detail["state"] == {
        "value": "ALARM",
        "reason": "too old",
        "reasonData": '{"version":"1.0"}',
        "timestamp": "2026-01-01T00:05:00.000+0000",
    }
    assert detail["previousState"]["value"] == "INSUFFICIENT_DATA"
    assert detail["configuration"]["description"] == "Orders wait too long"
    (metric,) = detail["configuration"]["metrics"]
    assert metric["metricStat"] == {
        "metric": {
            "namespace": "AWS/SQS",
            "name": "ApproximateAgeOfOldestMessage",
            "dimensions": {"QueueName": "warehouse"},
        },
        "period": 60,
        "stat": "Maximum",
    }
    assert metric["returnData"] is True
