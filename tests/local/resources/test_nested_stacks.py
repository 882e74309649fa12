"""Stacks in stacks: their templates are assets, their outputs go on, and what fails in one fails the other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from eventyard.errors import DeployError
from tests.local.templates import arn, queue

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.local import LocalCloud
    from tests.local.conftest import Deploy, Json

OUTPUTS: Json = {"Arn": {"Value": arn("Orders")}}


@pytest.fixture
def nested(cloud: LocalCloud) -> Callable[..., Json]:
    """Puts a template into a bucket; answers the resource that is a stack of it."""
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="templates")

    def put(resources: Json, key: str, outputs: Json | None = None, parameters: Json | None = None) -> Json:
        slots = {name: {"Type": "String"} for name in parameters or {}}
        template = {"Resources": resources, "Outputs": outputs or {}, "Parameters": slots}
        s3.put_object(Bucket="templates", Key=key, Body=json.dumps(template).encode())
        url = {"Fn::Join": ["", ["https://s3.us-east-1.", {"Ref": "AWS::URLSuffix"}, f"/templates/{key}"]]}
        return {
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {"TemplateURL": url, "Parameters": parameters or {}},
        }

    return put


def queues(cloud: LocalCloud) -> dict[str, str]:
    sqs = cloud.client("sqs")
    urls = sqs.list_queues().get("QueueUrls", ())
    delays = [sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["DelaySeconds"])["Attributes"] for url in urls]
    return {url.rsplit("/", 1)[-1]: delay["DelaySeconds"] for url, delay in zip(urls, delays, strict=True)}


def test_a_nested_stack_takes_parameters_gives_outputs_and_changes_in_place(
    cloud: LocalCloud, deploy: Deploy, nested: Callable[..., Json]
) -> None:
    """Given a nested stack with a queue, when its template changes, then the queue with its message is still there."""

    def stacks(key: str, delay: int) -> Json:
        inner = {"Orders": queue(QueueName={"Ref": "Name"}, DelaySeconds=delay)}
        dead = {"Fn::GetAtt": ["Inner", "Outputs.Arn"]}
        outer = queue(QueueName="outer", RedrivePolicy={"deadLetterTargetArn": dead, "maxReceiveCount": 3})
        return {"Inner": nested(inner, key, OUTPUTS, {"Name": "orders"}), "Outer": outer}

    deploy(stacks("one.json", 0))
    cloud.client("sqs").send_message(QueueUrl="orders", MessageBody="kept")
    deploy(stacks("two.json", 5))

    assert queues(cloud) == {"orders": "5", "outer": "0"}
    received = cloud.client("sqs").receive_message(QueueUrl="orders")["Messages"]
    assert [message["Body"] for message in received] == ["kept"]
    policy = cloud.client("sqs").get_queue_attributes(QueueUrl="outer", AttributeNames=["RedrivePolicy"])["Attributes"]
    assert ":orders" in policy["RedrivePolicy"]
    cloud.client("cloudformation").delete_stack(StackName="shop")
    assert queues(cloud) == {}


def test_what_fails_in_a_nested_stack_is_named_and_the_rest_is_deployed(
    cloud: LocalCloud, deploy: Deploy, nested: Callable[..., Json]
) -> None:
    wrong = {"Type": "AWS::SNS::Subscription", "Properties": {"TopicArn": "arn:aws:sns:us-east-1:111111111111:none"}}
    with pytest.raises(DeployError, match="Hears"):
        deploy({"Inner": nested({"Orders": queue(QueueName="orders"), "Hears": wrong}, "one.json")})
    assert queues(cloud) == {"orders": "0"}


def test_what_fails_in_a_nested_stack_takes_its_parent_with_it_where_that_is_wanted(
    cloud: LocalCloud, nested: Callable[..., Json]
) -> None:
    wrong = {"Type": "AWS::SNS::Subscription", "Properties": {"TopicArn": "arn:aws:sns:us-east-1:111111111111:none"}}
    inner = nested({"Orders": queue(QueueName="orders"), "Hears": wrong}, "one.json")
    cloudformation = cloud.client("cloudformation")
    body = json.dumps({"Resources": {"Inner": inner, "Mine": queue(QueueName="mine")}})
    cloudformation.create_stack(StackName="shop", TemplateBody=body)
    stacks = {one["StackName"]: one["StackStatus"] for one in cloudformation.describe_stacks()["Stacks"]}
    events = cloudformation.describe_stack_events(StackName="shop")["StackEvents"]
    (why,) = [one["ResourceStatusReason"] for one in events if one["ResourceStatus"] == "CREATE_FAILED"]
    assert (stacks, queues(cloud)) == ({"shop": "ROLLBACK_COMPLETE"}, {})
    assert "Hears" in why


def test_what_is_not_emulated_in_a_nested_stack_is_listed(deploy: Deploy, nested: Callable[..., Json]) -> None:
    inner = nested({"Desk": {"Type": "AWS::AppFlow::Flow", "Properties": {}}}, "one.json")
    (notice,) = deploy({"Inner": inner})
    assert notice.where.endswith("/Desk")
    assert "AWS::AppFlow::Flow is not emulated" in notice.what
