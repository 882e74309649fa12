"""AWS::Events::Connection. moto has it only in its API.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-connection.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, changed, true

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::Events::Connection"  # noqa: A001  # CloudFormation's own word
name_property = "Name"

_GIVEN = ("AuthorizationType", "AuthParameters", "Description")
known = frozenset({*_GIVEN, "Name"})
_LONGEST_NAME = 64


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """CreateConnection, which makes a secret with the parameters."""
    events, name = scope.client("events"), scope.fit(_LONGEST_NAME)
    arn = events.create_connection(Name=name, **_given(properties))["ConnectionArn"]
    secret = events.describe_connection(Name=name)["SecretArn"]
    return Made(name, {"Arn": arn, "ArnForPolicy": arn.rpartition("/")[0], "SecretArn": secret})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """UpdateConnection; another name is another connection."""
    if changed(old, new, "Name"):
        delete(made, old, scope)
        return create(new, scope)
    scope.client("events").update_connection(Name=made.id, **_given(new))
    return made


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteConnection."""
    scope.client("events").delete_connection(Name=made.id)


def _given(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _as_api(properties[name]) for name in _GIVEN if name in properties}


def _as_api(value: object) -> object:
    """CloudFormation's booleans may come as text; the API wants booleans."""
    if isinstance(value, list):
        return [_as_api(one) for one in value]
    if isinstance(value, dict):
        return {name: true(one) if name == "IsValueSecret" else _as_api(one) for name, one in value.items()}
    return value
