"""`{"equals-ignore-case": "x"}`: the string, in any case."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eventyard.patterns.document import wrong_operand
from eventyard.patterns.operators._letters import ignoring_case
from eventyard.patterns.words import BLANKS, Miss, not_a_string, shown, text_missed

if TYPE_CHECKING:
    import re

    from eventyard.patterns.dialect import Dialect
    from eventyard.patterns.document import Scalar


@dataclass(frozen=True, slots=True)
class EqualsIgnoreCase:
    """Equal to a text but for its case."""

    text: str
    _spelling: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compile the text's spellings, once."""
        object.__setattr__(self, "_spelling", ignoring_case(self.text))

    def matches(self, value: Scalar) -> bool:
        """Whether the leaf is a string that spells the text."""
        return isinstance(value, str) and self._spelling.fullmatch(value) is not None

    def wanted(self) -> str:
        """What it asks for, in words."""
        return f"{shown(self.text)} in any case"

    def missed(self, value: Scalar) -> Miss:
        """Why the leaf is not that."""
        if not isinstance(value, str):
            return not_a_string(value, self.wanted())
        near = text_missed(value, self.text)
        return Miss(near.distance, near.words if near.distance == BLANKS else f"{shown(value)} is not {self.wanted()}")


def parse(operand: Any, _: Dialect, where: str) -> EqualsIgnoreCase:  # noqa: ANN401  # any JSON value
    """The text that is wanted.

    Raises:
        PatternError: The operand is no string.
    """
    if not isinstance(operand, str):
        raise wrong_operand("equals-ignore-case", "a string", operand, where, '{"equals-ignore-case": "open"}')
    return EqualsIgnoreCase(operand)
