"""Reading a policy document: JSON text or what it parses to, and the shapes its elements may have."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from eventyard.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Mapping

# A number beyond it is written by nobody, and Python does not print it in any length.
LARGEST = 10**100


def as_document(source: str | Mapping[str, Any]) -> dict[str, object]:
    """A policy document as an object.

    Raises:
        PolicyError: No JSON, nested too deeply, an object with the same key twice, or no object.
    """
    if not isinstance(source, str):
        return as_object(source, "")
    try:
        return as_object(json.loads(source, object_pairs_hook=_unique), "")
    except RecursionError:
        raise PolicyError(
            "The policy is nested too deeply to be read.", remedy="A policy has no more than five levels."
        ) from None
    except PolicyError:
        raise
    except ValueError as error:
        raise PolicyError(f"The policy is not valid JSON: {error}.", remedy="Correct the text there.") from None


def as_object(value: object, where: str) -> dict[str, object]:
    """A JSON object.

    Raises:
        PolicyError: It is something else, or has a key that is no string.
    """
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return value
    raise PolicyError(f"This must be an object, not {_kind(value)}.", where=where, remedy="Write an object.")


def as_text(value: object, where: str) -> str:
    """A string.

    Raises:
        PolicyError: It is something else.
    """
    if isinstance(value, str):
        return value
    raise PolicyError(f"This must be a string, not {_kind(value)}.", where=where, remedy="Write a string.")


def as_texts(value: object, where: str, *, scalars: bool = False) -> tuple[str, ...]:
    """A string, or a list of at least one.

    Args:
        value: The element.
        where: Its path, for the error.
        scalars: Booleans and numbers are taken too, as text, and an empty list: so it is in conditions.

    Raises:
        PolicyError: It is something else.
    """
    if not isinstance(value, list | tuple):
        return (_scalar(value, where) if scalars else as_text(value, where),)
    if not value and not scalars:
        raise PolicyError("The list is empty.", where=where, remedy="Name at least one, or remove the element.")
    read = _scalar if scalars else as_text
    return tuple(read(entry, f"{where}[{index}]") for index, entry in enumerate(value))


def _scalar(value: object, where: str) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return json.dumps(value)
        case int() if abs(value) < LARGEST:
            return str(value)
        case _:
            return as_text(value, where)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0][:80]
        raise PolicyError(
            f'An object has the key "{twice}" twice.', where=twice, remedy="Merge the two: the first would be lost."
        )
    return members


def _kind(value: object) -> str:
    if isinstance(value, str):
        return f"the string {value[:60]!r}"
    if isinstance(value, dict) and value:
        # The first keys tell an unresolved {"Fn::Join": ...} or {"Ref": ...} at a glance.
        return f"an object ({', '.join(str(key)[:40] for key in list(value)[:3])})"
    names = {
        dict: "an empty object",
        list: "a list",
        tuple: "a list",
        bool: "a boolean",
        int: "a number",
        float: "a number",
    }
    return "null" if value is None else names.get(type(value), f"a {type(value).__name__}")
