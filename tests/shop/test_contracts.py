"""What the shop promises about its events, and whether its own rules read what there is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.assembly import read, synthesize
from eventyard.contracts.testing import check_recorded, fields_missing, sample, selected
from eventyard.patterns import FilterPolicy
from lambdas.shop_layer.python.shop.events import SHOP_EVENTS
from lambdas.shop_layer.python.shop.settlements import SETTLEMENT_EVENTS
from tests.shop.day import ONE_OF_EACH
from tests.shop.hearing import PROMISED, hearers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eventyard.assembly import StackArtifact
    from eventyard.contracts import EventType
    from eventyard.local import LocalCloud

ROOT = Path(__file__).parents[2]
RECORDED = Path(__file__).parent / "contracts"


def test_every_promise_about_the_shops_events_is_kept() -> None:
    """A change that breaks somebody fails here, with the field; EVENTYARD_RECORD=1 records what breaks nobody."""
    found = check_recorded(SHOP_EVENTS, RECORDED, record="EVENTYARD_RECORD" in os.environ)

    assert [str(one) for one in found] == []


def resources(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {
        name: resource["Properties"] for name, resource in template["Resources"].items() if resource["Type"] == kind
    }


def topic_named(stacks: Sequence[StackArtifact], stack: StackArtifact, topic: Any) -> str:  # noqa: ANN401 - any JSON value
    """What a topic is called wherever a template names it: in its own stack, by an export, by its ARN."""
    match topic:
        case {"Ref": str(logical_id)}:
            own = stack.template["Resources"].get(logical_id, {}).get("Properties", {})
            return str(own.get("TopicName", f"{stack.name}/{logical_id}"))
        case {"Fn::ImportValue": str(export)}:
            return next(
                topic_named(stacks, other, output["Value"])
                for other in stacks
                for output in other.template.get("Outputs", {}).values()
                if output.get("Export", {}).get("Name") == export
            )
    return str(topic).rpartition(":")[2]


def test_every_rule_and_filter_policy_names_only_fields_that_its_events_have() -> None:
    """A filter policy over message bodies is held to the events that rules hand to its topic, from whichever stack."""
    found: list[str] = []
    published: dict[str, list[type[EventType]]] = {}
    stacks = read(synthesize(ROOT)).stacks
    for stack in stacks:
        for name, rule in resources(stack.template, "AWS::Events::Rule").items():
            # On the default bus are AWS's own events.
            if "EventPattern" in rule and rule.get("EventBusName", "default") != "default":
                events = SETTLEMENT_EVENTS if stack.name == "Audit" else SHOP_EVENTS
                found += [f"{stack.name}/{name}: {one}" for one in fields_missing(rule["EventPattern"], events)]
                for target in rule["Targets"]:
                    received = published.setdefault(topic_named(stacks, stack, target["Arn"]), [])
                    received += selected(rule["EventPattern"], events)
    for stack in stacks:
        for name, subscription in resources(stack.template, "AWS::SNS::Subscription").items():
            if subscription.get("FilterPolicyScope") == "MessageBody":
                policy = FilterPolicy.parse(subscription["FilterPolicy"], scope="MessageBody")
                received = published.get(topic_named(stacks, stack, subscription["TopicArn"]), [])
                assert received, f"no rule publishes to the topic of {stack.name}/{name}"
                found += [f"{stack.name}/{name}: {one}" for one in fields_missing(policy, received)]

    assert found == []


def test_the_events_of_the_tests_are_events_of_the_shop() -> None:
    for event in SHOP_EVENTS:
        event.model_validate(ONE_OF_EACH[event.contract.detail_type])


@pytest.mark.parametrize(
    ("event", "source"),
    [
        pytest.param(event, source, id=f"{source}-{event.contract.name}")
        for event in SHOP_EVENTS
        for source in event.contract.sources
    ],
)
def test_a_sample_of_each_event_is_understood_by_everyone_it_reaches(
    deployed: LocalCloud, event: type[EventType], source: str
) -> None:
    entry = sample(event, seed=7).entry(bus="commerce", source=source)
    answer = deployed.client("events").put_events(Entries=[entry])
    deployed.settle()

    story = deployed.ledger.story(answer["Entries"][0]["EventId"])
    assert {delivery.fate for delivery in story.deliveries} == {"delivered"}
    assert hearers(story) & set().union(*PROMISED.values()) <= PROMISED[event.contract.detail_type]
