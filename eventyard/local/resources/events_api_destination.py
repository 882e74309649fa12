"""AWS::Events::ApiDestination. moto has it only in its API.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-apidestination.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, changed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::Events::ApiDestination"  # noqa: A001  # CloudFormation's own word
name_property = "Name"

_TEXTS = ("ConnectionArn", "Description", "HttpMethod", "InvocationEndpoint")
known = frozenset({*_TEXTS, "InvocationRateLimitPerSecond", "Name"})
_LONGEST_NAME = 64


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """CreateApiDestination."""
    name = scope.fit(_LONGEST_NAME)
    arn = scope.client("events").create_api_destination(Name=name, **_given(properties))["ApiDestinationArn"]
    return Made(name, {"Arn": arn, "ArnForPolicy": arn.rpartition("/")[0]})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """UpdateApiDestination; another name is another API destination."""
    if changed(old, new, "Name"):
        delete(made, old, scope)
        return create(new, scope)
    scope.client("events").update_api_destination(Name=made.id, **_given(new))
    return made


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteApiDestination."""
    scope.client("events").delete_api_destination(Name=made.id)


def _given(properties: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {name: properties[name] for name in _TEXTS if name in properties}
    if "InvocationRateLimitPerSecond" in properties:
        found["InvocationRateLimitPerSecond"] = int(properties["InvocationRateLimitPerSecond"])
    return found
