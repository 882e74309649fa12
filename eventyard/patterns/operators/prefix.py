"""`{"prefix": "x"}` and `{"prefix": {"equals-ignore-case": "x"}}`: how a string begins; "" asks for any string."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eventyard.patterns.operators._affix import parse_affix
from eventyard.patterns.operators._letters import ignoring_case

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


def parse(operand: Any, dialect: Dialect, where: str) -> Prefix:  # noqa: ANN401  # any JSON value
    """How the string begins.

    Raises:
        PatternError: See `parse_affix`.
    """
    return Prefix(*parse_affix("prefix", operand, dialect, where))
