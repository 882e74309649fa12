"""What comes out: allowed or not, by which statement, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Kind(StrEnum):
    """How a request was decided."""

    ALLOW = "allow"
    EXPLICIT_DENY = "explicit deny"  # a statement with Deny applies
    IMPLICIT_DENY = "implicit deny"  # nothing allows it that would have to


@dataclass(frozen=True, slots=True)
class Place:
    """A statement: `resource[0].Statement[1]` is the second of the first policy given as `resource`."""

    side: str
    policy: int
    statement: int
    sid: str

    def __str__(self) -> str:
        """The place as a path."""
        return f"{self.side}[{self.policy}].Statement[{self.statement}]"


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A statement that would have allowed the request, had it not been for something."""

    place: Place
    text: str
    met: float  # how much of the statement was met, from 0 to 1

    def __str__(self) -> str:
        """What it was."""
        return self.text


@dataclass(frozen=True, slots=True)
class Told:
    """A decision in words."""

    reason: str
    near_misses: tuple[NearMiss, ...] = ()


@dataclass(frozen=True)
class Decision:
    """Whether a request is allowed. It is true or false as `allowed` is.

    Attributes:
        allowed: Whether it is.
        kind: How that was decided.
        statements: The statements that decided: one, or across accounts and behind a key or trust policy one of each
            side; none for an implicit deny, nor where a root user needs none.
    """

    allowed: bool
    kind: Kind
    statements: tuple[Place, ...]
    _tell: Callable[[], Told] = field(repr=False, compare=False)

    def __bool__(self) -> bool:
        """Whether it is allowed, so that `if evaluate(...)` cannot mean anything else."""
        return self.allowed

    @property
    def reason(self) -> str:
        """The statement that decided, or what was missing, the nearest miss first. Written when asked for."""
        return self._told.reason

    @property
    def near_misses(self) -> tuple[NearMiss, ...]:
        """For an implicit deny: the statements that came near, nearest first."""
        return self._told.near_misses

    @cached_property
    def _told(self) -> Told:
        return self._tell()
