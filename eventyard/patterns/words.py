"""How a message puts a leaf of an event beside what was wanted of it.

Every operator has two functions of words: `wanted() -> str`, what it asks for (`> 100`, `begins with "EU-"`), and
`missed(leaf) -> Miss`, why a leaf is not that. They never decide whether a leaf matches; `matches` does.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import normalize

if TYPE_CHECKING:
    from eventyard.patterns.document import Scalar

_SHOWN = 60  # characters of a text that are shown; longer ones are cut in the middle
_LARGE = 1e15  # beyond, two numbers are just different
_COMPARED = 200  # characters of a text that are compared for likeness

# Distances of misses that are no matter of degree: invisible on the screen, nearly so, of another type,
# alike (where a degree begins), anything else.
BLANKS = 0.01
CASE = 0.02
TYPE = 0.05
NEAR = 0.1
FAR = 1.0


@dataclass(frozen=True, slots=True, order=True)
class Miss:
    """Why a leaf is not what was wanted.

    Attributes:
        distance: How far off it is, from 0 (all but the same) to 1, to put the nearest first.
        words: The sentence: `80 is not > 100`.
    """

    distance: float
    words: str


def shown(value: Scalar) -> str:
    """A leaf as JSON, short enough for a line; what does not print is escaped."""
    if isinstance(value, str) and len(value) > _SHOWN:
        value = f"{value[: _SHOWN // 2]}...{value[-_SHOWN // 2 :]}"
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() else json.dumps(value)


def kind(value: Scalar) -> str:
    """The JSON type of a leaf: `a string`, `a number`, `true`, `false`, `null`."""
    match value:
        case None | True | False:
            return json.dumps(value)
        case str():
            return "a string"
        case _:
            return "a number"


def likeness(one: str, other: str) -> float:
    """How alike two texts are, from 0 to 1: what they share from the start and from the end."""
    if one == other:
        return 1.0
    one, other = one[:_COMPARED], other[:_COMPARED]
    start = _shared(one, other)
    return (start + _shared(one[start:][::-1], other[start:][::-1])) / max(len(one), len(other), 1)


def not_a_string(value: Scalar, wanted: str) -> Miss:
    """The miss of a leaf that is no string, where only a string can be what is wanted."""
    said = "no string" if kind(value) == shown(value) else f"{kind(value)}, not a string"
    return Miss(FAR, f"{shown(value)} is {said} (wanted {wanted})")


def blanks(found: str, wanted: str) -> str:
    """Which blanks are all that two texts differ by: `has a trailing space`; "" where they differ by more."""
    if found == wanted or found.strip() != wanted.strip():
        return ""
    for edge, one, other in (
        ("leading", found[: len(found) - len(found.lstrip())], wanted[: len(wanted) - len(wanted.lstrip())]),
        ("trailing", found[len(found.rstrip()) :], wanted[len(wanted.rstrip()) :]),
    ):
        if one != other:
            more, verb = (one, "has") if len(one) >= len(other) else (other, "lacks")
            article = "a" if verb == "has" else "the"
            return f"{verb} {article} {edge} {'space' if more == ' ' else 'white space'}"
    return ""


def text_missed(found: str, wanted: str) -> Miss:
    """Why one text is not another: blanks, case, or more."""
    if differs := blanks(found, wanted):
        return Miss(BLANKS, f"{shown(found)} {differs} (wanted {shown(wanted)})")
    if found.casefold() == wanted.casefold():
        return Miss(CASE, f"{shown(found)} differs in case (wanted {shown(wanted)})")
    if normalize("NFKC", found) == normalize("NFKC", wanted):
        return Miss(CASE, f"{shown(found)} looks the same, but is other characters (wanted {wanted!a})")
    return Miss(
        FAR - likeness(found.casefold(), wanted.casefold()) * (FAR - NEAR), f"{shown(found)} is not {shown(wanted)}"
    )


def number_distance(found: object, wanted: object) -> float:
    """How far one number is from another, by their size, from NEAR to FAR."""
    if not isinstance(found, (int, float)) or not isinstance(wanted, (int, float)) or found == wanted:
        return NEAR
    scale = max(abs(found), abs(wanted))
    apart = abs(found - wanted) / scale if scale < _LARGE else FAR
    return NEAR + (FAR - NEAR) * min(apart, FAR)


def _shared(one: str, other: str) -> int:
    """How many characters two texts share from the start."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))
