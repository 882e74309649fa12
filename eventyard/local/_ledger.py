"""The ledger: every event, every delivery with its attempts, and its one fate."""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from eventyard.errors import DeliveryError
from eventyard.local._story import Chapter, Story

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eventyard.local._clock import VirtualClock


class Fate(StrEnum):
    """How a delivery ended; `PENDING` until it has."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD_LETTERED = "dead-lettered"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Edge:
    """One hand-over. `source` and `target` are ARNs; `via` is the subscription or mapping that makes it, if any.

    `kind` is `rule→sqs`, `sns→lambda`, `sqs→lambda` and so on: the two services' names in ARNs, a rule being `rule`.
    """

    kind: str
    source: str
    target: str
    via: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: `time` in seconds since the epoch, `code` and `reason` empty if it went well, `log` of the function."""

    time: float
    code: str = ""
    reason: str = ""
    log: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that someone published: an event to a bus, a message to a topic or straight to a queue.

    `to` is the ARN it was published to; `causes` are the ids of the events whose handling published this one.
    """

    id: str
    kind: str
    to: str
    title: str
    content: str
    time: float
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way over one edge. `parent` is the number of the delivery that led here, None at the start."""

    number: int
    event_id: str
    edge: Edge
    parent: int | None = None
    attempts: tuple[Attempt, ...] = ()
    fate: Fate = Fate.PENDING
    code: str = ""
    reason: str = ""


@dataclass(slots=True)
class _Entry:
    """A delivery as it is written; readers get a frozen `Delivery` of it."""

    number: int
    event_id: str
    edge: Edge
    parent: int | None
    attempts: list[Attempt] = field(default_factory=list)
    fate: Fate = Fate.PENDING
    code: str = ""
    reason: str = ""

    def frozen(self) -> Delivery:
        return Delivery(
            self.number,
            self.event_id,
            self.edge,
            self.parent,
            tuple(self.attempts),
            self.fate,
            self.code,
            self.reason,
        )


@dataclass(frozen=True, slots=True)
class Balance:
    """The books: every matched delivery has one fate, or is still pending."""

    events: int
    matched: int
    delivered: int
    dead_lettered: int
    dropped: int
    pending: int

    @property
    def holds(self) -> bool:
        """Whether nothing is lost from the books and nothing is under way."""
        return self.pending == 0 and self.matched == self.delivered + self.dead_lettered + self.dropped

    def __str__(self) -> str:
        """The sum, as one line."""
        return (
            f"{self.matched} matched = {self.delivered} delivered + {self.dead_lettered} dead-lettered"
            f" + {self.dropped} dropped + {self.pending} pending"
        )


