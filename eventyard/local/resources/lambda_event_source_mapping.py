"""AWS::Lambda::EventSourceMapping with everything its template says, also after a change.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, changed, tags, true

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::Lambda::EventSourceMapping"  # noqa: A001  # CloudFormation's own word
name_property = ""

_WHOLE = ("BatchSize", "MaximumBatchingWindowInSeconds")
# With what the mapping falls back to when the property goes:
# https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html
_CHANGEABLE: dict[str, Any] = {
    "BatchSize": 10,
    "FilterCriteria": {"Filters": []},
    "FunctionName": "",
    "FunctionResponseTypes": [],
    "KmsKeyArn": "",
    "MaximumBatchingWindowInSeconds": 0,
    "MetricsConfig": {"Metrics": []},
    "ScalingConfig": {},
}
known = frozenset({*_CHANGEABLE, "Enabled", "EventSourceArn", "Tags"})


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """CreateEventSourceMapping."""
    answer = scope.client("lambda").create_event_source_mapping(
        EventSourceArn=properties["EventSourceArn"],
        Enabled=true(properties.get("Enabled", True)),
        Tags=tags(properties),
        **_wanted(properties),
    )
    return Made(answer["UUID"], {"Id": answer["UUID"], "EventSourceMappingArn": answer["EventSourceMappingArn"]})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """UpdateEventSourceMapping; another source is another mapping."""
    if changed(old, new, "EventSourceArn"):
        delete(made, old, scope)
        return create(new, scope)
    gone = {name: fallback for name, fallback in _CHANGEABLE.items() if name in old and name not in new}
    scope.client("lambda").update_event_source_mapping(
        UUID=made.id, Enabled=true(new.get("Enabled", True)), **_wanted({**gone, **new})
    )
    return made


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteEventSourceMapping."""
    scope.client("lambda").delete_event_source_mapping(UUID=made.id)


def remarks(properties: Mapping[str, Any]) -> Iterator[str]:
    """Only queues are polled."""
    source = properties["EventSourceArn"]
    if ":sqs:" not in source:
        yield f"a mapping of {source} is not polled; eventyard polls queues only."


def _wanted(properties: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: properties[name] for name in _CHANGEABLE if name in properties}
    found.update({name: int(found[name]) for name in _WHOLE if name in found})
    if "ScalingConfig" in found:
        found["ScalingConfig"] = {name: int(value) for name, value in found["ScalingConfig"].items()}
    if "KmsKeyArn" in found:
        found["KMSKeyArn"] = found.pop("KmsKeyArn")
    return found
