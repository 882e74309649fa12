"""CloudFormation's API, as the CDK CLI and others call it: change sets, failures, and what is left behind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.local.templates import arn, queue

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.local import LocalCloud
    from tests.local.conftest import Deploy, Json

HEARS_NOBODY: Json = {
    "Type": "AWS::SNS::Subscription",
    "Properties": {
        "TopicArn": "arn:aws:sns:us-east-1:111111111111:nobody",
        "Protocol": "sqs",
        "Endpoint": "arn:aws:sqs:us-east-1:111111111111:orders",
    },
}


@pytest.fixture
def change(cloud: LocalCloud) -> Callable[..., Json]:
    """Bring the stack `shop` to some resources by a change set, as the CDK CLI does; answers the stack."""

    def changed(resources: Json, *, type_: str = "CREATE", **options: Any) -> Json:  # noqa: ANN401 - ExecuteChangeSet's own
        cloudformation = cloud.client("cloudformation")
        body = json.dumps({"Resources": resources})
        made = cloudformation.create_change_set(
            StackName="shop", ChangeSetName="cdk-deploy-change-set", ChangeSetType=type_, TemplateBody=body
        )
        cloudformation.execute_change_set(ChangeSetName=made["Id"], **options)
        stack: Json = cloudformation.describe_stacks(StackName=made["StackId"])["Stacks"][0]
        return stack

    return changed


def queues(cloud: LocalCloud) -> list[str]:
    return sorted(url.rsplit("/", 1)[-1] for url in cloud.client("sqs").list_queues().get("QueueUrls", ()))


def events(cloud: LocalCloud) -> list[tuple[str, str, str]]:
    """Oldest first: what, its status, and why."""
    found = cloud.client("cloudformation").describe_stack_events(StackName="shop")["StackEvents"]
    in_time = sorted(found, key=lambda event: event["Timestamp"])
    return [(e["LogicalResourceId"], e["ResourceStatus"], e.get("ResourceStatusReason", "")) for e in in_time]


def test_a_change_set_shows_what_it_will_do_does_it_and_tells_what_it_did(
    cloud: LocalCloud, change: Callable[..., Json]
) -> None:
    cloudformation = cloud.client("cloudformation")
    change({"Orders": queue(QueueName="orders"), "Old": queue(QueueName="old")})
    body = json.dumps(
        {"Resources": {"Orders": queue(QueueName="orders", DelaySeconds=5), "New": queue(QueueName="new")}}
    )
    made = cloudformation.create_change_set(
        StackName="shop", ChangeSetName="next", ChangeSetType="UPDATE", TemplateBody=body
    )

    shown = cloudformation.describe_change_set(StackName="shop", ChangeSetName="next")
    before = queues(cloud)
    cloudformation.execute_change_set(ChangeSetName=made["Id"])

    changes = [(c["ResourceChange"]["Action"], c["ResourceChange"]["LogicalResourceId"]) for c in shown["Changes"]]
    assert (shown["Status"], sorted(changes)) == (
        "CREATE_COMPLETE",
        [("Add", "New"), ("Modify", "Orders"), ("Remove", "Old")],
    )
    assert (before, queues(cloud)) == (["old", "orders"], ["new", "orders"])
    done = [event[:2] for event in events(cloud) if event[1].endswith("_COMPLETE")]
    assert done[-4:] == [
        ("Orders", "UPDATE_COMPLETE"),
        ("New", "CREATE_COMPLETE"),
        ("Old", "DELETE_COMPLETE"),
        ("shop", "UPDATE_COMPLETE"),
    ]
    assert json.loads(json.dumps(cloudformation.get_template(StackName="shop")["TemplateBody"])) == json.loads(body)


def test_a_change_set_without_a_change_fails_in_the_words_that_the_cli_knows(
    cloud: LocalCloud, change: Callable[..., Json]
) -> None:
    cloudformation, resources = cloud.client("cloudformation"), {"Orders": queue(QueueName="orders")}
    change(resources)
    body = json.dumps({"Resources": resources})
    cloudformation.create_change_set(StackName="shop", ChangeSetName="same", ChangeSetType="UPDATE", TemplateBody=body)
    shown = cloudformation.describe_change_set(StackName="shop", ChangeSetName="same")
    assert shown["Status"] == "FAILED"
    assert "didn't contain changes" in shown["StatusReason"]


def test_a_resource_that_fails_takes_the_new_stack_with_it_and_its_reason_is_told(
    cloud: LocalCloud, change: Callable[..., Json]
) -> None:
    stack = change({"Orders": queue(QueueName="orders"), "Hears": HEARS_NOBODY})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "[Hears]" in stack["StackStatusReason"]
    assert queues(cloud) == []
    (why,) = [reason for _, status, reason in events(cloud) if status == "CREATE_FAILED"]
    assert "Topic does not exist" in why


def test_a_resource_that_fails_leaves_an_old_stack_as_it_was(cloud: LocalCloud, change: Callable[..., Json]) -> None:
    """Given a stack, when an update changes one queue, adds one, takes one away and fails, then all is as before.

    What would have been taken away was not touched: it has its message.
    """
    change({"Orders": queue(QueueName="orders"), "Old": queue(QueueName="old")})
    cloud.client("sqs").send_message(QueueUrl="old", MessageBody="kept")

    stack = change(
        {
            "Orders": queue(QueueName="orders", DelaySeconds=5),
            "New": queue(QueueName="new"),
            "Hears": {**HEARS_NOBODY, "DependsOn": ["New", "Orders"]},
        },
        type_="UPDATE",
    )

    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert queues(cloud) == ["old", "orders"]
    sqs = cloud.client("sqs")
    kept = sqs.get_queue_attributes(QueueUrl="orders", AttributeNames=["DelaySeconds"])["Attributes"]
    assert kept == {"DelaySeconds": "0"}
    assert sqs.receive_message(QueueUrl="old")["Messages"][0]["Body"] == "kept"
    assert change({"Orders": queue(QueueName="orders")}, type_="UPDATE")["StackStatus"] == "UPDATE_COMPLETE"


def test_who_wants_no_rollback_keeps_what_could_be_made(cloud: LocalCloud, change: Callable[..., Json]) -> None:
    resources = {"Orders": queue(QueueName="orders"), "Hears": HEARS_NOBODY}
    stack = change(resources, DisableRollback=True)
    assert (stack["StackStatus"], queues(cloud)) == ("CREATE_FAILED", ["orders"])


def test_what_is_not_emulated_is_named_in_the_events_and_in_the_outputs(
    cloud: LocalCloud, change: Callable[..., Json]
) -> None:
    stack = change({"Desk": {"Type": "AWS::EC2::Novelty", "Properties": {}}, "Orders": queue(QueueName="orders")})
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert stack["Outputs"] == [{"OutputKey": "NotEmulated", "OutputValue": "AWS::EC2::Novelty (Desk)"}]
    assert ("Desk", "CREATE_COMPLETE", "AWS::EC2::Novelty is not emulated: nothing was made.") in events(cloud)


def test_a_deleted_stack_is_gone_but_for_what_it_retains(cloud: LocalCloud, change: Callable[..., Json]) -> None:
    kept = {**queue(QueueName="kept"), "DeletionPolicy": "Retain"}
    id_ = change({"Kept": kept, "Orders": queue(QueueName="orders")})["StackId"]
    cloudformation = cloud.client("cloudformation")
    cloudformation.delete_stack(StackName="shop")
    assert queues(cloud) == ["kept"]
    assert cloudformation.describe_stacks(StackName=id_)["Stacks"][0]["StackStatus"] == "DELETE_COMPLETE"
    with pytest.raises(ClientError, match="does not exist"):
        cloudformation.describe_stacks(StackName="shop")


def test_what_cannot_be_deleted_stays_in_its_stack_until_it_can(cloud: LocalCloud, change: Callable[..., Json]) -> None:
    change({"Box": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "box"}}, "Orders": queue()})
    cloudformation, s3 = cloud.client("cloudformation"), cloud.client("s3")
    s3.put_object(Bucket="box", Key="one", Body=b"1")

    cloudformation.delete_stack(StackName="shop")

    left = cloudformation.describe_stacks(StackName="shop")["Stacks"][0]
    assert (left["StackStatus"], queues(cloud)) == ("DELETE_FAILED", [])
    assert "[Box]" in left["StackStatusReason"]
    s3.delete_object(Bucket="box", Key="one")
    cloudformation.delete_stack(StackName="shop")
    assert s3.list_buckets()["Buckets"] == []


def test_a_protected_stack_is_not_deleted_until_it_is_no_longer(cloud: LocalCloud, change: Callable[..., Json]) -> None:
    change({"Orders": queue(QueueName="orders")})
    cloudformation = cloud.client("cloudformation")
    cloudformation.update_termination_protection(StackName="shop", EnableTerminationProtection=True)
    with pytest.raises(ClientError, match="while TerminationProtection is enabled"):
        cloudformation.delete_stack(StackName="shop")
    assert queues(cloud) == ["orders"]
    cloudformation.update_termination_protection(StackName="shop", EnableTerminationProtection=False)
    cloudformation.delete_stack(StackName="shop")
    assert queues(cloud) == []


def test_a_template_that_is_wrong_is_refused_before_anything_is_made(
    cloud: LocalCloud, change: Callable[..., Json]
) -> None:
    with pytest.raises(ClientError, match=r"Hears: .*'Nowhere'"):
        change({"Orders": queue(QueueName="orders"), "Hears": {"Type": "AWS::SNS::Topic", "DependsOn": "Nowhere"}})
    assert queues(cloud) == []


def test_an_export_that_another_stack_has_fails_the_stack(cloud: LocalCloud, deploy: Deploy) -> None:
    outputs = {"Arn": {"Value": arn("Orders"), "Export": {"Name": "OrdersArn"}}}
    deploy({"Orders": queue(QueueName="orders")}, stack="first", Outputs=outputs)
    cloudformation = cloud.client("cloudformation")
    template = json.dumps({"Resources": {"Orders": queue(QueueName="mine")}, "Outputs": outputs})
    cloudformation.create_stack(StackName="second", TemplateBody=template)
    second = cloudformation.describe_stacks(StackName="second")["Stacks"][0]
    assert second["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "already exported by stack first" in second["StackStatusReason"]
    assert queues(cloud) == ["orders"]


def test_a_template_in_another_accounts_bucket_is_found(cloud: LocalCloud) -> None:
    """The bucket stands in the host or in the path, of AWS's address or, as the CDK CLI has it, of the cloud's own."""
    theirs = cloud.client("s3", account="222222222222")
    theirs.create_bucket(Bucket="templates")
    theirs.put_object(Bucket="templates", Key="a/q.json", Body=json.dumps({"Resources": {"Q": queue()}}).encode())
    cloudformation = cloud.client("cloudformation")
    for name, url in {
        "one": "https://s3.us-east-1.amazonaws.com/templates/a/q.json",
        "two": "https://templates.s3.us-east-1.amazonaws.com/a/q.json",
        "three": "http://127.0.0.1:4599/templates/a/q.json",
    }.items():
        cloudformation.create_stack(StackName=name, TemplateURL=url)
    assert len(queues(cloud)) == 3
