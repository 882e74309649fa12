"""Date operators: ISO 8601 in the forms of W3C's note, or seconds since 1970, on either side.

A text of four digits is a year; a longer number is seconds. Without a zone a time is UTC.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from eventyard.policies.conditions.operator import Operator, refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.policies.context import Context, Value

_SECONDS = re.compile(r"-?\d{5,15}(?:\.\d{1,9})?|-?\d{1,3}", re.ASCII)
_DATE = re.compile(
    r"(\d{4})(-\d{2})?(-\d{2})?(T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, in seconds since 1970, and how the request's must stand to it."""

    seconds: float
    compare: Callable[[float, float], bool]

    def matches(self, value: Value, _: Context) -> bool | None:
        """Whether the request's value stands so to it."""
        found = _seconds(value)
        return found is not None and self.compare(found, self.seconds)

    def remark(self, value: Value, _: Context) -> str:
        """That the request has no date."""
        return "what the request has is no date" if _seconds(value) is None else ""


def _seconds(value: Value) -> float | None:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, bool):
        return None
    if not isinstance(value, str) or _SECONDS.fullmatch(value):
        return float(value)
    form = _DATE.fullmatch(value)
    if form is None or (form[4] and not form[3]):
        return None
    try:
        return _seconds(datetime.fromisoformat(f"{form[1]}{form[2] or '-01'}{form[3] or '-01'}{form[4] or ''}"))
    except ValueError:
        return None


def _parse(compare: Callable[[float, float], bool]) -> Callable[[str, bool, str], Moment]:
    def parse(text: str, _: bool, where: str) -> Moment:  # noqa: FBT001  # the operators' one shape
        seconds = _seconds(text)
        if seconds is None:
            raise refused(text, "date such as 2026-01-31T12:00:00Z", where)
        return Moment(seconds, compare)

    return parse


OPERATORS = (
    Operator("DateEquals", "is", _parse(operator.eq)),
    Operator("DateNotEquals", "is not", _parse(operator.eq), negated=True),
    Operator("DateLessThan", "is before", _parse(operator.lt)),
    Operator("DateLessThanEquals", "is at or before", _parse(operator.le)),
    Operator("DateGreaterThan", "is after", _parse(operator.gt)),
    Operator("DateGreaterThanEquals", "is at or after", _parse(operator.ge)),
)
