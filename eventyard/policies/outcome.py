"""What an evaluation found, before it is put into words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventyard.policies.decision import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventyard.policies.call import Call
    from eventyard.policies.decision import Kind
    from eventyard.policies.document import Policy
    from eventyard.policies.statement import Statement


@dataclass(frozen=True, slots=True)
class Found:
    """A statement and where it stands."""

    side: Side
    policy: int
    statement: Statement

    @property
    def place(self) -> Place:
        """The place as data."""
        return Place(self.side.name, self.policy, self.statement.number - 1, self.statement.sid)


@dataclass(frozen=True, slots=True)
class Side:
    """The policies of one side: `identity`, the caller's, or `resource`, the resource's."""

    name: str
    policies: tuple[Policy, ...]

    def statements(self) -> Iterator[Found]:
        """Every statement of every policy, in order."""
        for index, policy in enumerate(self.policies):
            for statement in policy.statements:
                yield Found(self, index, statement)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a request came out.

    Attributes:
        call: The request.
        identity: The caller's policies.
        resource: The resource's.
        kind: The decision.
        deciding: The statements that decided.
        lacking: For an implicit deny the sides that do not allow it.
        either: One of them would do; else each is needed.
        delegating: The statement that lets the caller's account in and leaves the rest to identity policies.
        refused: AWS refuses this whatever the policies say: why.
    """

    call: Call
    identity: Side
    resource: Side
    kind: Kind
    deciding: tuple[Found, ...] = ()
    lacking: tuple[Side, ...] = ()
    either: bool = False
    delegating: Found | None = None
    refused: str = ""
