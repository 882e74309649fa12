"""AWS::Pipes::Pipe. moto skips it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-pipes-pipe.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, changed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::Pipes::Pipe"  # noqa: A001  # CloudFormation's own word
name_property = "Name"

# With what the pipe falls back to when the property goes.
_CHANGEABLE: dict[str, Any] = {
    "Description": "",
    "DesiredState": "RUNNING",
    "Enrichment": "",
    "EnrichmentParameters": {},
    "RoleArn": "",
    "SourceParameters": {},
    "Target": "",
    "TargetParameters": {},
}
known = frozenset({*_CHANGEABLE, "Name", "Source", "Tags"})
_LONGEST_NAME = 64
_NUMBERS = frozenset({"BatchSize", "MaximumBatchingWindowInSeconds"})


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """CreatePipe."""
    given = {name: _value(name, properties[name]) for name in (*_CHANGEABLE, "Source") if name in properties}
    tags = {"Tags": dict(properties["Tags"])} if "Tags" in properties else {}
    arn = scope.client("pipes").create_pipe(Name=scope.fit(_LONGEST_NAME), **given, **tags)["Arn"]
    return Made(arn.rpartition("/")[2], {"Arn": arn})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """UpdatePipe; another name or source is another pipe."""
    if changed(old, new, "Name", "Source"):
        delete(made, old, scope)
        return create(new, scope)
    gone = {name: fallback for name, fallback in _CHANGEABLE.items() if name in old and name not in new}
    given = {name: _value(name, new[name]) for name in _CHANGEABLE if name in new}
    scope.client("pipes").update_pipe(Name=made.id, **{**gone, **given})
    return made


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeletePipe."""
    scope.client("pipes").delete_pipe(Name=made.id)


def remarks(properties: Mapping[str, Any]) -> Iterator[str]:
    """Only queues are read."""
    if ":sqs:" not in properties["Source"]:
        yield f"its source {properties['Source']} is not read; eventyard's pipes read queues only."


def _value(name: str, value: Any) -> Any:  # noqa: ANN401  # any JSON value
    if isinstance(value, dict):
        return {inner: _value(inner, each) for inner, each in value.items()}
    if isinstance(value, list):
        return [_value("", each) for each in value]
    return int(value) if name in _NUMBERS else value
