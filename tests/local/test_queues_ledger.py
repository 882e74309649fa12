"""What becomes of a message that a function could not handle is in the books, whoever or whatever takes it away."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from eventyard.local import Fate
from tests.local.boxes import Box

if TYPE_CHECKING:
    from eventyard.local import LocalCloud
    from tests.local.conftest import Deploy, Function, Put

FAIL = "def handle(event, context):\n    raise ValueError('no stock')\n"
FINE = "def handle(event, context):\n    return None\n"


@pytest.fixture
def failing(cloud: LocalCloud, deploy: Deploy, function: Function) -> Box:
    """A queue, from which a function has failed to handle one message."""
    deploy(function("Take", FAIL))
    box = Box(cloud, VisibilityTimeout="60", MessageRetentionPeriod="3600")
    cloud.client("lambda").create_event_source_mapping(FunctionName="Take", EventSourceArn=box.arn)
    box.send()
    cloud.advance(seconds=59)
    assert cloud.ledger.fates[Fate.PENDING] == 1
    (mapping,) = cloud.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    cloud.client("lambda").delete_event_source_mapping(UUID=mapping["UUID"])
    cloud.settle()
    assert cloud.ledger.fates[Fate.PENDING] == 1
    return box


def test_deleted_by_another_consumer(cloud: LocalCloud, failing: Box) -> None:
    cloud.advance(seconds=60)
    (message,) = failing.receive()
    failing.delete(message)
    (delivery,) = cloud.ledger.deliveries
    assert (delivery.fate, delivery.reason) == (Fate.DELIVERED, "another consumer deleted it.")


def test_expired_where_nobody_polls(cloud: LocalCloud, failing: Box) -> None:
    cloud.advance(hours=1)
    assert failing.counts() == (0, 0, 0)
    (delivery,) = cloud.ledger.deliveries
    assert (delivery.fate, delivery.code) == (Fate.DROPPED, "RetentionPeriod")
    cloud.ledger.expect_drops()


@pytest.mark.parametrize("call", ["purge_queue", "delete_queue"])
def test_purged_or_deleted_with_its_queue(cloud: LocalCloud, failing: Box, call: str) -> None:
    getattr(failing.sqs, call)(QueueUrl=failing.url)
    (delivery,) = cloud.ledger.deliveries
    assert (delivery.fate, delivery.code) == (Fate.DROPPED, "Purged")
    cloud.ledger.expect_drops()


def test_moved_by_a_task(cloud: LocalCloud, failing: Box) -> None:
    Box(cloud, "source", RedrivePolicy={"deadLetterTargetArn": failing.arn, "maxReceiveCount": 1})
    target = Box(cloud, "target")
    cloud.advance(seconds=60)
    failing.sqs.start_message_move_task(SourceArn=failing.arn, DestinationArn=target.arn)
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries
    assert (delivery.fate, delivery.code) == (Fate.DEAD_LETTERED, "MessageMoveTask")
    assert delivery.reason == f"a message move task took it to {target.arn}."
    assert target.bodies() == ["hello"]


def test_an_event_is_followed_through_the_dead_letter_queue_and_back(
    cloud: LocalCloud, deploy: Deploy, function: Function, put: Put
) -> None:
    deploy(function("Take", FAIL))
    dead = Box(cloud, "dead")
    redrive = {"deadLetterTargetArn": dead.arn, "maxReceiveCount": 1}
    box = Box(cloud, VisibilityTimeout="60", RedrivePolicy=redrive)
    cloud.client("lambda").create_event_source_mapping(FunctionName="Take", EventSourceArn=box.arn)
    events = cloud.client("events")
    events.put_rule(Name="placed", EventPattern=json.dumps({"source": ["shop.web"]}))
    events.put_targets(Rule="placed", Targets=[{"Id": "q", "Arn": box.arn}])
    event = put({"n": 1})
    cloud.settle()
    deploy(function("Take", FINE))
    dead.sqs.start_message_move_task(SourceArn=dead.arn)
    cloud.settle()
    rule, first, second = cloud.ledger.deliveries_of(event)
    assert [one.fate for one in (rule, first, second)] == [Fate.DELIVERED, Fate.DEAD_LETTERED, Fate.DELIVERED]
    assert {first.parent, second.parent} == {rule.number}
    assert cloud.ledger.balance.holds
