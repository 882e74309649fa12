"""The counts: of everything, for as long as a local cloud lasts."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class Sum:
    """`matched` counts beginnings, the rest ends: they are kept apart, so they can disagree."""

    events: int = 0
    matched: int = 0
    pending: int = 0
    ended: Counter[Fate] = field(default_factory=Counter)

    def began(self) -> None:
        """A delivery begins."""
        self.matched += 1
        self.pending += 1

    def has(self, fate: Fate) -> None:
        """One that was pending has its fate."""
        self.pending -= 1
        self.ended[fate] += 1

    @property
    def balance(self) -> Balance:
        """The sum now."""
        ended = self.ended
        fates = ended[Fate.DELIVERED], ended[Fate.DEAD_LETTERED], ended[Fate.DROPPED]
        return Balance(self.events, self.matched, *fates, self.pending)


class Books:
    """What the ledger counts: everything, and account by account."""

    def __init__(self) -> None:
        self.filtered: Counter[Edge] = Counter()
        self._all = Sum()
        self._accounts: defaultdict[str, Sum] = defaultdict(Sum)
        self._flows: dict[Edge, Counter[Fate]] = {}
        self._drops: dict[tuple[Edge, str], Drops] = {}

    def published(self, to: str) -> None:
        """An event is published to a bus, topic or queue (its ARN)."""
        self._all.events += 1
        self._accounts[_account(to)].events += 1

    def began(self, edge: Edge) -> int:
        """A delivery begins; answers its number."""
        number = self._all.matched
        self._all.began()
        self._accounts[_sender(edge)].began()
        self._flow(edge)[Fate.PENDING] += 1
        return number

    def ended(self, edge: Edge, fate: Fate, code: str, reason: str) -> None:
        """It has its fate."""
        self._all.has(fate)
        self._accounts[_sender(edge)].has(fate)
        flow = self._flow(edge)
        flow[Fate.PENDING] -= 1
        flow[fate] += 1
        if fate is Fate.DROPPED:
            self._drops.setdefault((edge, code), Drops(edge, code, reason)).count += 1

    @property
    def balance(self) -> Balance:
        """The sum now."""
        return self._all.balance

    def balance_of(self, account: str) -> Balance:
        """The sum of one account: what was published to it, and what its rules, topics, queues and functions sent."""
        return self._accounts[account].balance if account in self._accounts else Sum().balance

    @property
    def accounts(self) -> list[str]:
        """The accounts that there is anything to tell of."""
        return sorted(self._accounts)

    @property
    def fates(self) -> dict[Fate, int]:
        """How many deliveries have which fate."""
        return {fate: self._all.pending if fate is Fate.PENDING else self._all.ended[fate] for fate in Fate}

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


def _sender(edge: Edge) -> str:
    """The account that hands over; what comes from outside, to a function URL, is the receiver's own affair."""
    return _account(edge.target if "://" in edge.source else edge.source)


def _account(end: str) -> str:
    """The account of an edge's end: in an ARN, or (of who puts an event) itself."""
    return end.split(":", maxsplit=5)[4] if end.startswith("arn:") else end
