"""What a field may be: one file an operator, each with `parse` (operand -> operator) and `matches` (leaf -> bool).

An operator is a small frozen class over a leaf of the event: a string, a number, true, false or null. Its `wanted` and
`missed` put into words what it asks for and why a leaf is not that. How leaves are found, and what arrays and missing
fields mean, is the matcher's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from eventyard.errors import PatternError
from eventyard.patterns.document import Members
from eventyard.patterns.operators import (
    anything_but,
    cidr,
    equals_ignore_case,
    exact,
    exactly,
    exists,
    numeric,
    prefix,
    suffix,
    wildcard,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.patterns.dialect import Dialect
    from eventyard.patterns.document import Scalar
    from eventyard.patterns.words import Miss


class Operator(Protocol):
    """One thing that a leaf may be."""

    def matches(self, value: Scalar) -> bool:
        """Whether the leaf is that."""
        ...

    def wanted(self) -> str:
        """What it asks for, in words."""
        ...

    def missed(self, value: Scalar) -> Miss:
        """Why a leaf is not that, where `matches` says so."""
        ...


_PARSERS: dict[str, Callable[[Any, Dialect, str], Operator]] = {
    "anything-but": anything_but.parse,
    "cidr": cidr.parse,
    "equals-ignore-case": equals_ignore_case.parse,
    "exactly": exactly.parse,
    "exists": exists.parse,
    "numeric": numeric.parse,
    "prefix": prefix.parse,
    "suffix": suffix.parse,
    "wildcard": wildcard.parse,
}


def parse_value(value: Any, dialect: Dialect, where: str) -> Operator:  # noqa: ANN401  # any JSON value
    """One entry of a field's value list.

    Raises:
        PatternError: It is neither a plain value nor an object with one operator that the service knows.
    """
    if not isinstance(value, Members):
        return exact.parse(value, dialect, where)
    known = ", ".join(sorted(dialect.operators))
    if not value:
        raise PatternError("An empty object is not allowed.", where=where, remedy=f"Name an operator: {known}.")
    name, operand = value[0]
    if name not in dialect.operators:
        raise PatternError(f'{dialect.service} knows no operator "{name}".', where=where, remedy=f"It knows {known}.")
    operator = _PARSERS[name](operand, dialect, f"{where}.{name}")
    if len(value) > 1:
        raise PatternError(
            f'An object may hold one operator, not {len(value)} ("{name}", "{value[1][0]}", ...).',
            where=where,
            remedy="Write each as its own entry of the list; one of them then suffices.",
        )
    return operator
