"""`{"exists": true}`, `{"exists": false}`: whether the field has a leaf; null is one, an object or [] is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eventyard.patterns.document import wrong_operand
from eventyard.patterns.words import TYPE, Miss, shown

if TYPE_CHECKING:
    from eventyard.patterns.dialect import Dialect
    from eventyard.patterns.document import Scalar


@dataclass(frozen=True, slots=True)
class Exists:
    """Presence (`present`) or absence. Absence is the matcher's to see: no leaf ever shows it."""

    present: bool

    def matches(self, _: Scalar) -> bool:
        """A leaf that is there is what presence asks for."""
        return self.present

    def wanted(self) -> str:
        """What it asks for, in words."""
        return "any value" if self.present else "no such field"

    def missed(self, value: Scalar) -> Miss:
        """Why the leaf is not that: it is there."""
        return Miss(TYPE, f"{shown(value)} is there (wanted {self.wanted()})")


def parse(operand: Any, _: Dialect, where: str) -> Exists:  # noqa: ANN401  # any JSON value
    """Presence or absence.

    Raises:
        PatternError: The operand is neither true nor false.
    """
    if not isinstance(operand, bool):
        raise wrong_operand("exists", "true or false", operand, where, '{"exists": true}')
    return Exists(operand)
