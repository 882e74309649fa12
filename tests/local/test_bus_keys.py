"""Buses with a key of their own, and what happens to events that EventBridge cannot encrypt."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from eventyard.local import Fate, LocalCloud
from tests.local.authority.scene import Scene, service, statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventyard.local import Host

KEY_USE = ["kms:DescribeKey", "kms:GenerateDataKey", "kms:Decrypt"]


@pytest.fixture
def cloud(host: Host) -> Iterator[LocalCloud]:
    with LocalCloud(host=host) as running:
        yield running


def put(cloud: LocalCloud) -> str:
    entry = {"Source": "shop", "DetailType": "OrderPlaced", "Detail": "{}", "EventBusName": "secret"}
    return str(cloud.client("events").put_events(Entries=[entry])["Entries"][0]["EventId"])


@pytest.mark.parametrize(("dead_letters", "fate"), [(True, Fate.DEAD_LETTERED), (False, Fate.DROPPED)])
def test_an_event_that_the_key_of_its_bus_keeps_out_is_a_dead_letter(
    cloud: LocalCloud, *, dead_letters: bool, fate: Fate
) -> None:
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-dlq.html
    scene = Scene(cloud)
    queue = scene.queue("dead", statement(service("events"), "sqs:SendMessage"))
    config = {"DeadLetterConfig": {"Arn": queue}} if dead_letters else {}
    cloud.client("events").create_event_bus(Name="secret", KmsKeyIdentifier=scene.key(), **config)
    event = put(cloud)
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries_of(event)
    assert (delivery.fate, delivery.edge.kind) == (fate, "put→events")
    assert "kms:" in delivery.reason
    url = cloud.client("sqs").get_queue_url(QueueName="dead")["QueueUrl"]
    messages = cloud.client("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"]).get("Messages", [])
    assert [json.loads(message["Body"])["id"] for message in messages] == [event] * dead_letters


def test_a_key_that_admits_eventbridge_lets_events_in(cloud: LocalCloud) -> None:
    scene = Scene(cloud)
    cloud.client("events").create_event_bus(
        Name="secret", KmsKeyIdentifier=scene.key(statement(service("events"), KEY_USE))
    )
    event = put(cloud)
    cloud.settle()
    assert cloud.ledger.deliveries_of(event) == []
    assert cloud.ledger.balance.holds


@pytest.mark.parametrize("admitted", [True, False], ids=["admits EventBridge", "admits nobody"])
def test_an_event_from_another_bus_is_held_against_the_key_of_the_bus_it_comes_to(
    cloud: LocalCloud, *, admitted: bool
) -> None:
    """The sender's role needs no key: EventBridge encrypts on the bus's behalf, and the dead letter is that bus's."""
    scene = Scene(cloud)
    queue = scene.queue("dead", statement(service("events"), "sqs:SendMessage"))
    key = scene.key(*([statement(service("events"), KEY_USE)] if admitted else []))
    events = cloud.client("events")
    there = events.create_event_bus(Name="there", KmsKeyIdentifier=key, DeadLetterConfig={"Arn": queue})["EventBusArn"]
    events.create_event_bus(Name="secret")
    role = scene.role("sends", statement(None, "events:PutEvents", there), trusts=service("events"))
    events.put_rule(Name="on", EventBusName="secret", EventPattern='{"source": ["shop"]}')
    events.put_targets(Rule="on", EventBusName="secret", Targets=[{"Id": "1", "Arn": there, "RoleArn": role}])

    event = put(cloud)
    cloud.settle()

    fates = [(d.edge.kind, d.fate) for d in cloud.ledger.deliveries_of(event)]
    stopped = [] if admitted else [("put→events", Fate.DEAD_LETTERED)]
    assert fates == [("rule→events", Fate.DELIVERED), *stopped]
    assert cloud.ledger.balance.holds
