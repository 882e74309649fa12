"""Reading a pattern's JSON as AWS's streaming parser does: every member in order, repeated keys included.

Python's `json` would keep only the last of two equal keys and would accept NaN. Here an object is `Members`, all its
pairs in order, and a token that is no JSON is `NotJson`, so that whoever meets it can name its place.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eventyard.errors import PatternError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.patterns.dialect import Dialect


# A leaf of a JSON document.
Scalar = str | int | float | bool | None


class Members(tuple[tuple[str, Any], ...]):
    """A JSON object: its members in order, a key as often as it stands there."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class NotJson:
    """A token that Python's parser takes and JSON does not know: NaN, Infinity, -Infinity."""

    token: str


def read(source: str | Mapping[str, Any], dialect: Dialect, characters: int) -> Members:
    """The members of a pattern, given as JSON text or as what such text parses to.

    Args:
        source: The pattern. Its length is that of the text, or of the compact text that the mapping would make.
        dialect: Whose pattern it is, for messages.
        characters: The longest text allowed.

    Raises:
        PatternError: No JSON, no object, too long, or nested beyond what a parser reads.
    """
    what = f"The {dialect.noun}"
    try:
        # Through text in either case: one way in, and a mapping is measured as it will be sent.
        text = source if isinstance(source, str) else json.dumps(source, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        raise _too_deep(what) from None
    except (TypeError, ValueError) as error:
        raise PatternError(
            f"{what} holds a value that JSON has no form for: {error}.",
            remedy="Use only dicts with string keys, lists, strings, numbers, True, False and None.",
        ) from None
    if len(text) > characters:
        raise PatternError(
            f"{what} has {len(text):,} characters; {dialect.service} takes {characters:,}.",
            remedy="Match on fewer values, use prefix or wildcard, or split it.",
        )
    try:
        document = json.loads(text, object_pairs_hook=Members, parse_constant=NotJson)
    except RecursionError:
        raise _too_deep(what) from None
    except ValueError as error:
        raise PatternError(f"{what} is not valid JSON: {error}.", remedy="Correct the text at that position.") from None
    if not isinstance(document, Members):
        raise PatternError(
            f"{what} is {describe(document)}, not an object.",
            remedy='Write an object of fields, such as {"source": ["shop.web"]}.',
        )
    return document


def describe(value: object) -> str:
    """A JSON value as a message names it: `the number 3`, `a list`."""
    match value:
        case None | True | False:
            return {None: "null", True: "true", False: "false"}[value]
        case str():
            return f'the string "{value}"' if len(value) <= 40 else "a string"  # noqa: PLR2004  # fits on one line
        case int() | float():
            return f"the number {value}"
        case NotJson(token):
            return f"{token}, which is no JSON"
        case Members():
            return "an object"
        case _:
            return "a list"


def wrong_operand(name: str, wanted: str, operand: object, where: str, example: str) -> PatternError:
    """The refusal of an operand of the wrong type."""
    return PatternError(f"{name} takes {wanted}, not {describe(operand)}.", where=where, remedy=f"Write {example}.")


def _too_deep(what: str) -> PatternError:
    return PatternError(f"{what} is nested too deeply to be read.", remedy="Flatten it: no event has fields that deep.")
