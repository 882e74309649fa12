"""The request's context: its keys, in any case, each with its values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from eventyard.errors import PolicyError
from eventyard.policies.reading import LARGEST

if TYPE_CHECKING:
    from collections.abc import Mapping

# One value of a condition key.
Value = str | bool | int | float | datetime
# What a caller may give for a key: a value, several, or None for "this request has no such key".
Given = Value | list[str] | list[Value] | tuple[Value, ...] | frozenset[str] | set[str] | None


@dataclass(frozen=True, slots=True)
class Context:
    """Condition keys in lower case, each with one value or more."""

    entries: Mapping[str, tuple[Value, ...]]

    @classmethod
    def of(cls, given: Mapping[str, Given], implied: Mapping[str, Value]) -> Context:
        """What the caller gave, over what follows from the principal and the resource.

        Raises:
            PolicyError: A value that is no string, bool, number, datetime, or list of them.
        """
        entries: dict[str, tuple[Value, ...]] = {key.lower(): (value,) for key, value in implied.items()}
        for key, value in given.items():
            values = _values(key, value)
            if values:
                entries[key.lower()] = values
            else:
                entries.pop(key.lower(), None)
        return cls(entries)

    def values(self, key: str) -> tuple[Value, ...]:
        """The values of a key (in lower case); none if the request does not have it."""
        return self.entries.get(key, ())

    def present(self, key: str) -> bool:
        """Whether the request has the key with a value that is not empty."""
        return any(value != "" for value in self.values(key))

    def text(self, key: str) -> str | None:
        """The value of a key with one value, as text; of a key with several AWS makes no variable."""
        values = self.values(key)
        return text_of(values[0]) if len(values) == 1 else None


def text_of(value: Value) -> str:
    """A value as AWS's string operators see it."""
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            moment = value if value.tzinfo else value.replace(tzinfo=UTC)
            return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case _:
            return str(value)


def _values(key: str, given: Given) -> tuple[Value, ...]:
    if given is None:
        return ()
    several = tuple(given) if isinstance(given, list | tuple | set | frozenset) else (given,)
    for value in several:
        _check(key, value)
    return several


def _check(key: str, value: object) -> None:
    if isinstance(value, int) and abs(value) >= LARGEST:
        kind = "a number out of all bounds"
    elif isinstance(value, str | int | float | datetime):
        return
    else:
        kind = f"a {type(value).__name__}"
    raise PolicyError(
        f"A context value is {kind}.",
        where=f"Request.context.{key}",
        remedy="Give a string, a bool, a number, a datetime, or a list of them.",
    )
