"""Scheduled rules on the virtual clock."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from eventyard.local import Fate
from tests.local.test_retries import make_queue

if TYPE_CHECKING:
    from eventyard.local import LocalCloud
    from tests.local.conftest import Bodies, Put


def schedule(cloud: LocalCloud, expression: str, queue: str = "ticks", name: str = "tick") -> None:
    events = cloud.client("events")
    events.put_rule(Name=name, ScheduleExpression=expression)
    events.put_targets(Rule=name, Targets=[{"Id": "q", "Arn": make_queue(cloud, queue)}])


def times(bodies: list[str]) -> list[str]:
    return [json.loads(body)["time"] for body in bodies]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("rate(2 hours)", ["2026-01-01T02:00:00Z", "2026-01-01T04:00:00Z"]),
        ("cron(30 1/2 * * ? *)", ["2026-01-01T01:30:00Z", "2026-01-01T03:30:00Z"]),
        ("cron(0 12 * * ? *)", []),
    ],
)
def test_a_schedule_fires_when_its_time_comes(
    cloud: LocalCloud, bodies: Bodies, expression: str, expected: list[str]
) -> None:
    schedule(cloud, expression)
    cloud.advance(hours=5)
    assert times(bodies("ticks")) == expected


def test_the_event_is_aws_own_and_reaches_no_other_rule(cloud: LocalCloud, bodies: Bodies) -> None:
    events = cloud.client("events")
    events.put_rule(Name="nosy", EventPattern='{"source": ["aws.events"]}')
    events.put_targets(Rule="nosy", Targets=[{"Id": "q", "Arn": make_queue(cloud, "nosy")}])
    schedule(cloud, "rate(1 hour)")
    cloud.advance(hours=1)
    (event,) = map(json.loads, bodies("ticks"))
    assert (event["source"], event["detail-type"], event["detail"]) == ("aws.events", "Scheduled Event", {})
    assert event["resources"] == ["arn:aws:events:us-east-1:111111111111:rule/tick"]
    assert bodies("nosy") == []
    assert str(cloud.ledger.story(event["id"])).startswith("01:00:00 Scheduled Event of rule/tick")


def test_settling_waits_for_no_schedule(cloud: LocalCloud, put: Put) -> None:
    schedule(cloud, "rate(1 minute)")
    put()
    cloud.settle()
    assert cloud.now == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_schedule_fires_while_something_else_is_tried_again(cloud: LocalCloud, put: Put, bodies: Bodies) -> None:
    schedule(cloud, "rate(1 minute)")
    events = cloud.client("events")
    events.put_rule(Name="placed", EventPattern='{"source": ["shop.web"]}')
    events.put_targets(Rule="placed", Targets=[{"Id": "t", "Arn": make_queue(cloud, "orders")}])
    cloud.faults.fail("orders", minutes=10)
    event = put()
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries_of(event)
    assert delivery.fate is Fate.DELIVERED
    minutes = int(delivery.attempts[-1].time - delivery.attempts[0].time) // 60
    assert len(bodies("ticks")) == minutes >= 10


def test_a_schedule_that_is_disabled_changed_or_deleted_fires_no_more(cloud: LocalCloud, bodies: Bodies) -> None:
    events = cloud.client("events")
    schedule(cloud, "rate(1 hour)")
    cloud.advance(hours=1)
    events.disable_rule(Name="tick")
    cloud.advance(hours=3)
    events.enable_rule(Name="tick")
    cloud.advance(minutes=90)
    events.put_rule(Name="tick", ScheduleExpression="rate(1 day)")
    cloud.advance(hours=24)
    events.remove_targets(Rule="tick", Ids=["q"])
    events.delete_rule(Name="tick")
    cloud.advance(days=2)
    assert times(bodies("ticks")) == ["2026-01-01T01:00:00Z", "2026-01-01T05:00:00Z", "2026-01-02T05:30:00Z"]
