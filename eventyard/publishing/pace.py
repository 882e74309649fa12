"""How fast it goes."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Pace:
    """So many entries a second, however many threads send them: each says when it may.

    Args:
        rate: Entries a second; as many as there are without it.
        clock: Seconds that only grow.
    """

    def __init__(self, rate: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._free = clock()
        self._lock = threading.Lock()

    def seconds_until(self, entries: int) -> float:
        """How long to wait before so many entries are sent; from then on they count as sent."""
        if self._rate is None:
            return 0.0
        with self._lock:
            now = self._clock()
            start = max(now, self._free)
            self._free = start + entries / self._rate
            return start - now
