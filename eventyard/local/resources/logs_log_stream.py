"""AWS::Logs::LogStream. moto skips it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-logstream.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, changed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::Logs::LogStream"  # noqa: A001  # CloudFormation's own word
name_property = "LogStreamName"
known = frozenset({"LogGroupName", "LogStreamName"})
_LONGEST_NAME = 512


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """CreateLogStream."""
    name = scope.fit(_LONGEST_NAME)
    scope.client("logs").create_log_stream(logGroupName=properties["LogGroupName"], logStreamName=name)
    return Made(name)


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """Another name or group is another stream."""
    if not changed(old, new, "LogGroupName", "LogStreamName"):
        return made
    delete(made, old, scope)
    return create(new, scope)


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:
    """DeleteLogStream, unless its group is gone already."""
    logs = scope.client("logs")
    try:
        logs.delete_log_stream(logGroupName=properties["LogGroupName"], logStreamName=made.id)
    except logs.exceptions.ResourceNotFoundException:
        return
