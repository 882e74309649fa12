"""What becomes of a stack between its first deployment by the CDK CLI and its destruction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.served.cdk import cdk, deploy
from tests.served.small_apps import Json, queue, small_app

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from eventyard.local import ServedCloud

pytestmark = pytest.mark.xdist_group("the CDK CLI")

# The topic of no account: subscribing to it fails.
HEARS_NOBODY: Json = {
    "Type": "AWS::SNS::Subscription",
    "Properties": {
        "TopicArn": "arn:aws:sns:us-east-1:111111111111:nobody",
        "Protocol": "sqs",
        "Endpoint": "arn:aws:sqs:us-east-1:111111111111:orders",
    },
}


@pytest.fixture
def app(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[Json], Path]:
    """Writes an assembly of one stack, named after the test, as `cdk synth` does."""
    name = request.node.name.replace("_", "-")[:60]

    def write(resources: Json) -> Path:
        return small_app(tmp_path / "cdk.out", name, resources)

    return write


def delay(served: ServedCloud, name: str) -> str:
    attributes = served.client("sqs").get_queue_attributes(QueueUrl=name, AttributeNames=["DelaySeconds"])
    return str(attributes["Attributes"]["DelaySeconds"])


def names(served: ServedCloud) -> set[str]:
    return {url.rsplit("/", 1)[-1] for url in served.client("sqs").list_queues().get("QueueUrls", ())}


def test_a_change_is_shown_made_in_place_and_taken_away_in_the_end(
    served: ServedCloud, app: Callable[[Json], Path]
) -> None:
    """Given a queue with a message, when its delay changes, then the queue is the same and has the message still."""
    first = deploy(served.endpoint, app({"Orders": queue(QueueName="orders")}))
    served.client("sqs").send_message(QueueUrl="orders", MessageBody="kept")

    changed = app({"Orders": queue(QueueName="orders", DelaySeconds=7)})
    shown = cdk(served.endpoint, "diff", "--all", app=changed)
    second = deploy(served.endpoint, changed)
    received = served.client("sqs").receive_message(QueueUrl="orders")["Messages"]
    after = delay(served, "orders")
    destroyed = cdk(served.endpoint, "destroy", "--all", "--force", app=changed)

    assert (first.code, second.code, destroyed.code) == (0, 0, 0), first.said + second.said + destroyed.said
    assert "[+] DelaySeconds" in shown.said.replace("└─ ", "")
    assert "UPDATE_COMPLETE" in second.said
    assert ([message["Body"] for message in received], after) == (["kept"], "7")
    assert "orders" not in names(served)


def test_a_resource_that_fails_fails_the_deploy_with_its_reason_and_can_be_mended(
    served: ServedCloud, app: Callable[[Json], Path]
) -> None:
    failed = deploy(served.endpoint, app({"Mine": queue(QueueName="mine"), "Hears": HEARS_NOBODY}))
    left = names(served)
    mended = deploy(served.endpoint, app({"Mine": queue(QueueName="mine")}))

    assert failed.code != 0
    assert "ROLLBACK_COMPLETE" in failed.said
    assert "Topic does not exist" in failed.said
    assert "mine" not in left
    assert mended.code == 0, mended.said
    assert "mine" in names(served)


def test_an_update_that_fails_leaves_the_stack_as_it_was(
    served: ServedCloud, app: Callable[[Json], Path], request: pytest.FixtureRequest
) -> None:
    deploy(served.endpoint, app({"Kept": queue(QueueName="kept")}))
    hears = {**HEARS_NOBODY, "DependsOn": "Kept"}
    failed = deploy(served.endpoint, app({"Kept": queue(QueueName="kept", DelaySeconds=7), "Hears": hears}))

    assert failed.code != 0
    assert "Topic does not exist" in failed.said
    name = request.node.name.replace("_", "-")[:60]
    (stack,) = served.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert delay(served, "kept") == "0"


def test_a_type_that_nobody_emulates_is_named_by_the_cli_in_its_events_and_its_outputs(
    served: ServedCloud, app: Callable[[Json], Path], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="eventyard.local")
    said = deploy(served.endpoint, app({"Desk": {"Type": "AWS::AppFlow::Flow", "Properties": {}}})).said
    assert "AWS::AppFlow::Flow is not emulated: nothing was made." in said
    assert "NotEmulated = AWS::AppFlow::Flow (Desk)" in said
    assert "AWS::AppFlow::Flow is not emulated" in caplog.text


def test_what_is_no_template_is_refused_by_name(served: ServedCloud, app: Callable[[Json], Path]) -> None:
    said = deploy(served.endpoint, app({"Orders": queue(QueueName={"Fn::Novelty": "x"})}))
    assert said.code != 0
    assert "Fn::Novelty" in said.said
