"""Who may touch the cloud's state now: one thread at a time, except while it waits for somebody outside.

A local cloud in a test has one thread that matters, and needs none of this. A served one has a thread for each request
and some for deliveries, over state of moto's that is not made for threads. So they take turns, and whoever waits (for a
function's answer, for an HTTP endpoint, for a message) lets the others in meanwhile: what a function calls in turn is a
request like any other.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from eventyard.local._agenda import Agenda
    from eventyard.local._clock import Clock


class Alone:
    """The turn of a cloud that one thread drives: it always has it."""

    def __init__(self, clock: Clock, agenda: Agenda) -> None:
        self._clock = clock
        self._agenda = agenda

    def __enter__(self) -> Self:
        """Go on."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Nobody waits."""

    @contextmanager
    def away(self) -> Iterator[None]:
        """Nobody comes in between."""
        yield

    def wait(self, seconds: float, found: Callable[[], bool]) -> None:
        """Move time on by so many seconds, until something is found."""
        self._agenda.run(until=self._clock.now() + seconds, stop=found)


class Turn(Alone):
    """A turn that threads take one after the other; one that has it may take it again."""

    def __init__(self, clock: Clock, agenda: Agenda) -> None:
        super().__init__(clock, agenda)
        self._lock = threading.Lock()
        self._owner = 0
        self._depth = 0
        self._news = threading.Condition()
        self._generation = 0

    def __enter__(self) -> Self:
        """Wait for it."""
        me = threading.get_ident()
        if self._owner != me:
            self._lock.acquire()
            self._owner = me
        self._depth += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """The next one's, and who pauses may look again."""
        self._depth -= 1
        if self._depth:
            return
        self._owner = 0
        self._lock.release()
        with self._news:
            self._generation += 1
            self._news.notify_all()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Let the others in until the block ends; nothing where this thread has no turn."""
        me = threading.get_ident()
        if self._owner != me:
            yield
            return
        depth, self._depth = self._depth, 0
        self._owner = 0
        self._lock.release()
        try:
            yield
        finally:
            self._lock.acquire()
            self._owner, self._depth = me, depth

    def wait(self, seconds: float, found: Callable[[], bool]) -> None:
        """Let the others in for so many seconds of the clock, until something is found after one of them was here."""
        until = self._clock.now() + seconds
        while not found() and (left := until - self._clock.now()) > 0:
            with self._news:
                before = self._generation
            with self.away(), self._news:
                self._news.wait_for(lambda: self._generation != before, timeout=left / self._clock.speed)  # noqa: B023
