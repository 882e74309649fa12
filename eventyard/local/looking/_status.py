"""What is deployed, by account and Region, and what flows over each edge."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from eventyard.local._queues import edge_of
from eventyard.local._routes import routes_of
from eventyard.local._subscribers import subscriber
from eventyard.local.ledger import Fate, readable
from eventyard.local.looking import _forms
from eventyard.local.moto_seam import Arn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eventyard.local._deployment import Notice
    from eventyard.local._yard import Yard
    from eventyard.local.ledger import Edge
    from eventyard.local.moto_seam import ListedRule, MotoState

_KINDS = ("buses", "rules", "topics", "queues", "functions", "delivery_streams", "pipes", "alarms")


def status(yard: Yard, notices: Iterable[Notice]) -> dict[str, Any]:
    """All of it, as it is now. Whoever calls has the turn."""
    ledger = yard.ledger
    return {
        "now": _forms.moment(yard.clock.now()),
        "speed": yard.clock.speed,
        "enforce": yard.authority.enforce,
        "balance": _forms.balance(ledger.balance),
        "accounts": {account: _forms.balance(ledger.balance_of(account)) for account in ledger.accounts},
        "places": _places(yard.state),
        "edges": _edges(yard),
        "not_emulated": [{"where": notice.where, "what": notice.what} for notice in notices],
    }


def _places(state: MotoState) -> list[dict[str, Any]]:
    found: defaultdict[tuple[str, str], dict[str, list[dict[str, Any]]]] = defaultdict(
        lambda: {kind: [] for kind in _KINDS}
    )
    for kind, arn, more in _everything(state):
        place = Arn.parse(arn)
        name = place.resource.rpartition("/")[2].rpartition(":")[2]
        found[place.account, place.region][kind].append({"name": name, "arn": arn, "reads": _reads(arn), **more})
    return [
        {"account": account, "region": region, **kinds}
        for (account, region), kinds in sorted(found.items())
        if any(kinds.values())
    ]


def _reads(arn: str) -> str:
    """The name as people read it: `Shop/Orders` where CloudFormation made it."""
    name = readable(arn).partition(":")[2] or readable(arn)
    return name.removeprefix("pipe/").removeprefix("alarm:")


def _everything(state: MotoState) -> Iterator[tuple[str, str, dict[str, Any]]]:
    rules = list(state.listed_rules())
    busy = {rule.bus for rule in rules}
    for bus in state.buses():
        # The default bus is there unasked; it is something only with rules.
        if bus in busy or not bus.endswith("event-bus/default"):
            yield "buses", bus, {}
    for rule in rules:
        yield "rules", rule.arn, {"bus": rule.bus, "schedule": rule.schedule, "enabled": rule.enabled}
    for topic in state.topics():
        yield "topics", topic, {"subscriptions": len(state.subscriptions(topic))}
    dead_letters = set(_dead_letters(state, rules))
    for queue in state.listed_queues():
        figures = state.figures(queue.arn)
        depth = {name: getattr(figures, name, 0) for name in ("visible", "in_flight", "delayed")}
        yield "queues", queue.arn, {**depth, "is_dead_letter_queue": queue.arn in dead_letters}
    for function in state.functions():
        yield "functions", function, {}
    for stream in state.delivery_streams():
        yield "delivery_streams", stream, {}
    for pipe in state.pipes():
        yield "pipes", pipe, {}
    for alarm in state.alarms():
        yield "alarms", alarm.arn, {"state": state.alarm_state(alarm.arn)}


def _dead_letters(state: MotoState, rules: list[ListedRule]) -> Iterator[str]:
    """The queues that anything names as its dead-letter queue."""
    yield from (queue.dead_letters for queue in state.listed_queues())
    for rule in rules:
        yield from rule.dead_letters
    for topic in state.topics():
        for subscription in state.subscriptions(topic):
            policy = json.loads(subscription.attributes.get("RedrivePolicy") or "{}")
            yield policy.get("deadLetterTargetArn", "")
    for arn in state.functions():
        function = state.function(arn)
        yield function.dead_letters if function else ""


def _edges(yard: Yard) -> list[dict[str, Any]]:
    """Deployed edges, and those that something went over; each with what became of it."""
    deployed, flows, filtered = list(_deployed(yard.state)), yard.ledger.flows, yard.ledger.filtered
    edges = dict.fromkeys([*deployed, *flows, *filtered])
    there = set(deployed)
    return [
        {
            **_forms.edge(edge),
            **_place_of(edge),
            "deployed": edge in there,
            **{fate.name.lower(): flows.get(edge, {}).get(fate, 0) for fate in Fate},
            "filtered": filtered.get(edge, 0),
        }
        for edge in edges
    ]


def _place_of(edge: Edge) -> dict[str, str]:
    """Where an edge begins; where it ends, if that is no ARN: who puts an event is an account, a visitor a URL."""
    source, target = Arn.parse(edge.source), Arn.parse(edge.target)
    account = source.account or (edge.source if edge.source.isdigit() else target.account)
    return {"account": account, "region": source.region or target.region}


def _deployed(state: MotoState) -> Iterator[Edge]:
    for bus in state.buses():
        for route in routes_of(bus, state).rules.values():
            yield from (target.edge for target in route.targets)
    for topic in state.topics():
        policy = state.delivery_policy(topic)
        yield from (subscriber(one, policy).edge for one in state.subscriptions(topic))
    for queue in state.listed_queues():
        yield from (edge_of(mapping) for mapping in (*state.mappings(queue.arn), *state.piped(queue.arn)))
