"""The ledger: every event, every delivery with its attempts, and its one fate."""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import asdict
from typing import TYPE_CHECKING

from eventyard.errors import DeliveryError
from eventyard.local.ledger import _assertions
from eventyard.local.ledger._books import Books
from eventyard.local.ledger._entries import Entry, KeptAway, Records
from eventyard.local.ledger._records import Fate
from eventyard.local.ledger._story import Chapter, Story
from eventyard.local.ledger._trail import cycle, follow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from eventyard.local._clock import Clock
    from eventyard.local.ledger._records import Balance, Delivery, Edge, Event
    from eventyard.local.ledger._tape import Tape
    from eventyard.local.ledger._trail import Trail

# Of so many events, the newest, all is kept; of older ones the counts.
MOST_STORIES = 10_000


class Ledger:
    """The record of one local cloud. Reading it changes nothing; its records are frozen.

    All is counted. The newest 10,000 events (`keep`) are kept whole, with their deliveries and attempts, and older ones
    as long as something of them is pending.
    """

    def __init__(self, clock: Clock, keep: int = MOST_STORIES) -> None:
        self._clock = clock
        self._records = Records(keep)
        self._books = Books()
        self._expected: list[tuple[str, str]] = []
        self._unmatched: Callable[[Event, str], Iterable[str]] = lambda _event, _to: ()
        self._lock = threading.RLock()
        self._tape: Tape | None = None

    # What readers read

    @property
    def events(self) -> list[Event]:
        """The events that are kept, oldest first."""
        with self._lock:
            return [record.event for record in self._records if record.event is not None]

    @property
    def deliveries(self) -> list[Delivery]:
        """The deliveries that are kept, in the order they began."""
        with self._lock:
            return [entry.frozen() for entry in self._records.entries()]

    @property
    def fates(self) -> dict[Fate, int]:
        """How many deliveries have which fate (those still pending included)."""
        with self._lock:
            return self._books.fates

    @property
    def flows(self) -> dict[Edge, Mapping[Fate, int]]:
        """How many deliveries of each edge have which fate."""
        with self._lock:
            return self._books.flows

    @property
    def filtered(self) -> dict[Edge, int]:
        """How many messages each subscription's filter policy, or each mapping's filter, kept away."""
        with self._lock:
            return dict(self._books.filtered)

    @property
    def balance(self) -> Balance:
        """The books now. `matched` counts beginnings, the rest ends: they are kept apart, so they can disagree."""
        with self._lock:
            return self._books.balance

    def balance_of(self, account: str) -> Balance:
        """The books of one account: what was published to it, and what its rules, topics, queues and functions sent.

        A hand-over to another account is in the sender's books; what becomes of it there, in the receiver's.
        """
        with self._lock:
            return self._books.balance_of(account)

    @property
    def accounts(self) -> list[str]:
        """The accounts that have books; their balances add up to `balance`."""
        with self._lock:
            return self._books.accounts

    def deliveries_of(self, event_id: str) -> list[Delivery]:
        """The deliveries of one event, in the order they began."""
        with self._lock:
            record = self._records.get(event_id)
            return [entry.frozen() for entry in record.entries] if record else []

    def story(self, event_id: str) -> Story:
        """One event's whole way, hop by hop, with what its handling published in turn; `str()` tells it.

        Raises:
            DeliveryError: no such event, or it is too old to be kept.
        """
        with self._lock:
            self._known(event_id)
            ids, fresh = {event_id: None}, deque([event_id])
            while fresh:
                record = self._records.get(fresh.popleft())
                caused = [i for i in (record.caused if record else ()) if i not in ids]
                ids.update(dict.fromkeys(caused))
                fresh.extend(caused)
            records = [record for i in ids if (record := self._records.get(i)) is not None]
            return Story(
                tuple(
                    Chapter(
                        record.event,
                        tuple(entry.frozen() for entry in record.entries),
                        tuple((kept.parent, kept.edge, kept.by) for kept in record.kept_away),
                    )
                    for record in records
                    if record.event is not None
                )
            )

    def to_json(self) -> str:
        """All that is kept, with the counts, as JSON: the same, to the byte, for the same seed and the same calls.

        Functions' logs are left out: they tell of this machine's own speed.
        """
        with self._lock:
            return json.dumps(
                {
                    "balance": asdict(self.balance),
                    "flows": [[*asdict(edge).values(), counts] for edge, counts in self.flows.items()],
                    "events": [asdict(event) for event in self.events],
                    "deliveries": [_plain(delivery) for delivery in self.deliveries],
                },
                ensure_ascii=False,
            )

    def write_to(self, tape: Tape) -> None:
        """From now on, also tell a tape of each event, failed attempt and fate as it is entered."""
        self._tape = tape

    # What tests say

    def expect_drops(self, to: str = "", because: str = "") -> None:
        """Say that deliveries may be dropped: `assert_sound` forgives them.

        Args:
            to: Part of the target's ARN; empty means any.
            because: Part of the code and reason; empty means any.
        """
        self._expected.append((to, because))

    def assert_sound(self) -> None:
        """Every delivery has its fate, the books balance, and nothing was dropped that nobody expected.

        Raises:
            DeliveryError: with the balance, and each unexpected drop with its reason.
        """
        with self._lock:
            unasked = list(self._books.unasked(self._expected))
        if unasked:
            raise _assertions.dropped(unasked)
        self.assert_balanced()

    def assert_balanced(self) -> None:
        """Every delivery has exactly one fate, and nothing is under way.

        Raises:
            DeliveryError: with the sum, and some of what is pending.
        """
        if not self.balance.holds:
            pending = [delivery for delivery in self.deliveries if delivery.fate is Fate.PENDING][:10]
            lines = "".join(f"\n  {_assertions.line(delivery)}" for delivery in pending)
            raise DeliveryError(
                f"the books do not balance: {self.balance}.",
                remedy=f"Call cloud.settle() first.{lines}",
            )

    def assert_delivered(self, event_id: str, to: str) -> None:
        """An event, or what its handling published in turn, was delivered to a target.

        Args:
            event_id: An EventId that PutEvents, or a MessageId that Publish or SendMessage, answered.
            to: Part of the target's ARN.

        Raises:
            DeliveryError: with the event's story, and why it did not reach the target.
        """
        story = self.story(event_id)
        if not any(to in d.edge.target and d.fate is Fate.DELIVERED for d in story.deliveries):
            raise _assertions.undelivered(story, to, self._reasons(event_id, to))

    def assert_not_delivered(self, event_id: str, to: str, because: str = "") -> None:
        """Neither an event nor what its handling published was delivered to a target, and for the given reason.

        Args:
            event_id: As in `assert_delivered`.
            to: Part of the target's ARN.
            because: Part of a reason: a fate, a code, an explanation such as `detail.total: 80 is not > 100`.

        Raises:
            DeliveryError: it was delivered, or for none of the reasons there is.
        """
        story = self.story(event_id)
        if any(to in d.edge.target and d.fate is Fate.DELIVERED for d in story.deliveries):
            raise _assertions.delivered(story, to)
        reasons = self._reasons(event_id, to)
        if because and not any(because in reason for reason in reasons):
            raise _assertions.other_reasons(story, to, because, reasons)

    def _reasons(self, event_id: str, to: str) -> list[str]:
        """Why nothing of an event was delivered to a target: fates, filters, patterns."""
        found = []
        with self._lock:
            for chapter in self.story(event_id).chapters:
                record = self._records.of(chapter.event.id)
                found += [
                    f"{_assertions.line(entry.frozen())}"
                    for entry in record.entries
                    if to in entry.edge.target and entry.fate is not Fate.DELIVERED
                ]
                found += [f"{kept.edge.source}: {kept.why()}" for kept in record.kept_away if to in kept.edge.target]
                found += self._unmatched(chapter.event, to)
        return found

    def _known(self, event_id: str) -> None:
        record = self._records.get(event_id)
        if record is None or record.event is None:
            raise DeliveryError(
                f"the ledger knows no event {event_id!r}.",
                remedy="Use an EventId that PutEvents, or a MessageId that Publish, answered; "
                "of older events than the newest 10,000 only the counts are kept.",
            )

    # What the deliveries write

    def explain_with(self, unmatched: Callable[[Event, str], Iterable[str]]) -> None:
        """Say who knows why rules did not match an event, whose targets' ARNs contain a text."""
        self._unmatched = unmatched

    def record(self, event: Event) -> None:
        """Enter an event. What is replayed or sent on is the same event still, and is not entered again."""
        with self._lock:
            self._books.published(event.to)
            trail: Trail | None = None
            for cause in event.causes:
                causing = self._records.get(cause.event_id)
                if causing is not None:
                    causing.caused.append(event.id)
                entry = self._records.entry(cause.delivery)
                if entry is not None and (trail is None or entry.trail.length > trail.length):
                    trail = entry.trail
            self._records.add(event, trail)
            if self._tape is not None:
                self._tape.add(self._clock.now(), event)

    def begin(self, event_id: str, edge: Edge, parent: int | None = None) -> Delivery:
        """Enter a delivery, pending."""
        with self._lock:
            leading = self._records.entry(parent) if parent is not None else None
            trail = follow(leading.trail if leading else self._records.of(event_id).trail, edge)
            entry = Entry(self._books.began(edge), event_id, edge, parent, trail, cycle(trail))
            self._records.begin(entry)
            return entry.frozen()

    def attempted(
        self, number: int, code: str = "", reason: str = "", log: str = "", *, at: float | None = None
    ) -> int:
        """Enter one attempt of a pending delivery, made now or `at` a moment; answers how many there are now."""
        with self._lock:
            entry = self._entry(number)
            entry.attempts.add(self._clock.now() if at is None else at, code, reason, log)
            if code:
                self._happened(entry)
            return entry.attempts.length

    def unenforced(self, number: int, reason: str) -> None:
        """Enter that AWS would have refused a pending delivery."""
        with self._lock:
            self._entry(number).unenforced = reason

    def end(self, number: int, fate: Fate, code: str = "", reason: str = "") -> None:
        """Enter the fate of a delivery, once.

        Raises:
            DeliveryError: it already has one; that is a defect of eventyard.
        """
        with self._lock:
            entry = self._records.entry(number)
            if entry is None or entry.fate is not Fate.PENDING:
                first = entry.fate if entry else "long ago"
                raise DeliveryError(f"delivery {number} ended twice: {first}, then {fate}.")
            entry.fate, entry.code, entry.reason = fate, code, reason
            self._books.ended(entry.edge, fate, code, reason)
            self._happened(entry)
            self._records.end(entry)

    def kept_away(
        self, event_id: str, edge: Edge, parent: int | None, why: Callable[[], str], by: str = "by its filter"
    ) -> None:
        """Enter that a filter kept an event from this edge, to which delivery `parent` led; `why` tells when asked."""
        with self._lock:
            self._books.filtered[edge] += 1
            record = self._records.get(event_id)
            if record is not None:
                record.kept_away.append(KeptAway(parent, edge, why, by))

    def last_attempt(self, number: int) -> tuple[str, str]:
        """Code and reason of a pending delivery's last attempt; empty without one."""
        with self._lock:
            attempts = self._entry(number).attempts.view()
            return (attempts[-1].code, attempts[-1].reason) if attempts else ("", "")

    def _happened(self, entry: Entry) -> None:
        if self._tape is not None:
            record = self._records.get(entry.event_id)
            self._tape.add(self._clock.now(), record.event if record else None, entry.frozen())

    def _entry(self, number: int) -> Entry:
        entry = self._records.entry(number)
        if entry is None:
            raise DeliveryError(f"delivery {number} is over.")
        return entry


def _plain(delivery: Delivery) -> dict[str, object]:
    return {
        "number": delivery.number,
        "event_id": delivery.event_id,
        "edge": list(asdict(delivery.edge).values()),
        "parent": delivery.parent,
        "attempts": [[attempt.time, attempt.code, attempt.reason] for attempt in delivery.attempts],
        "fate": delivery.fate,
        "code": delivery.code,
        "reason": delivery.reason,
    }
