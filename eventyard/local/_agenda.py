"""What is still to be done, and when: a priority queue over virtual time."""

from __future__ import annotations

import heapq
import itertools
import threading
from typing import TYPE_CHECKING

from eventyard.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.local._clock import Clock

# Enough for a million deliveries with their retries; a system that needs more without coming to rest feeds itself.
MOST_STEPS = 5_000_000


class Agenda:
    """Actions in order of their time; at one time deliveries before polls, so that a poll finds a whole batch.

    Actions may be added from any thread (a function's SDK calls arrive on the endpoint's threads); they run one after
    the other, on the thread that calls `run`.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: list[tuple[float, int, int, bool, Callable[[], None]]] = []
        self._work = 0
        self._horizon = float("inf")
        self._order = itertools.count()
        self._lock = threading.Condition()
        self._open = True
        self._running = threading.Lock()

    def at(self, due: float, action: Callable[[], None], *, poll: bool = False, background: bool = False) -> None:
        """Do `action` at `due` (seconds since the epoch), or at once when that has passed.

        What is in the background (the next tick of a schedule, say) is done when its time comes; nobody waits for it.
        """
        with self._lock:
            order = next(self._order)
            heapq.heappush(self._entries, (max(due, self._clock.now()), int(poll), order, background, action))
            self._work += not background
            self._lock.notify()

    @property
    def horizon(self) -> float:
        """Until when nobody but the agenda acts: the end of the run that is going on (seconds since the epoch)."""
        return self._horizon

    def soon(self, action: Callable[[], None], *, poll: bool = False, background: bool = False) -> None:
        """Do `action` now, after what is already due."""
        self.at(self._clock.now(), action, poll=poll, background=background)

    def run(self, until: float | None = None, *, stop: Callable[[], bool] | None = None) -> None:
        """Do everything that is due up to `until`, moving the clock from one to the next.

        Without `until`, go on until nothing is left but what is in the background.

        Called while already running (by a function's own SDK call, say), it does nothing: the outer run goes on.

        Args:
            until: Seconds since the epoch.
            stop: Asked before each action; True ends the run early.

        Raises:
            DeliveryError: the work does not come to rest.
        """
        if not self._running.acquire(blocking=False):
            return
        self._horizon = float("inf") if until is None else until
        try:
            for _ in range(MOST_STEPS):
                if stop is not None and stop():
                    return
                action = self._next(until)
                if action is None:
                    break
                action()
            else:
                raise DeliveryError(
                    f"after {MOST_STEPS:,} steps there is still work: something feeds itself.",
                    remedy="`ledger.events` shows what repeats; some rule matches what your functions publish.",
                )
            if until is not None:
                self._clock.advance_to(until)
        finally:
            self._running.release()

    def take(self, longest: float) -> tuple[Callable[[], None], bool] | None:
        """What is due now and whether somebody waits for it, for a thread that does nothing else than wait for that.

        Args:
            longest: How many seconds of the clock to wait for something that falls due; None after that, or when the
                agenda is closed. It is `done` when it has been done.
        """
        until = self._clock.now() + longest
        with self._lock:
            while self._open:
                now = self._clock.now()
                due = self._entries[0][0] if self._entries else until
                if self._entries and due <= now:
                    _, _, _, background, action = heapq.heappop(self._entries)
                    return action, background
                if now >= until:
                    return None
                self._lock.wait((min(due, until) - now) / self._clock.speed)
        return None

    def done(self, *, background: bool) -> None:
        """Something that was taken is done: it was work until now."""
        with self._lock:
            self._work -= not background
            self._lock.notify_all()

    def rest(self, seconds: float) -> bool:
        """Wait, so many seconds of this machine at most, until there is no work; answers whether there is none."""
        with self._lock:
            return self._lock.wait_for(lambda: not self._work, timeout=seconds)

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done what stands on it."""
        return self._open

    def close(self) -> None:
        """Nobody waits for it any longer."""
        with self._lock:
            self._open = False
            self._lock.notify_all()

    def _next(self, until: float | None) -> Callable[[], None] | None:
        with self._lock:
            if not self._entries or (not self._work if until is None else self._entries[0][0] > until):
                return None
            due, _, _, background, action = heapq.heappop(self._entries)
            self._work -= not background
        self._clock.advance_to(due)
        return action
