"""PutRule and TestEventPattern: patterns and schedules.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventyard.errors import EventyardError, PatternError
from eventyard.local._schedules import Schedule
from eventyard.local.door._error import ApiError, invalid, limit_exceeded
from eventyard.patterns import EventPattern

if TYPE_CHECKING:
    from collections.abc import Mapping

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
MOST_RULES = 300
MOST_WILDCARD_RULES = 30
# The document asks for "resources" too; recorded behaviour of the service (moto's, LocalStack's) is to do without.
_REQUIRED = ("id", "account", "source", "time", "region", "detail-type")


def check_rule(request: Mapping[str, Any], bus: str, rules: Mapping[str, str | None]) -> None:
    """Refuse what PutRule refuses.

    Args:
        request: As PutRule has it.
        bus: The name of its bus.
        rules: The rules that are on it, by name, with their patterns; those that AWS manages excepted.

    Raises:
        ApiError: InvalidEventPatternException, ValidationException or LimitExceededException.
    """
    pattern, expression = request.get("EventPattern"), request.get("ScheduleExpression")
    if not pattern and not expression:
        raise invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.")
    if pattern:
        check_pattern(pattern)
    if expression:
        _check_schedule(expression, bus)
    others = [text for name, text in rules.items() if name != request["Name"]]
    if len(others) >= MOST_RULES:
        raise limit_exceeded()
    if _has_wildcard(pattern) and sum(map(_has_wildcard, others)) >= MOST_WILDCARD_RULES:
        raise limit_exceeded()


def check_pattern(text: str) -> EventPattern:
    """The pattern that PutRule, CreateArchive and UpdateArchive take.

    Raises:
        ApiError: InvalidEventPatternException, with our reason: AWS's own words differ.
    """
    try:
        return EventPattern.parse(text)
    except PatternError as error:
        raise ApiError("InvalidEventPatternException", f"Event pattern is not valid. Reason: {error}") from None


def test_event_pattern(request: Mapping[str, Any]) -> bool:
    """TestEventPattern: whether the event matches.

    Raises:
        ApiError: InvalidEventPatternException for the pattern, ValidationException for the event.
    """
    pattern = check_pattern(request["EventPattern"])
    try:
        event = json.loads(request["Event"], parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise invalid("Parameter Event is not valid.") from None
    if not isinstance(event, dict) or any(name not in event for name in _REQUIRED):
        raise invalid("Parameter Event is not valid.")
    try:
        return pattern.matches(event)
    except EventyardError as error:
        raise invalid(f"Parameter Event is not valid. Reason: {error}") from None


def _check_schedule(expression: str, bus: str) -> None:
    if bus != "default":
        raise invalid("ScheduleExpression is supported only on the default event bus.")
    try:
        Schedule.parse(expression)
    except EventyardError as error:
        raise invalid(f"Parameter ScheduleExpression is not valid. Reason: {error}") from None


def _has_wildcard(pattern: str | None) -> bool:
    return '"wildcard"' in (pattern or "") and _uses_wildcard(json.loads(pattern or "{}"), value=False)


def _uses_wildcard(part: object, *, value: bool) -> bool:
    """Whether the operator is used in it; in a list of values, not as a field's name."""
    if isinstance(part, list):
        return any(_uses_wildcard(one, value=True) for one in part)
    if not isinstance(part, dict):
        return False
    return (value and "wildcard" in part) or any(
        # The branches of $or are objects in a list, and no values.
        any(_uses_wildcard(one, value=False) for one in inner)
        if name == "$or" and isinstance(inner, list)
        else _uses_wildcard(inner, value=value)
        for name, inner in part.items()
    )


def _refuse(token: str) -> None:
    raise ValueError(f"{token} is no JSON")  # the JSON parser's own kind of error
