"""EventBridge: buses, rules, archives, replays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from eventyard.local.authority.actions._wanted import Wanted, arn_of

if TYPE_CHECKING:
    from eventyard.local.moto_seam import ApiCall, MotoState

prefix = "events"

# The resources of EventBridge that a parameter names, but for buses and rules.
_NAMED = {
    "ArchiveName": "archive",
    "ReplayName": "replay",
}
_NAMED_BY_CALL = {"ApiDestination": "api-destination", "Connection": "connection"}
_BUS_CALLS = frozenset({"CreateEventBus", "DeleteEventBus", "DescribeEventBus", "UpdateEventBus"})


def wanted(call: ApiCall, state: MotoState) -> list[Wanted]:
    """PutEvents asks for every bus among its entries; other calls for what they name."""
    given = call.parameters
    if call.operation == "PutEvents":
        asked = [
            Wanted(
                "events:PutEvents",
                _bus(call, entry.get("EventBusName")),
                # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
                {
                    key: str(entry[name])
                    for name, key in (("Source", "events:source"), ("DetailType", "events:detail-type"))
                    if entry.get(name)
                },
            )
            for entry in given.get("Entries") or ()
            if isinstance(entry, dict)
        ]
        return list({(want.resource, tuple(want.context.items())): want for want in asked}.values())
    resource = _resource(call)
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-perms.html: a bus's policy may let other
    # accounts make rules on it.
    bus = _bus(call, given.get("EventBusName"))
    policies = state.resource_policies(bus) if ":rule/" in resource else None
    return [Wanted(f"events:{call.operation}", resource, _of_rule(call), policies=policies)]


def _of_rule(call: ApiCall) -> dict[str, str | tuple[str, ...]]:
    """What a policy may ask about a rule: which events it is for, who makes it, whom it reaches.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html. Only what a pattern names by value
    counts; a filter such as a prefix equals no value that a policy has.
    """
    given = call.parameters
    if not call.operation.endswith(("Rule", "Targets")):
        return {}
    context: dict[str, str | tuple[str, ...]] = {"events:creatorAccount": call.account}
    for field, key in (("source", "events:source"), ("detail-type", "events:detail-type")):
        if values := _listed(given.get("EventPattern"), field):
            context[key] = values
    targets = given.get("Targets")
    if isinstance(targets, list):
        context["events:TargetArn"] = tuple(str(one.get("Arn")) for one in targets if isinstance(one, dict))
    return context


def _listed(pattern: object, field: str) -> tuple[str, ...]:
    try:
        values = json.loads(str(pattern))[field]
    except (ValueError, KeyError, TypeError):
        return ()
    return tuple(value if isinstance(value, str) else json.dumps(value) for value in values)


def _resource(call: ApiCall) -> str:
    given = call.parameters
    if "ResourceARN" in given:
        return str(given["ResourceARN"])
    if call.operation in _BUS_CALLS:
        return _bus(call, given.get("Name"))
    if call.operation in {"PutPermission", "RemovePermission"}:
        return _bus(call, given.get("EventBusName"))
    for name, kind in _named(call.operation):
        if name in given:
            return arn_of(call, f"{kind}/{given[name]}")
    rule = given.get("Rule") or (given.get("Name") if call.operation.endswith("Rule") else None)
    if rule:
        bus = _bus(call, given.get("EventBusName"))
        home, _, name = bus.partition(":event-bus/")
        return f"{home}:rule/{rule}" if name == "default" else f"{home}:rule/{name}/{rule}"
    return arn_of(call, "*")


def _named(operation: str) -> list[tuple[str, str]]:
    """Parameters that name a resource, each with the resource's kind; some are called Name."""
    ours = [("Name", kind) for ending, kind in _NAMED_BY_CALL.items() if operation.endswith(ending)]
    return [*_NAMED.items(), *ours]


def _bus(call: ApiCall, name: object) -> str:
    text = str(name or "default")
    return text if text.startswith("arn:") else arn_of(call, f"event-bus/{text}")
