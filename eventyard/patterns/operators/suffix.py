"""`{"suffix": "x"}` and `{"suffix": {"equals-ignore-case": "x"}}`: how a string ends; "" asks for any string."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eventyard.patterns.operators._affix import parse_affix
from eventyard.patterns.operators._letters import ignoring_case, longest
from eventyard.patterns.words import BLANKS, CASE, Miss, not_a_string, shown, text_missed

if TYPE_CHECKING:
    import re

    from eventyard.patterns.dialect import Dialect
    from eventyard.patterns.document import Scalar


@dataclass(frozen=True, slots=True)
class Suffix:
    """Ends with a text."""

    text: str
    ignore_case: bool = False
    _spelling: re.Pattern[str] | None = field(init=False, repr=False, compare=False)
    _longest: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compile the text's spellings, from its end, once."""
        spelling = ignoring_case(self.text, backwards=True) if self.ignore_case else None
        object.__setattr__(self, "_spelling", spelling)
        object.__setattr__(self, "_longest", longest(self.text))

    def matches(self, value: Scalar) -> bool:
        """Whether the leaf is a string that ends so."""
        if not isinstance(value, str):
            return False
        if self._spelling is None:
            return value.endswith(self.text)
        # Read from the end, no further than the longest spelling reaches.
        return self._spelling.match(value[-self._longest :][::-1] if self._longest else "") is not None

    def wanted(self) -> str:
        """What it asks for, in words."""
        return f"a string that ends with {shown(self.text)}{' in any case' if self.ignore_case else ''}"

    def missed(self, value: Scalar) -> Miss:
        """Why the leaf is not that."""
        if not isinstance(value, str):
            return not_a_string(value, self.wanted())
        if self.matches(value.rstrip()):
            return Miss(BLANKS, f"{shown(value)} does not end with {shown(self.text)}, for its trailing blanks")
        near = text_missed(value[max(len(value) - len(self.text), 0) :], self.text)
        case = " (the case differs)" if near.distance == CASE else " in any case" if self.ignore_case else ""
        return Miss(near.distance, f"{shown(value)} does not end with {shown(self.text)}{case}")


def parse(operand: Any, dialect: Dialect, where: str) -> Suffix:  # noqa: ANN401  # any JSON value
    """How the string ends.

    Raises:
        PatternError: See `parse_affix`.
    """
    return Suffix(*parse_affix("suffix", operand, dialect, where))
