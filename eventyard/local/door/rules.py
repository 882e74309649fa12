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
    from collections.abc import Collection, Mapping

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
MOST_RULES = 300
# The document asks for "resources" too; recorded behaviour of the service (moto's, LocalStack's) is to do without.
_REQUIRED = ("id", "account", "source", "time", "region", "detail-type")


def check_rule(request: Mapping[str, Any], bus: str, rules: Collection[str]) -> None:
    """Refuse what PutRule refuses.

    Args:
        request: As PutRule has it.
        bus: The name of its bus.
        rules: The names of the rules that are on it, those that AWS manages excepted.

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
    if request["Name"] not in rules and len(rules) >= MOST_RULES:
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


def _refuse(token: str) -> None:
    raise ValueError(f"{token} is no JSON")  # the JSON parser's own kind of error
