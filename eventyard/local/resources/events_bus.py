"""AWS::Events::EventBus, whose `Ref` is its name (moto's has none) and whose policy may stand in it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-eventbus.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventyard.errors import EventyardError
from eventyard.local.resources._kind import Made, changed, tags_gone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::Events::EventBus"  # noqa: A001  # CloudFormation's own word
name_property = "Name"

_SAME = ("Description", "KmsKeyIdentifier", "DeadLetterConfig", "LogConfig")
known = frozenset({*_SAME, "Name", "Policy", "Tags"})


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """CreateEventBus, then PutPermission for a policy."""
    same = {name: properties[name] for name in _SAME if name in properties}
    if "Tags" in properties:
        same["Tags"] = properties["Tags"]
    arn = scope.client("events").create_event_bus(Name=scope.name, **same)["EventBusArn"]
    _put_policy(properties, scope)
    return Made(scope.name, {"Arn": arn, "Name": scope.name, "Policy": json.dumps(properties.get("Policy", {}))})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """The policy and the tags in place; another name is another bus.

    Raises:
        EventyardError: something else of it changed, for which moto has no API.
    """
    if changed(old, new, "Name"):
        delete(made, old, scope)
        return create(new, scope)
    if changed(old, new, *_SAME):
        raise EventyardError(
            f"{', '.join(_SAME)} of a bus do not change in place.", remedy="Deploy into a new local cloud."
        )
    events = scope.client("events")
    if "Policy" in old and "Policy" not in new:
        events.remove_permission(EventBusName=made.id, RemoveAllPermissions=True)
    _put_policy(new, scope)
    if gone := tags_gone(old, new):
        events.untag_resource(ResourceARN=made.attributes["Arn"], TagKeys=gone)
    if "Tags" in new:
        events.tag_resource(ResourceARN=made.attributes["Arn"], Tags=new["Tags"])
    return made


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteEventBus."""
    scope.client("events").delete_event_bus(Name=made.id)


def _put_policy(properties: Mapping[str, Any], scope: Scope) -> None:
    if policy := properties.get("Policy"):
        scope.client("events").put_permission(EventBusName=scope.name, Policy=json.dumps(policy))
