"""AlarmRule: what a composite alarm's state follows from.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from collections.abc import Callable

_STATES = ("ALARM", "OK", "INSUFFICIENT_DATA")
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"(?P<quoted>[^"]+)"|'(?P<single>[^']+)'|(?P<bare>[^()"'\s]+))\s*\)
    |(?P<word>AND|OR|NOT|TRUE|FALSE)\b
    |(?P<paren>[()])
    )""",
    re.VERBOSE | re.IGNORECASE,
)
MOST_CHILDREN = 100


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    alarm: str = ""


class AlarmRule:
    """A parsed rule. `children` are the alarms it names, by name or ARN.

    Raises:
        EventyardError: PutCompositeAlarm refuses it.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(self._read(text))
        self.children = tuple(dict.fromkeys(token.alarm for token in self._tokens if token.alarm))
        if len(self.children) > MOST_CHILDREN:
            raise self._refused(f"it names {len(self.children)} alarms, and may name {MOST_CHILDREN}")
        self.holds(lambda _alarm: "OK")

    def holds(self, state: Callable[[str], str]) -> bool:
        """Whether it is true, when `state` answers the states of alarms."""
        found, rest = self._either(0, state)
        if rest != len(self._tokens):
            raise self._refused("it does not end where it should")
        return found

    def _read(self, text: str) -> list[_Token]:
        found: list[_Token] = []
        place = 0
        while text[place:].strip():
            token = _TOKEN.match(text, place)
            if token is None:
                raise self._refused(f"it cannot be read from {text[place : place + 20].strip()!r} on")
            place = token.end()
            if token["state"]:
                found.append(_Token(token["state"].upper(), token["quoted"] or token["single"] or token["bare"]))
            else:
                found.append(_Token((token["word"] or token["paren"]).upper()))
        return found

    def _kind(self, place: int) -> str:
        return self._tokens[place].kind if place < len(self._tokens) else ""

    def _either(self, place: int, state: Callable[[str], str]) -> tuple[bool, int]:
        found, place = self._both(place, state)
        while self._kind(place) == "OR":
            other, place = self._both(place + 1, state)
            found = found or other
        return found, place

    def _both(self, place: int, state: Callable[[str], str]) -> tuple[bool, int]:
        found, place = self._one(place, state)
        while self._kind(place) == "AND":
            other, place = self._one(place + 1, state)
            found = found and other
        return found, place

    def _one(self, place: int, state: Callable[[str], str]) -> tuple[bool, int]:
        kind = self._kind(place)
        if kind == "NOT":
            found, place = self._one(place + 1, state)
            return not found, place
        if kind == "(":
            found, place = self._either(place + 1, state)
            if self._kind(place) != ")":
                raise self._refused("a parenthesis is not closed")
            return found, place + 1
        if kind in _STATES:
            return state(self._tokens[place].alarm) == kind, place + 1
        if kind in {"TRUE", "FALSE"}:
            return kind == "TRUE", place + 1
        raise self._refused("an alarm is missing")

    def _refused(self, why: str) -> EventyardError:
        return EventyardError(
            f"{why}: {self._text}.",
            where="AlarmRule",
            remedy='Write ALARM("name"), OK("name") or INSUFFICIENT_DATA("name"), joined by AND, OR and NOT.',
        )
