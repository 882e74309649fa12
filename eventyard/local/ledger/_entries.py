"""What is kept of events and deliveries while they are under way, and afterwards of the newest."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eventyard.local.ledger._attempts import AttemptLog
from eventyard.local.ledger._records import Delivery, Edge, Fate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from eventyard.local.ledger._records import Event
    from eventyard.local.ledger._trail import Trail


@dataclass(frozen=True, slots=True)
class KeptAway:
    """A filter kept an event from an edge; `parent` is the delivery that led there, `why` tells what was missing.

    `by` names in a few words what kept it away.
    """

    parent: int | None
    edge: Edge
    why: Callable[[], str]
    by: str


@dataclass(slots=True)
class Entry:
    """A delivery as it is written; readers get a frozen `Delivery` of it."""

    number: int
    event_id: str
    edge: Edge
    parent: int | None
    trail: Trail
    cycle: tuple[Edge, ...]
    attempts: AttemptLog = field(default_factory=AttemptLog)
    fate: Fate = Fate.PENDING
    code: str = ""
    reason: str = ""
    unenforced: str = ""

    def frozen(self) -> Delivery:
        """As it is now."""
        return Delivery(
            self.number,
            self.event_id,
            self.edge,
            self.parent,
            self.attempts.view(),
            self.fate,
            self.code,
            self.reason,
            self.cycle,
            self.unenforced,
        )


@dataclass(slots=True)
class Record:
    """All there is of one event. `event` is None when it was forgotten before this delivery of it began."""

    event: Event | None
    trail: Trail | None = None
    entries: list[Entry] = field(default_factory=list)
    kept_away: list[KeptAway] = field(default_factory=list)
    caused: list[str] = field(default_factory=list)
    pending: int = 0


class Records:
    """The records of the newest events, and of older ones that are still under way.

    Args:
        most: How many of the newest.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._records: dict[str, Record] = {}
        self._entries: dict[int, Entry] = {}
        self._order: deque[str] = deque()
        # Old ones that wait for their last delivery to end.
        self._overdue: set[str] = set()

    def add(self, event: Event, trail: Trail | None) -> None:
        """A new event; the oldest one goes."""
        self._records[event.id] = Record(event, trail)
        self._order.append(event.id)
        if len(self._order) > self._most:
            oldest = self._order.popleft()
            if self._records[oldest].pending:
                self._overdue.add(oldest)
            else:
                self._forget(oldest)

    def get(self, event_id: str) -> Record | None:
        """What there is of an event; None when it is unknown or forgotten."""
        return self._records.get(event_id)

    def of(self, event_id: str) -> Record:
        """What there is of an event; of a forgotten one, a new record without it."""
        found = self._records.get(event_id)
        if found is None:
            found = self._records[event_id] = Record(None)
            self._overdue.add(event_id)
        return found

    def entry(self, number: int) -> Entry | None:
        """A delivery that is under way or kept."""
        return self._entries.get(number)

    def begin(self, entry: Entry) -> None:
        """A delivery begins."""
        record = self.of(entry.event_id)
        record.entries.append(entry)
        record.pending += 1
        self._entries[entry.number] = entry

    def end(self, entry: Entry) -> None:
        """A delivery ended."""
        record = self._records[entry.event_id]
        record.pending -= 1
        if not record.pending and entry.event_id in self._overdue:
            self._overdue.discard(entry.event_id)
            self._forget(entry.event_id)

    def __iter__(self) -> Iterator[Record]:
        """All that are kept, in the order the events came."""
        return iter(list(self._records.values()))

    def entries(self) -> list[Entry]:
        """The deliveries that are kept, in the order they began."""
        return list(self._entries.values())

    def _forget(self, event_id: str) -> None:
        for entry in self._records.pop(event_id).entries:
            del self._entries[entry.number]
