"""The shape of every condition operator: how it reads the policy's value and compares it with the request's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from eventyard.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.policies.context import Context, Value


class Comparison(Protocol):
    """One value of a condition in the policy."""

    def matches(self, value: Value, context: Context) -> bool | None:
        """Whether the request's value is that; None if a policy variable in it has no value."""
        ...

    def remark(self, value: Value, context: Context) -> str:
        """What an engineer may have overlooked where it does not match; empty if nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Operator:
    """A condition operator.

    Attributes:
        name: As AWS spells it, without prefix and suffix.
        words: What it says of the key, as in "aws:SourceArn *is like* ...".
        parse: A value of the policy, whether variables count, and the path -> the comparison.
        negated: It is the other operator's opposite (`StringNotEquals`): none of the values may match.
        presence: It asks whether the request has the key (`Null`), not for its value.
    """

    name: str
    words: str
    parse: Callable[[str, bool, str], Comparison]
    negated: bool = False
    presence: bool = False


def refused(value: str, wanted: str, where: str) -> PolicyError:
    """The refusal of a value that the operator cannot compare with."""
    return PolicyError(f"{value[:80]!r} is no {wanted}.", where=where, remedy=f"Write a {wanted}, or another operator.")
