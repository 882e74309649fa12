"""Numeric operators, by value: 10 equals 10.0. What is no number in the request matches nothing."""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from eventyard.policies.conditions.operator import Operator, refused
from eventyard.policies.context import text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.policies.context import Context, Value

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Number:
    """A number, and how the request's must stand to it."""

    number: Decimal
    compare: Callable[[Decimal, Decimal], bool]

    def matches(self, value: Value, _: Context) -> bool | None:
        """Whether the request's value stands so to the number."""
        found = None if isinstance(value, bool) else _number(text_of(value))
        return found is not None and self.compare(found, self.number)

    def remark(self, value: Value, _: Context) -> str:
        """That the request has no number."""
        return "what the request has is no number" if _number(text_of(value)) is None else ""


def _number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _parse(compare: Callable[[Decimal, Decimal], bool]) -> Callable[[str, bool, str], Number]:
    def parse(text: str, _: bool, where: str) -> Number:  # noqa: FBT001  # the operators' one shape
        number = _number(text)
        if number is None:
            raise refused(text, "number", where)
        return Number(number, compare)

    return parse


OPERATORS = (
    Operator("NumericEquals", "is", _parse(operator.eq)),
    Operator("NumericNotEquals", "is not", _parse(operator.eq), negated=True),
    Operator("NumericLessThan", "is less than", _parse(operator.lt)),
    Operator("NumericLessThanEquals", "is at most", _parse(operator.le)),
    Operator("NumericGreaterThan", "is greater than", _parse(operator.gt)),
    Operator("NumericGreaterThanEquals", "is at least", _parse(operator.ge)),
)
