"""`{"anything-but": ...}`: any leaf that is not one of the excluded; a missing field does not match.

The operand is a string, a number, a list of strings or of numbers, or an object with `prefix`, `suffix`,
`equals-ignore-case` or `wildcard` and one string or a list of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from eventyard.errors import PatternError
from eventyard.patterns.document import Members, Scalar, wrong_operand
from eventyard.patterns.operators import equals_ignore_case, prefix, suffix, wildcard
from eventyard.patterns.operators.exact import Exact
from eventyard.patterns.operators.numeric import refuse_beyond
from eventyard.patterns.words import FAR, Miss, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.patterns.dialect import Dialect

_EXAMPLE = '{"anything-but": ["cancelled", "draft"]}'


class _Excluded(Protocol):
    def matches(self, value: Scalar, /) -> bool: ...
    def wanted(self) -> str: ...


_PARSERS: dict[str, Callable[[Any, Dialect, str], _Excluded]] = {
    "equals-ignore-case": equals_ignore_case.parse,
    "prefix": prefix.parse,
    "suffix": suffix.parse,
    "wildcard": wildcard.parse,
}


@dataclass(frozen=True, slots=True)
class AnythingBut:
    """Not one of the excluded."""

    excluded: tuple[_Excluded, ...]

    def matches(self, value: Scalar) -> bool:
        """Whether the leaf, of whatever type, is none of them."""
        return not any(one.matches(value) for one in self.excluded)

    def wanted(self) -> str:
        """What it asks for, in words."""
        return f"anything but {' or '.join(one.wanted() for one in self.excluded)}"

    def missed(self, value: Scalar) -> Miss:
        """Why the leaf is not that: it is among the excluded."""
        one = next(one for one in self.excluded if one.matches(value))
        said = "" if one.wanted() == shown(value) else f" as {one.wanted()}"
        return Miss(FAR, f"{shown(value)} is excluded{said}")


def parse(operand: Any, dialect: Dialect, where: str) -> AnythingBut:  # noqa: ANN401  # any JSON value
    """What is excluded.

    Raises:
        PatternError: Another type, an empty list, strings mixed with numbers, or an operator that cannot be negated.
    """
    if isinstance(operand, Members):
        return _parse_operator(operand, dialect, where)
    values = operand if isinstance(operand, list) else [operand]
    if not values:
        raise PatternError(
            "An empty list excludes nothing.",
            where=where,
            remedy='List a value, or write {"exists": true}.',
        )
    for index, value in enumerate(values):
        place = f"{where}[{index}]" if isinstance(operand, list) else where
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            raise wrong_operand("anything-but", "strings or numbers", value, place, _EXAMPLE)
        if not isinstance(value, str):
            refuse_beyond(value, dialect, place)
    if len({isinstance(value, str) for value in values}) > 1:
        raise PatternError(
            "anything-but takes strings or numbers, not both in one list.",
            where=where,
            remedy="Exclude values of one type; a leaf of the other type is matched in any case.",
        )
    return AnythingBut(tuple(Exact(value) for value in values))


def _parse_operator(operand: Members, dialect: Dialect, where: str) -> AnythingBut:
    known = ", ".join(sorted(dialect.negatable))
    if len(operand) != 1 or operand[0][0] not in dialect.negatable:
        held = ", ".join(f'"{name}"' for name, _ in operand) or "nothing"
        raise PatternError(
            f"anything-but cannot hold {held} in {dialect.service}.",
            where=where,
            remedy=f"It may hold one of {known}." if known else f"List values: {_EXAMPLE}.",
        )
    name, texts = operand[0]
    where = f"{where}.{name}"
    places = [where]
    if isinstance(texts, list):
        places = [f"{where}[{index}]" for index in range(len(texts))]
    else:
        texts = [texts]
    if not texts:
        raise PatternError("An empty list excludes nothing.", where=where, remedy="List a string.")
    for text, place in zip(texts, places, strict=True):
        if not isinstance(text, str):
            example = f'{{"anything-but": {{"{name}": "x"}}}}'
            raise wrong_operand(f"anything-but {name}", "strings", text, place, example)
        if not text and name in ("prefix", "suffix"):
            raise PatternError(
                f"An empty {name} excludes every string, and {dialect.service} refuses it.",
                where=place,
                remedy=f"Name the {name}.",
            )
    return AnythingBut(tuple(_PARSERS[name](text, dialect, place) for text, place in zip(texts, places, strict=True)))
