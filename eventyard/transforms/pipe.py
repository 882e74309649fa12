"""A pipe's input template: what the enrichment, or the target, receives in place of one record.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-input-transformation.html
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from eventyard.transforms import json_path
from eventyard.transforms.template import Template, compact

if TYPE_CHECKING:
    from collections.abc import Mapping

# `<$.body.order[0]>` is a path into the record, `<aws.pipes.pipe-name>` a reserved variable.
_PLACEHOLDER = re.compile(r"<((?:\$|aws\.pipes\.)[\w.$*\[\]/-]*)>", re.ASCII)
# Parsed where a path leads into it: "Implicit body data parsing" of the page above. Base64 is not for SQS.
_PARSED = ("body",)
_EVENT, _EVENT_JSON = "aws.pipes.event", "aws.pipes.event.json"


def pipe_input(template: str, record: Any, variables: Mapping[str, str]) -> str:  # noqa: ANN401  # any JSON value
    """The text that one record becomes.

    Args:
        template: As CreatePipe takes it; an empty one leaves the record as it is.
        record: What the source, or the enrichment, gave.
        variables: `aws.pipes.pipe-arn`, `aws.pipes.pipe-name` and so on; the event's own are added here.

    Raises:
        TransformError: The result is no valid JSON.
    """
    if not template:
        return compact(record)
    known = {**variables, _EVENT: record, _EVENT_JSON: record}
    opened = _opened(record)
    parsed = Template(template, _PLACEHOLDER)
    values = {name: found for name in parsed.placeholders() if (found := _value(name, opened, known)) is not None}
    alone = _PLACEHOLDER.fullmatch(template.strip())
    if alone and isinstance(value := values.get(alone.group(1), ""), str):
        return value
    return parsed.render(values)


def path_value(text: str, record: Any) -> str:  # noqa: ANN401  # any JSON value
    """A parameter of a target that may be a path, such as DetailType: its value for a record, empty if none is there.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-target.html#pipes-targets-dynamic-parms
    """
    if not text.startswith("$."):
        return text
    found = _value(text, _opened(record), {})
    return found if isinstance(found, str) else "" if found is None else compact(found)


def _value(name: str, record: Any, known: Mapping[str, Any]) -> Any:  # noqa: ANN401  # any JSON value
    if not name.startswith("$"):
        return known.get(name)
    try:
        return json_path.find(name, record)
    except json_path.NothingFound:
        return None


def _opened(record: Any) -> Any:  # noqa: ANN401  # any JSON value
    if not isinstance(record, dict):
        return record
    return {name: _parsed(value) if name in _PARSED else value for name, value in record.items()}


def _parsed(value: Any) -> Any:  # noqa: ANN401  # any JSON value
    try:
        found = json.loads(value)
    except (TypeError, ValueError, RecursionError):
        return value
    return found if isinstance(found, dict | list) else value
