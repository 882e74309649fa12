"""Where a delivery came from, hop by hop, and whether it goes in circles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventyard.local.ledger._records import Edge

# As often as Lambda lets a function lead to itself over queues and topics:
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html ("approximately 16 times"). Nobody stops a loop
# over a bus, so that a process of a hundred steps is still let through.
MOST_ROUNDS, MOST_ROUNDS_OVER_A_BUS = 16, 100


@dataclass(frozen=True, slots=True)
class Trail:
    """A hand-over and those that led to it, the publishing of functions included; `length` counts them."""

    edge: Edge
    before: Trail | None
    length: int

    def edges(self) -> Iterator[Edge]:
        """From the last to the first."""
        trail: Trail | None = self
        while trail is not None:
            yield trail.edge
            trail = trail.before


def follow(before: Trail | None, edge: Edge) -> Trail:
    """One hand-over more."""
    return Trail(edge, before, before.length + 1 if before else 1)


def cycle(trail: Trail) -> tuple[Edge, ...]:
    """The hand-overs of one round, if the last one has been made too often on this way; else nothing.

    Looks back only where enough hand-overs lie behind for that.
    """
    if trail.length <= MOST_ROUNDS or trail.length % MOST_ROUNDS:
        return ()
    way = list(trail.edges())
    rounds = [position for position, edge in enumerate(way) if edge == trail.edge]
    once = way[: rounds[1]] if len(rounds) > 1 else []
    most = MOST_ROUNDS_OVER_A_BUS if any(edge.kind.startswith("rule→") for edge in once) else MOST_ROUNDS
    return tuple(reversed(once)) if len(rounds) > most else ()
