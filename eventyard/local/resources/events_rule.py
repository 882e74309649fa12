"""AWS::Events::Rule on any bus, named by name or ARN, with targets kept as they are.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from eventyard.errors import EventyardError
from eventyard.local.resources._kind import Made, changed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::Events::Rule"  # noqa: A001  # CloudFormation's own word
name_property = "Name"

_SAME = ("Description", "RoleArn", "ScheduleExpression", "State", "Tags")
known = frozenset({*_SAME, "EventBusName", "EventPattern", "Name", "Targets"})
_LONGEST_NAME = 64
_DELIVERED = frozenset({"events", "firehose", "lambda", "logs", "sns", "sqs"})


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """PutRule and PutTargets."""
    events = scope.client("events")
    name, bus = scope.fit(_LONGEST_NAME), _bus(properties)
    rule: dict[str, Any] = {key: properties[key] for key in _SAME if key in properties}
    if "EventPattern" in properties:
        rule["EventPattern"] = json.dumps(properties["EventPattern"])
    arn = events.put_rule(Name=name, EventBusName=bus, **rule)["RuleArn"]
    if targets := properties.get("Targets"):
        answer = events.put_targets(Rule=name, EventBusName=bus, Targets=[_target(target) for target in targets])
        if answer.get("FailedEntryCount"):
            raise EventyardError(f"PutTargets refused {answer['FailedEntries']}.")
    ref = name if bus == "default" else f"{bus.rsplit('/', 1)[-1]}|{name}"
    return Made(ref, {"Arn": arn})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """The targets that are gone are removed, the rest is put anew; another bus or name is another rule."""
    if changed(old, new, "EventBusName", "Name"):
        delete(made, old, scope)
        return create(new, scope)
    kept = {target["Id"] for target in new.get("Targets", ())}
    _remove_targets([t["Id"] for t in old.get("Targets", ()) if t["Id"] not in kept], made, old, scope)
    return create(new, scope)


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:
    """RemoveTargets and DeleteRule; a rule whose bus is gone is gone with it."""
    events = scope.client("events")
    with contextlib.suppress(events.exceptions.ResourceNotFoundException):
        _remove_targets([target["Id"] for target in properties.get("Targets", ())], made, properties, scope)
        events.delete_rule(Name=made.id.rsplit("|", 1)[-1], EventBusName=_bus(properties))


def remarks(properties: Mapping[str, Any]) -> Iterator[str]:
    """Targets that nothing is delivered to."""
    for target in properties.get("Targets", ()):
        service = target["Arn"].split(":")[2]
        if service not in _DELIVERED:
            yield f"its target {target['Id']} ({service}) gets nothing; each event is entered in the ledger as dropped."


def _remove_targets(ids: list[str], made: Made, properties: Mapping[str, Any], scope: Scope) -> None:
    if ids:
        scope.client("events").remove_targets(Rule=made.id.rsplit("|", 1)[-1], EventBusName=_bus(properties), Ids=ids)


def _bus(properties: Mapping[str, Any]) -> str:
    return str(properties.get("EventBusName", "default"))


def _target(target: Mapping[str, Any]) -> dict[str, Any]:
    # CloudFormation's numbers may come as text; the API wants numbers.
    retry = target.get("RetryPolicy")
    return {**target, **({"RetryPolicy": {key: int(value) for key, value in retry.items()}} if retry else {})}
