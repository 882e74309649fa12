"""Texts with wildcards, matched without backtracking: `*a*a*a*b` costs one pass over the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventyard.policies.template import Wild

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class _Part:
    """What stands between two stars: its length, and its literal fragments with their offsets (the rest is `?`)."""

    length: int
    fragments: tuple[tuple[int, str], ...]

    def stands_at(self, text: str, index: int) -> bool:
        """Whether the text has this part at an index, where there is room for it."""
        return all(text.startswith(fragment, index + offset) for offset, fragment in self.fragments)

    def find(self, text: str, start: int, end: int) -> int:
        """Where the text has this part first, between start and end; -1 if nowhere."""
        if not self.fragments:
            return start if start + self.length <= end else -1
        offset, fragment = self.fragments[0]
        at = text.find(fragment, start + offset, end)
        while at >= 0:
            index = at - offset
            if index + self.length > end:
                return -1
            if self.stands_at(text, index):
                return index
            at = text.find(fragment, at + 1, end)
        return -1


@dataclass(frozen=True, slots=True)
class Glob:
    """The parts between the stars: one part is a text without stars, two are a beginning and an end, and so on."""

    parts: tuple[_Part, ...]
    least: int  # characters of the shortest text that can match
    literal: str | None  # the text itself, where there is no wildcard: most of them

    @classmethod
    def of(cls, tokens: Iterable[str | Wild]) -> Glob:
        """Made of literal texts and wildcards."""
        parts: list[_Part] = []
        length = 0
        fragments: list[tuple[int, str]] = []
        for token in tokens:
            if token is Wild.ANY:
                parts.append(_Part(length, tuple(fragments)))
                length, fragments = 0, []
            elif token is Wild.ONE:
                length += 1
            elif token:
                fragments.append((length, token))
                length += len(token)
        parts.append(_Part(length, tuple(fragments)))
        wild = len(parts) > 1 or sum(len(text) for _, text in fragments) < length
        literal = None if wild else "".join(text for _, text in fragments)
        return cls(tuple(parts), sum(part.length for part in parts), literal)

    def matches(self, text: str) -> bool:
        """Whether the text has the parts in their order.

        Each inner part is taken where it first occurs: with nothing but a star before, the earliest place never
        excludes a later match.
        """
        if self.literal is not None:
            return text == self.literal
        first, last = self.parts[0], self.parts[-1]
        if len(text) < self.least:
            return False
        if len(self.parts) == 1:
            return len(text) == self.least and first.stands_at(text, 0)
        end = len(text) - last.length
        if not (first.stands_at(text, 0) and last.stands_at(text, end)):
            return False
        at = first.length
        for part in self.parts[1:-1]:
            at = part.find(text, at, end)
            if at < 0:
                return False
            at += part.length
        return True
