"""The counts: of everything, for as long as a local cloud lasts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventyard.local.ledger._records import Balance, Edge, Fate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@dataclass(slots=True)
class Drops:
    """How many deliveries of one edge were dropped with one code, and the first one's reason."""

    edge: Edge
    code: str
    reason: str
    count: int = 0


class Books:
    """What the ledger counts. `matched` counts beginnings, the rest ends: they are kept apart, so they can disagree."""

    def __init__(self) -> None:
        self.events = 0
        self.matched = 0
        self.filtered: Counter[Edge] = Counter()
        self._pending = 0
        self._ended: Counter[Fate] = Counter()
        self._flows: dict[Edge, Counter[Fate]] = {}
        self._drops: dict[tuple[Edge, str], Drops] = {}

    def began(self, edge: Edge) -> int:
        """A delivery begins; answers its number."""
        number = self.matched
        self.matched += 1
        self._pending += 1
        self._flow(edge)[Fate.PENDING] += 1
        return number

    def ended(self, edge: Edge, fate: Fate, code: str, reason: str) -> None:
        """It has its fate."""
        self._pending -= 1
        self._ended[fate] += 1
        flow = self._flow(edge)
        flow[Fate.PENDING] -= 1
        flow[fate] += 1
        if fate is Fate.DROPPED:
            self._drops.setdefault((edge, code), Drops(edge, code, reason)).count += 1

    @property
    def balance(self) -> Balance:
        """The sum now."""
        ended = self._ended
        return Balance(
            self.events,
            self.matched,
            ended[Fate.DELIVERED],
            ended[Fate.DEAD_LETTERED],
            ended[Fate.DROPPED],
            self._pending,
        )

    @property
    def fates(self) -> dict[Fate, int]:
        """How many deliveries have which fate."""
        return {fate: self._pending if fate is Fate.PENDING else self._ended[fate] for fate in Fate}

    @property
    def flows(self) -> dict[Edge, Mapping[Fate, int]]:
        """The same edge by edge."""
        return {edge: {fate: counts[fate] for fate in Fate} for edge, counts in self._flows.items()}

    def unasked(self, expected: Sequence[tuple[str, str]]) -> Iterator[Drops]:
        """Drops that nobody expected; `expected` are parts of a target's ARN and of a code with its reason."""
        for drops in self._drops.values():
            why = f"{drops.code}: {drops.reason}"
            if not any(to in drops.edge.target and because in why for to, because in expected):
                yield drops

    def _flow(self, edge: Edge) -> Counter[Fate]:
        found = self._flows.get(edge)
        if found is None:
            found = self._flows[edge] = Counter()
        return found