class Ledger:
    """The record of one local cloud. Reading it changes nothing; its records are frozen."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._events: dict[str, Event] = {}
        self._entries: list[_Entry] = []
        self._by_event: dict[str, list[int]] = {}
        self._caused: dict[str, list[str]] = {}
        self._fates: Counter[Fate] = Counter()
        self._ended: Counter[Fate] = Counter()
        self._filtered: Counter[Edge] = Counter()
        self._kept_away: dict[str, list[tuple[int | None, Edge]]] = {}
        self._expected: list[str] = []
        self._lock = threading.RLock()

    @property
    def events(self) -> list[Event]:
        """All events, oldest first."""
        with self._lock:
            return list(self._events.values())

    @property
    def deliveries(self) -> list[Delivery]:
        """All deliveries, in the order they began."""
        with self._lock:
            return [entry.frozen() for entry in self._entries]

    @property
    def fates(self) -> dict[Fate, int]:
        """How many deliveries have which fate (those still pending included)."""
        with self._lock:
            return {fate: self._fates[fate] for fate in Fate}

    @property
    def filtered(self) -> dict[Edge, int]:
        """How many messages each subscription's filter policy, or each mapping's filter, kept away."""
        with self._lock:
            return dict(self._filtered)

    @property
    def balance(self) -> Balance:
        """The books now. `matched` counts beginnings, the rest ends: they are kept apart, so they can disagree."""
        with self._lock:
            ended = self._ended
            return Balance(
                events=len(self._events),
                matched=len(self._entries),
                delivered=ended[Fate.DELIVERED],
                dead_lettered=ended[Fate.DEAD_LETTERED],
                dropped=ended[Fate.DROPPED],
                pending=self._fates[Fate.PENDING],
            )

    def deliveries_of(self, event_id: str) -> list[Delivery]:
        """The deliveries of one event, in the order they began."""
        with self._lock:
            return [self._entries[number].frozen() for number in self._by_event.get(event_id, ())]

    def story(self, event_id: str) -> Story:
        """One event's whole way, hop by hop, with what its handling published in turn; `str()` tells it.

        Raises:
            DeliveryError: no such event.
        """
        with self._lock:
            if event_id not in self._events:
                raise DeliveryError(
                    f"the ledger knows no event {event_id!r}.",
                    remedy="Use an EventId that PutEvents, or a MessageId that Publish, answered.",
                )
            ids, fresh = {event_id: None}, deque([event_id])
            while fresh:
                caused = [i for i in self._caused.get(fresh.popleft(), ()) if i not in ids]
                ids.update(dict.fromkeys(caused))
                fresh.extend(caused)
            return Story(
                tuple(
                    Chapter(self._events[i], tuple(self.deliveries_of(i)), tuple(self._kept_away.get(i, ())))
                    for i in ids
                )
            )

    def expect_drops(self, to: str = "") -> None:
        """Say that deliveries to a target whose ARN contains `to` may be dropped: `assert_sound` forgives them."""
        self._expected.append(to)

    def assert_sound(self) -> None:
        """Every delivery has its fate, the books balance, and nothing was dropped that nobody expected.

        Raises:
            DeliveryError: with the balance, and each unexpected drop with its reason.
        """
        with self._lock:
            dropped = [
                entry
                for entry in self._entries
                if entry.fate is Fate.DROPPED and not any(to in entry.edge.target for to in self._expected)
            ]
            if dropped:
                lines = "\n".join(f"  {d.edge.source} → {d.edge.target}: {d.code} {d.reason}" for d in dropped[:10])
                more = f"\n  and {len(dropped) - 10} more" if len(dropped) > 10 else ""  # noqa: PLR2004  # as many as fit a screen
                raise DeliveryError(
                    f"{len(dropped)} deliveries were dropped and nobody expected it:\n{lines}{more}\n",
                    remedy="Give the edge a dead-letter queue, or say ledger.expect_drops(...) where a test means it.",
                )
            if not self.balance.holds:
                raise DeliveryError(f"the books do not balance: {self.balance}.", remedy="Call cloud.settle() first.")

    # What the deliveries write.

    def record(self, event: Event) -> None:
        """Enter an event. What is replayed or sent on is the same event still, and is not entered again."""
        with self._lock:
            self._events[event.id] = event
            for cause in event.causes:
                self._caused.setdefault(cause, []).append(event.id)

    def begin(self, event_id: str, edge: Edge, parent: int | None = None) -> Delivery:
        """Enter a delivery, pending."""
        with self._lock:
            entry = _Entry(len(self._entries), event_id, edge, parent)
            self._entries.append(entry)
            self._by_event.setdefault(event_id, []).append(entry.number)
            self._fates[Fate.PENDING] += 1
            return entry.frozen()

    def attempted(self, number: int, code: str = "", reason: str = "", log: str = "") -> None:
        """Enter one attempt of delivery `number`."""
        with self._lock:
            self._entries[number].attempts.append(Attempt(self._clock.now(), code, reason, log))

    def end(self, number: int, fate: Fate, code: str = "", reason: str = "") -> None:
        """Enter the fate of delivery `number`, once.

        Raises:
            DeliveryError: it already has one; that is a defect of eventyard.
        """
        with self._lock:
            entry = self._entries[number]
            if entry.fate is not Fate.PENDING:
                raise DeliveryError(f"delivery {number} ended twice: {entry.fate}, then {fate}.")
            entry.fate, entry.code, entry.reason = fate, code, reason
            self._fates[Fate.PENDING] -= 1
            self._fates[fate] += 1
            self._ended[fate] += 1

    def kept_away(self, event_id: str, edge: Edge, parent: int | None) -> None:
        """Enter that a filter kept an event from this edge; `parent` is the delivery that led there."""
        with self._lock:
            self._filtered[edge] += 1
            self._kept_away.setdefault(event_id, []).append((parent, edge))

    def attempts_of(self, number: int) -> Sequence[Attempt]:
        """The attempts of delivery `number` so far."""
        with self._lock:
            return self._entries[number].attempts
