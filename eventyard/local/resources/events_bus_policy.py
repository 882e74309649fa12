"""AWS::Events::EventBusPolicy: one statement of a bus's policy. moto skips it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-eventbuspolicy.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::Events::EventBusPolicy"  # noqa: A001  # CloudFormation's own word
name_property = ""
known = frozenset({"Action", "Condition", "EventBusName", "Principal", "Statement", "StatementId"})


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """PutPermission: the statement joins those that the bus has."""
    bus, statement_id = properties.get("EventBusName", "default"), properties["StatementId"]
    events = scope.client("events")
    statement = properties.get("Statement")
    if statement is None:
        more = {"Condition": properties["Condition"]} if "Condition" in properties else {}
        events.put_permission(
            EventBusName=bus,
            StatementId=statement_id,
            Action=properties.get("Action", "events:PutEvents"),
            Principal=properties["Principal"],
            **more,
        )
    else:
        # PutPermission with Policy replaces the whole policy, so the others come along.
        policy = json.loads(events.describe_event_bus(Name=bus).get("Policy") or "{}")
        others = [s for s in policy.get("Statement", ()) if s.get("Sid") != statement_id]
        new = {"Version": "2012-10-17", "Statement": [*others, {**statement, "Sid": statement_id}]}
        events.put_permission(EventBusName=bus, Policy=json.dumps(new))
    return Made(f"{bus}|{statement_id}")


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """The new statement for the old."""
    delete(made, old, scope)
    return create(new, scope)


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """RemovePermission."""
    bus = properties.get("EventBusName", "default")
    scope.client("events").remove_permission(EventBusName=bus, StatementId=properties["StatementId"])
