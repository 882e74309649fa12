"""`{"prefix": "x"}` and `{"prefix": {"equals-ignore-case": "x"}}`: how a string begins; "" asks for any string."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eventyard.patterns.operators._affix import parse_affix
from eventyard.patterns.operators._letters import ignoring_case
from eventyard.patterns.words import BLANKS, CASE, Miss, not_a_string, shown, text_missed

if TYPE_CHECKING:
    import re

    from eventyard.patterns.dialect import Dialect
    from eventyard.patterns.document import Scalar


@dataclass(frozen=True, slots=True)
class Prefix:
    """Begins with a text."""

    text: str
    ignore_case: bool = False
    _spelling: re.Pattern[str] | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compile the text's spellings, once."""
        object.__setattr__(self, "_spelling", ignoring_case(self.text) if self.ignore_case else None)

    def matches(self, value: Scalar) -> bool:
        """Whether the leaf is a string that begins so."""
        if not isinstance(value, str):
            return False
        if self._spelling is None:
            return value.startswith(self.text)
        return self._spelling.match(value) is not None

    def wanted(self) -> str:
        """What it asks for, in words."""
        return f"a string that begins with {shown(self.text)}{' in any case' if self.ignore_case else ''}"

    def missed(self, value: Scalar) -> Miss:
        """Why the leaf is not that."""
        if not isinstance(value, str):
            return not_a_string(value, self.wanted())
        if self.matches(value.lstrip()):
            return Miss(BLANKS, f"{shown(value)} does not begin with {shown(self.text)}, for its leading blanks")
        near = text_missed(value[: len(self.text)], self.text)
        case = " (the case differs)" if near.distance == CASE else " in any case" if self.ignore_case else ""
        return Miss(near.distance, f"{shown(value)} does not begin with {shown(self.text)}{case}")


def parse(operand: Any, dialect: Dialect, where: str) -> Prefix:  # noqa: ANN401  # any JSON value
    """How the string begins.

    Raises:
        PatternError: See `parse_affix`.
    """
    return Prefix(*parse_affix("prefix", operand, dialect, where))
