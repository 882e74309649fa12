"""Archives keep what they are to keep, and a replay hands it out again."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from eventyard.local import Fate, LocalCloud

if TYPE_CHECKING:
    from tests.local.conftest import Bodies, Deploy, Json, Put

ARCHIVE = "arn:aws:events:us-east-1:111111111111:archive/kept"
BUS = "arn:aws:events:us-east-1:111111111111:event-bus/default"


def resources(**archive: object) -> Json:
    def rule(queue: str) -> Json:
        return {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "Name": f"to-{queue.lower()}",
                "EventPattern": {"source": ["shop.web"]},
                "Targets": [{"Id": "q", "Arn": {"Fn::GetAtt": [queue, "Arn"]}}],
            },
        }

    return {
        "Archive": {
            "Type": "AWS::Events::Archive",
            "Properties": {"ArchiveName": "kept", "SourceArn": BUS, **archive},
        },
        "Orders": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "orders"}},
        "Audit": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "audit"}},
        "ToOrders": rule("Orders"),
        "ToAudit": rule("Audit"),
    }


def replay(cloud: LocalCloud, name: str, start: float, end: float, *rules: str) -> None:
    filters = {"FilterArns": [f"arn:aws:events:us-east-1:111111111111:rule/{rule}" for rule in rules]} if rules else {}
    cloud.client("events").start_replay(
        ReplayName=name,
        EventSourceArn=ARCHIVE,
        EventStartTime=cloud.now + timedelta(minutes=start),
        EventEndTime=cloud.now + timedelta(minutes=end),
        Destination={"Arn": BUS, **filters},
    )
    cloud.settle()


def test_an_archive_keeps_what_its_pattern_wants(cloud: LocalCloud, deploy: Deploy, put: Put) -> None:
    assert deploy(resources(EventPattern={"detail": {"keep": [True]}}, RetentionDays=7, Description="kept")) == ()
    kept, _ = put({"keep": True}), put({"keep": False})
    cloud.settle()
    described = cloud.client("events").describe_archive(ArchiveName="kept")
    assert (described["EventCount"], described["RetentionDays"]) == (1, 7)
    assert json.loads(described["EventPattern"]) == {"detail": {"keep": [True]}}
    (delivery,) = [d for d in cloud.ledger.deliveries if d.edge.kind == "events→archive"]
    assert (delivery.event_id, delivery.edge.target, delivery.fate) == (kept, ARCHIVE, Fate.DELIVERED)


def test_a_changed_archive_keeps_what_it_has(cloud: LocalCloud, deploy: Deploy, put: Put) -> None:
    deploy(resources(EventPattern={"detail": {"keep": [True]}}))
    put({"keep": True})
    deploy(resources(EventPattern={"detail": {"keep": [False]}}))
    put({"keep": True})
    put({"keep": False})
    assert cloud.client("events").describe_archive(ArchiveName="kept")["EventCount"] == 2


def test_a_replay_hands_out_the_same_events_of_its_time_again(
    cloud: LocalCloud, deploy: Deploy, put: Put, bodies: Bodies
) -> None:
    deploy(resources())
    put({"n": 1})
    cloud.advance(minutes=10)
    event = put({"n": 2})
    cloud.advance(minutes=10)
    put({"n": 3})
    cloud.settle()
    (original,) = [json.loads(body) for body in bodies("orders") if json.loads(body)["id"] == event]
    bodies("audit")

    replay(cloud, "again", -15, -5)

    (body,) = bodies("orders")
    assert json.loads(body) == {**original, "replay-name": "again"}
    assert len(bodies("audit")) == 1
    assert cloud.client("events").describe_archive(ArchiveName="kept")["EventCount"] == 3
    assert cloud.client("events").describe_replay(ReplayName="again")["State"] == "COMPLETED"


def test_a_replay_may_name_its_rules(cloud: LocalCloud, deploy: Deploy, put: Put, bodies: Bodies) -> None:
    deploy(resources())
    put({"n": 1})
    cloud.settle()
    assert len(bodies("orders") + bodies("audit")) == 2
    replay(cloud, "again", -1, 1, "to-orders")
    assert len(bodies("orders")) == 1
    assert bodies("audit") == []
    assert cloud.ledger.balance.holds
