"""A heap whose entries may go stale."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Entry = TypeVar("Entry", bound="int | tuple[float, int]")

_SMALL = 64


class LazyHeap(Generic[Entry]):
    """Smallest first. `valid` tells whether an entry still stands; one that does not is passed over.

    Nothing is ever searched for: what became stale is thrown away when it comes to the top, or all at once when the
    heap has doubled since the last time, so that a push or pop costs the logarithm of what is valid.
    """

    def __init__(self, valid: Callable[[Entry], bool]) -> None:
        self._valid = valid
        self._entries: list[Entry] = []
        self._swept_at = _SMALL

    def __len__(self) -> int:
        """All entries, stale ones too: no more than twice the valid ones, when those are many."""
        return len(self._entries)

    def push(self, entry: Entry) -> None:
        """Add an entry."""
        heapq.heappush(self._entries, entry)
        if len(self._entries) > self._swept_at:
            self._entries = [kept for kept in self._entries if self._valid(kept)]
            heapq.heapify(self._entries)
            self._swept_at = max(_SMALL, 2 * len(self._entries))

    def peek(self) -> Entry | None:
        """The smallest valid entry, which stays; None without one."""
        while self._entries:
            if self._valid(self._entries[0]):
                return self._entries[0]
            heapq.heappop(self._entries)
        return None

    def pop(self) -> Entry | None:
        """The smallest valid entry, taken out; None without one."""
        entry = self.peek()
        if entry is not None:
            heapq.heappop(self._entries)
        return entry
