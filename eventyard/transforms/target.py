"""A target's input: what PutTargets refuses, and what an event becomes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from eventyard.errors import TransformError
from eventyard.transforms import json_path
from eventyard.transforms.template import CHARACTERS, Template, compact

if TYPE_CHECKING:
    from collections.abc import Mapping

_WAYS = ("Input", "InputPath", "InputTransformer")

# Predefined variables; names that begin with "aws." cannot be mapped.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html#eb-transform-input-predefined
_RULE_ARN = "aws.events.rule-arn"
_RULE_NAME = "aws.events.rule-name"
_INGESTION_TIME = "aws.events.event.ingestion-time"
_EVENT = "aws.events.event"
_EVENT_JSON = "aws.events.event.json"
RESERVED = frozenset({_RULE_ARN, _RULE_NAME, _INGESTION_TIME, _EVENT, _EVENT_JSON})

# The service model's TransformerPaths, InputTransformerPathKey and TargetInput.
PATHS = 100
_NAME = re.compile(r"[A-Za-z0-9_-]{1,256}", re.ASCII)
INPUT_CHARACTERS = 8_192

# How the service orders <aws.events.event> (recorded); its detail-type is spelled detailType and detail is left out.
_ENVELOPE = ("id", "account", "detail-type", "time", "source", "region", "resources", "version")


def check_target(target: Mapping[str, Any]) -> None:
    """Refuse the inputs that PutTargets refuses.

    What depends on the account (a bus in another one takes none of the three) is left to the caller.

    Args:
        target: A target as PutTargets takes it; of its keys only Id, Input, InputPath and InputTransformer matter here.

    Raises:
        TransformError: `where` is the key, such as `InputTransformer.InputTemplate`.
    """
    given = [way for way in _WAYS if target.get(way) is not None]
    if len(given) > 1:
        raise TransformError(
            f"Only one of Input, InputPath, or InputTransformer must be provided for target {target.get('Id', '')}.",
            where=given[1],
            remedy=f"Remove {' or '.join(given)}.",
        )
    if given == ["Input"]:
        _check_input(target["Input"])
    elif given == ["InputPath"]:
        json_path.check(target["InputPath"], "InputPath")
    elif given:
        _check_transformer(target["InputTransformer"], target.get("Id", ""))


def transform(
    target: Mapping[str, Any],
    event: Mapping[str, Any],
    *,
    rule_arn: str,
    rule_name: str,
    ingestion_time: str,
) -> str:
    """The text that the target receives for an event.

    Args:
        target: A target that `check_target` accepts.
        event: The full envelope, parsed.
        rule_arn: For `<aws.events.rule-arn>`.
        rule_name: For `<aws.events.rule-name>`.
        ingestion_time: For `<aws.events.event.ingestion-time>`: ISO 8601, when the bus took the event.

    Raises:
        TransformError: A JSON template made no JSON, or InputPath found nothing; nothing is delivered then.
    """
    if (text := target.get("Input")) is not None:
        return str(text)
    if (path := target.get("InputPath")) is not None:
        try:
            return compact(json_path.find(path, event))
        except json_path.NothingFound:
            raise TransformError(
                f"InputPath {path} finds nothing in the event, so nothing is delivered.",
                where="InputPath",
                remedy='Ask for the field in the rule\'s pattern ({"exists": true}), or correct the path.',
            ) from None
    if (transformer := target.get("InputTransformer")) is not None:
        values = _mapped(transformer.get("InputPathsMap") or {}, event)
        values |= {
            _RULE_ARN: rule_arn,
            _RULE_NAME: rule_name,
            _INGESTION_TIME: ingestion_time,
            _EVENT: _envelope(event),
            _EVENT_JSON: event,
        }
        return Template(transformer["InputTemplate"]).render(values)
    return compact(event)


def _check_input(text: Any) -> None:  # noqa: ANN401  # whatever the user wrote
    try:
        json.loads(text, parse_constant=_refuse)
    except (TypeError, ValueError, RecursionError) as error:
        raise TransformError(
            f"Input is no valid JSON text: {error}.",
            where="Input",
            remedy='Write JSON; a plain text needs its quotes: "\\"hello\\"".',
        ) from None
    _check_length(text, INPUT_CHARACTERS, "Input")


def _check_transformer(transformer: Mapping[str, Any], target_id: str) -> None:
    place = "InputTransformer"
    paths = transformer.get("InputPathsMap") or {}
    if len(paths) > PATHS:
        raise TransformError(
            f"{len(paths)} paths; EventBridge takes {PATHS}.",
            where=f"{place}.InputPathsMap",
            remedy="Take whole objects instead of their fields.",
        )
    for name, path in paths.items():
        where = f"{place}.InputPathsMap.{name}"
        if _NAME.fullmatch(name) is None or name.upper().startswith("AWS."):
            raise TransformError(
                f'"{name}" cannot be a variable\'s name.',
                where=where,
                remedy="Use letters, digits, - and _, up to 256 of them; names in aws. are reserved.",
            )
        json_path.check(path, where)
    text = transformer.get("InputTemplate")
    where = f"{place}.InputTemplate"
    if not isinstance(text, str) or not text:
        raise TransformError(
            "InputTransformer needs an InputTemplate.",
            where=where,
            remedy='Write one, such as {"order": <order>}.',
        )
    _check_length(text, CHARACTERS, where)
    template = Template(text)
    for name in template.placeholders():
        if name not in paths and name not in RESERVED:
            raise TransformError(
                f"InputTemplate for target {target_id} contains invalid placeholder {name}.",
                where=where,
                remedy=f"Map it in InputPathsMap, or use a reserved one: {', '.join(sorted(RESERVED))}.",
            )
    if (key := template.key_placeholder()) is not None:
        raise TransformError(
            f"The placeholder {key} cannot be an object's key.",
            where=where,
            remedy='Use it as a value: {"name": <name>}.',
        )


def _check_length(text: str, longest: int, where: str) -> None:
    if len(text) > longest:
        raise TransformError(
            f"{len(text):,} characters; EventBridge takes {longest:,}.", where=where, remedy="Shorten it."
        )


def _mapped(paths: Mapping[str, str], event: Mapping[str, Any]) -> dict[str, Any]:
    """Name -> what its path finds. A path that finds nothing leaves its name out; the template then has ""."""
    values = {}
    for name, path in paths.items():
        try:
            values[name] = json_path.find(path, event)
        except json_path.NothingFound:
            continue
    return values


def _envelope(event: Mapping[str, Any]) -> dict[str, Any]:
    rest = [key for key in event if key not in _ENVELOPE and key != "detail"]
    return {"detailType" if key == "detail-type" else key: event[key] for key in (*_ENVELOPE, *rest) if key in event}


def _refuse(token: str) -> None:
    raise ValueError(f"{token} is no JSON")  # the JSON parser's own kind of error
