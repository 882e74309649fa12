"""`{"numeric": [">", 0, "<=", 5]}`: a number within bounds; strings never match."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from eventyard.errors import PatternError
from eventyard.patterns.document import describe, wrong_operand
from eventyard.patterns.words import FAR, TYPE, Miss, kind, number_distance, shown

if TYPE_CHECKING:
    from eventyard.patterns.dialect import Dialect
    from eventyard.patterns.document import Scalar

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?", re.ASCII)
# https://github.com/aws/event-ruler, "Numeric matching": six digits to the right of the decimal point.
DECIMALS = 6

_EXAMPLE = '{"numeric": [">", 0, "<=", 100]}'


@dataclass(frozen=True, slots=True)
class Numeric:
    """Between two bounds, each of which may itself belong.

    Attributes:
        low: The lower bound.
        high: The upper bound.
        with_low: Whether the lower bound belongs.
        with_high: Whether the upper bound belongs.
        comparison: The operand in words, `> 0 and <= 5`: a bound that it does not name is the service's own.
    """

    low: float
    high: float
    with_low: bool
    with_high: bool
    comparison: str = field(default="", compare=False)

    def matches(self, value: Scalar) -> bool:
        """Whether the leaf is a number within the bounds.

        The outermost bounds are the service's: it compares no number beyond them, nor one with more digits after the
        decimal point than it keeps. To its engine such a number is only a text, which can still be listed exactly.
        """
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            return False
        if isinstance(value, float) and round(value, DECIMALS) != value:
            return False
        return (self.low < value < self.high) or (
            (self.with_low and value == self.low) or (self.with_high and value == self.high)
        )

    def wanted(self) -> str:
        """What it asks for, in words."""
        return self.comparison

    def missed(self, value: Scalar) -> Miss:
        """Why the leaf is not that."""
        if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
            return Miss(TYPE, f"{shown(value)} is a string, not a number (wanted {self.wanted()})")
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            said = "no number" if kind(value) == shown(value) else f"{kind(value)}, not a number"
            return Miss(FAR, f"{shown(value)} is {said} (wanted {self.wanted()})")
        if self.low <= value <= self.high and value not in (self.low, self.high):
            return Miss(FAR, f"{shown(value)} has more digits than are compared (wanted {self.wanted()})")
        if (self.comparison[:1] == "<" and value < self.low) or (
            "<" not in self.comparison and self.low < self.high < value
        ):
            return Miss(FAR, f"{shown(value)} is beyond what is compared (wanted {self.wanted()})")
        bound = self.low if value <= self.low else self.high
        return Miss(number_distance(value, bound), f"{shown(value)} is not {self.wanted()}")


def parse(operand: Any, dialect: Dialect, where: str) -> Numeric:  # noqa: ANN401  # any JSON value
    """The bounds: `=`, `<`, `<=`, `>` or `>=` with a number; after `>` or `>=` also `<` or `<=` with another.

    Raises:
        PatternError: Another form, a number beyond what the service compares, or bounds with nothing between.
    """
    if not isinstance(operand, list):
        raise wrong_operand("numeric", "a list", operand, where, _EXAMPLE)
    if not operand:
        raise PatternError("An empty numeric comparison.", where=where, remedy=f"Write {_EXAMPLE}.")
    largest = dialect.largest_number
    sign, bound = _comparison(operand, 0, ("=", "<", "<=", ">", ">="), dialect, where)
    used = 2
    if sign == "=":
        numeric = Numeric(bound, bound, with_low=True, with_high=True)
    elif sign in ("<", "<="):
        numeric = Numeric(-largest, bound, with_low=True, with_high=sign == "<=")
    elif len(operand) == used:
        numeric = Numeric(bound, largest, with_low=sign == ">=", with_high=True)
    else:
        closing, high = _comparison(operand, used, ("<", "<="), dialect, where)
        numeric = Numeric(bound, high, with_low=sign == ">=", with_high=closing == "<=")
        used = 4
    if len(operand) > used:
        raise PatternError(
            f"Too many terms after {operand[:used]}.",
            where=where,
            remedy=f"A range has its lower bound first: {_EXAMPLE}.",
        )
    if sign != "=" and numeric.low >= numeric.high:
        raise PatternError(
            f"Nothing lies between {numeric.low} and {numeric.high}: the lower bound must be less than the upper.",
            where=where,
            remedy='Swap the bounds; for one value write {"numeric": ["=", 5]}.',
        )
    words = [f"{operand[at]} {operand[at + 1]}" for at in range(0, used, 2)]
    return replace(numeric, comparison=" and ".join(words))


def _comparison(operand: list[Any], at: int, signs: tuple[str, ...], dialect: Dialect, where: str) -> tuple[str, float]:
    sign = operand[at]
    if not isinstance(sign, str) or sign not in signs:
        raise PatternError(
            f"{describe(sign)} is not one of {', '.join(signs)}.",
            where=f"{where}[{at}]",
            remedy=f"Write {_EXAMPLE}.",
        )
    value = operand[at + 1] if len(operand) > at + 1 else None
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        missing = "nothing" if len(operand) <= at + 1 else describe(value)
        raise PatternError(
            f"{sign} must be followed by a number, not by {missing}.",
            where=f"{where}[{at + 1}]",
            remedy=f"Write {_EXAMPLE}; a number in quotes is a string.",
        )
    refuse_beyond(value, dialect, f"{where}[{at + 1}]")
    return sign, value


def refuse_beyond(value: float, dialect: Dialect, where: str) -> None:
    """Refuse a number of a pattern that the service does not compare.

    Raises:
        PatternError: Too large, or more digits after the decimal point than the service keeps.
    """
    if not math.isfinite(value) or abs(value) > dialect.largest_number:
        raise PatternError(
            f"{dialect.service} compares numbers from {-dialect.largest_number:,.0f} to {dialect.largest_number:,.0f}.",
            where=where,
            remedy="Stay within, or list the exact values.",
        )
    if Decimal(repr(value)).normalize().as_tuple().exponent < -dialect.decimals:  # type: ignore[operator]  # finite
        raise PatternError(
            f"{dialect.service} compares {dialect.decimals} digits after the decimal point; {value} has more.",
            where=where,
            remedy="Round it.",
        )
