r"""`{"wildcard": "a*b"}`: a string in which `*` stands for any characters, none included; `\*` and `\\` are literal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eventyard.errors import PatternError
from eventyard.patterns.document import wrong_operand
from eventyard.patterns.words import FAR, NEAR, Miss, not_a_string, shown, text_missed

if TYPE_CHECKING:
    from eventyard.patterns.dialect import Dialect
    from eventyard.patterns.document import Scalar


@dataclass(frozen=True, slots=True)
class Wildcard:
    """The literal parts between the stars: one part is a plain text, two are a beginning and an end, and so on."""

    parts: tuple[str, ...]

    def matches(self, value: Scalar) -> bool:
        """Whether the leaf is a string with the parts in their order.

        Each inner part is taken where it first occurs: with nothing but stars between, the earliest place never
        excludes a later match, so one pass suffices, however many stars there are.
        """
        if not isinstance(value, str):
            return False
        first, last = self.parts[0], self.parts[-1]
        if len(self.parts) == 1:
            return value == first
        end = len(value) - len(last)
        if not (value.startswith(first) and value.endswith(last) and len(first) <= end):
            return False
        at = len(first)
        for part in self.parts[1:-1]:
            at = value.find(part, at, end)
            if at < 0:
                return False
            at += len(part)
        return True

    def wanted(self) -> str:
        """What it asks for, in words."""
        return f"a string like {shown(self._pattern())}"

    def missed(self, value: Scalar) -> Miss:
        """Why the leaf is not that: the first part that is not there."""
        if not isinstance(value, str):
            return not_a_string(value, self.wanted())
        first, last = self.parts[0], self.parts[-1]
        if len(self.parts) == 1:
            return text_missed(value, first)
        if not value.startswith(first):
            return self._stopped(value, 0, f"it does not begin with {shown(first)}")
        at = len(first)
        for part in self.parts[1:-1]:
            found = value.find(part, at)
            if found < 0:
                return self._stopped(value, at, f"no {shown(part)} after {shown(value[:at])}")
            at = found + len(part)
        if value.endswith(last):
            return self._stopped(value, at, f"its end {shown(last)} is used up before")
        return self._stopped(value, at, f"it does not end with {shown(last)}")

    def _stopped(self, value: str, at: int, why: str) -> Miss:
        matched = at / max(len(value), 1)
        return Miss(FAR - matched * (FAR - NEAR), f"{shown(value)} is not like {shown(self._pattern())}: {why}")

    def _pattern(self) -> str:
        return "*".join(part.replace("\\", "\\\\").replace("*", "\\*") for part in self.parts)


def parse(operand: Any, _: Dialect, where: str) -> Wildcard:  # noqa: ANN401  # any JSON value
    r"""The parts between the stars.

    Raises:
        PatternError: No string, two stars in a row, or a backslash before anything but `*` and `\\`.
    """
    if not isinstance(operand, str):
        raise wrong_operand("wildcard", "one string", operand, where, '{"wildcard": "EU-*"}')
    parts = [""]
    characters = iter(enumerate(operand))
    starred = False
    for index, character in characters:
        if character == "*":
            if starred:
                raise PatternError(
                    f"Two stars in a row, at character {index}.", where=where, remedy="One does the same."
                )
            parts.append("")
        elif character == "\\":
            escaped = next(characters, (0, ""))[1]
            if escaped not in ("*", "\\"):
                raise PatternError(
                    f"A backslash at character {index} escapes neither * nor a backslash.",
                    where=where,
                    remedy=r"For a literal backslash write two (in JSON text: four).",
                )
            parts[-1] += escaped
        else:
            parts[-1] += character
        starred = character == "*"
    return Wildcard(tuple(parts))
