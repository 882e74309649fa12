"""What the ledger writes, in the order it writes it, for whoever looks on while it happens."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eventyard.local.ledger._records import Delivery, Event

# Who looks on once a second misses nothing of ten thousand a second, and no memory grows.
MOST_HAPPENINGS = 20_000


@dataclass(frozen=True, slots=True)
class Happening:
    """Something was published (`delivery` is None), an attempt failed (its fate is pending), or a delivery ended.

    `number` counts from 1, `time` is in seconds since the epoch; `event` is None when the ledger had forgotten it.
    """

    number: int
    time: float
    event: Event | None
    delivery: Delivery | None = None


class Tape:
    """The newest happenings, each with its number. Any thread may add, look and wait."""

    def __init__(self, most: int = MOST_HAPPENINGS) -> None:
        self._kept: deque[Happening] = deque(maxlen=most)
        self._last = 0
        self._news = threading.Condition()
        self._open = True

    @property
    def last(self) -> int:
        """The number of the newest one; 0 before there is any."""
        return self._last

    def add(self, time: float, event: Event | None, delivery: Delivery | None = None) -> None:
        """One more; the oldest one goes."""
        with self._news:
            self._last += 1
            self._kept.append(Happening(self._last, time, event, delivery))
            self._news.notify_all()

    def after(self, number: int) -> list[Happening]:
        """All that are kept of those after this one, oldest first."""
        with self._news:
            skipped = max(0, len(self._kept) - max(0, self._last - number))
            return list(islice(self._kept, skipped, None))

    def wait(self, number: int, seconds: float) -> None:
        """Until there is one after this number, so many seconds of this machine at most, or until nobody adds more."""
        with self._news:
            self._news.wait_for(lambda: self._last > number or not self._open, timeout=seconds)

    def close(self) -> None:
        """Nothing is added any more."""
        with self._news:
            self._open = False
            self._news.notify_all()
