"""A buffer of records: released when it is full, or when its oldest record has waited long enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.local._yard import Yard
    from eventyard.local.ledger import Delivery

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Record:
    """One record: `arrived` in seconds since the epoch; `delivery` is the hand-over that is to come, pending."""

    data: bytes
    arrived: float
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Hints:
    """How much a buffer holds (bytes), and how long (seconds)."""

    size: float
    interval: float


class Buffer:
    """https://docs.aws.amazon.com/firehose/latest/dev/buffering-hints.html: whichever comes first.

    Args:
        release: Called with the records, oldest first.
    """

    def __init__(self, yard: Yard, hints: Hints, release: Callable[[list[Record]], None]) -> None:
        self._yard = yard
        self._hints = hints
        self._release = release
        self._records: list[Record] = []
        self._size = 0
        self._released = 0

    def add(self, record: Record) -> None:
        """One record more."""
        if not self._records:
            number = self._released
            due = self._yard.clock.now() + self._hints.interval
            self._yard.agenda.at(due, lambda: self._due(number), poll=True)
        self._records.append(record)
        self._size += len(record.data)
        if self._size >= self._hints.size:
            self._empty()

    def _due(self, number: int) -> None:
        if number == self._released:
            self._empty()

    def _empty(self) -> None:
        records, self._records, self._size = self._records, [], 0
        self._released += 1
        self._yard.agenda.soon(lambda: self._release(records))
