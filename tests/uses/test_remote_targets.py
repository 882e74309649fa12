"""What the shop does not use of crossings, built and delivered: topics, workers and FIFO queues of another account."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.constructs import (
    Admission,
    App,
    Bus,
    Environment,
    Queue,
    RemoteBus,
    RemoteQueue,
    RemoteTopic,
    Topic,
    Worker,
)

if TYPE_CHECKING:
    from pathlib import Path

    from aws_cdk import Stack

    from eventyard.local import LocalCloud

pytestmark = pytest.mark.xdist_group("cdk")

HERE = Environment(account="111111111111", region="us-east-1")
THERE = Environment(account="333333333333", region="us-east-1")
BUS = RemoteBus("default", at=HERE)
NEWS = RemoteTopic("news", at=THERE)
WORK = RemoteQueue("work", at=THERE)
STEPS = RemoteQueue("steps.fifo", at=THERE)


@dataclass(frozen=True)
class Sides:
    """An app with two stacks, each in an account of its own."""

    app: App
    sender: Stack
    cloud: LocalCloud

    def receiver(self, at: Environment = THERE) -> Stack:
        """The other side's stack, empty."""
        from aws_cdk import Stack  # noqa: PLC0415 (after the constructs have found their Node)

        return Stack(self.app, "Receiver", env=at)

    def send(self, to: Any, **options: Any) -> str:  # noqa: ANN401 (a Remote..., Route's arguments)
        """Route everything there, deploy both, put an event on the default bus; the event's id."""
        from aws_cdk import aws_events  # noqa: PLC0415 (after the constructs have found their Node)

        from eventyard.constructs import Route  # noqa: PLC0415 (beside it)

        bus = aws_events.EventBus.from_event_bus_name(self.sender, "Default", "default")
        Route(self.sender, "Out", bus=bus, pattern={"source": ["shop"]}, to=to, **options)
        self.cloud.deploy(self.app.synth().directory)
        entry = {"Source": "shop", "DetailType": "OrderPlaced", "Detail": '{"total": 120}'}
        event_id = self.cloud.client("events").put_events(Entries=[entry])["Entries"][0]["EventId"]
        self.cloud.settle()
        return str(event_id)

    def arrived(self, queue: str) -> list[dict[str, Any]]:
        """What is in a queue of the receiver's."""
        sqs = self.cloud.client("sqs", account=THERE.account)
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        found = sqs.receive_message(QueueUrl=url, AttributeNames=["All"])
        return list(found.get("Messages", []))


@pytest.fixture
def sides(cloud: LocalCloud, tmp_path: Path) -> Sides:
    from aws_cdk import Stack  # noqa: PLC0415 (after the constructs have found their Node)

    app = App(analytics_reporting=False, outdir=str(tmp_path / "cdk.out"))
    return Sides(app, Stack(app, "Sender", env=HERE), cloud)


def test_a_rule_publishes_to_an_encrypted_topic_of_another_account(sides: Sides) -> None:
    stack = sides.receiver()
    topic = Topic(stack, "News", topic_name="news")
    Admission(stack, "In", sender=BUS, to=topic)
    Queue(stack, "Heard", queue_name="heard", listens_to=topic, raw=True)

    event_id = sides.send(NEWS)

    (message,) = sides.arrived("heard")
    assert json.loads(message["Body"])["id"] == event_id


def test_a_rule_hands_work_to_a_worker_of_another_account(sides: Sides, tmp_path: Path) -> None:
    code = tmp_path / "work"
    code.mkdir()
    (code / "handler.py").write_text("def handle(event, context): return {'batchItemFailures': []}\n")
    stack = sides.receiver()
    worker = Worker(stack, "Work", handler=code, queue_props={"queue_name": "work"})
    Admission(stack, "In", sender=BUS, to=worker)

    event_id = sides.send(WORK)

    sides.cloud.ledger.assert_delivered(event_id, "function:Receiver-Work")


def test_a_rule_sends_to_a_fifo_queue_of_another_account_in_its_group(sides: Sides) -> None:
    stack = sides.receiver()
    queue = Queue(stack, "Steps", queue_name="steps.fifo", fifo=True, content_based_deduplication=True)
    Admission(stack, "In", sender=BUS, to=queue)

    event_id = sides.send(STEPS, message_group_id="orders")

    (message,) = sides.arrived("steps.fifo")
    assert json.loads(message["Body"])["id"] == event_id
    assert message["Attributes"]["MessageGroupId"] == "orders"


def test_buses_of_one_account_mirror_each_other_across_regions(sides: Sides) -> None:
    """The same account in another Region is a crossing as well, and needs no other words."""
    europe = Environment(account=HERE.account, region="eu-west-1")
    stack = sides.receiver(europe)
    bus = Bus(stack, "Mirror", name="mirror")
    Admission(stack, "In", sender=BUS, to=bus)
    bus.route("All", {"source": ["shop"]}, to=Queue(stack, "Heard", queue_name="heard"))

    event_id = sides.send(RemoteBus("mirror", at=europe))

    sides.cloud.ledger.assert_delivered(event_id, f"arn:aws:sqs:eu-west-1:{HERE.account}:heard")
