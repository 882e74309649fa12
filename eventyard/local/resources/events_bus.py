"""AWS::Events::EventBus, whose `Ref` is its name (moto's has none) and whose policy may stand in it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-eventbus.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::Events::EventBus"  # noqa: A001  # CloudFormation's own word
name_property = "Name"

_SAME = ("Description", "KmsKeyIdentifier", "DeadLetterConfig")


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """CreateEventBus, then PutPermission for a policy."""
    same = {name: properties[name] for name in _SAME if name in properties}
    arn = scope.client("events").create_event_bus(Name=scope.name, **same)["EventBusArn"]
    _put_policy(properties, scope)
    return Made(scope.name, {"Arn": arn, "Name": scope.name, "Policy": json.dumps(properties.get("Policy", {}))})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """The policy in place; another name is another bus."""
    if scope.name != made.id:
        delete(made, old, scope)
        return create(new, scope)
    _put_policy(new, scope)
    return made


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteEventBus."""
    scope.client("events").delete_event_bus(Name=made.id)


def _put_policy(properties: Mapping[str, Any], scope: Scope) -> None:
    if policy := properties.get("Policy"):
        scope.client("events").put_permission(EventBusName=scope.name, Policy=json.dumps(policy))
