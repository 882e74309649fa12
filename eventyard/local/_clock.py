"""Time: that stands still until someone moves it, or that goes by itself."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol

START = datetime(2026, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """What tells the cloud's time; `speed` seconds of it go by in one of this machine's, if it goes by itself."""

    speed: float

    def now(self) -> float:
        """Seconds since the epoch."""

    def advance_to(self, moment: float) -> None:
        """Move forward to `moment`, if anybody can."""

    def datetime(self) -> datetime:
        """The same moment, in UTC."""


class VirtualClock:
    """A clock that only `advance_to` moves, so that a day of retries takes milliseconds and every run is alike."""

    speed = 1.0

    def __init__(self, start: datetime = START) -> None:
        self._now = start.timestamp()

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._now

    def advance_to(self, moment: float) -> None:
        """Move forward to `moment` (seconds since the epoch); an earlier moment changes nothing."""
        self._now = max(self._now, moment)

    def datetime(self) -> datetime:
        """The same moment, in UTC."""
        return datetime.fromtimestamp(self._now, UTC)


class WallClock:
    """A clock that goes by itself, from the real time on; `speed` cloud seconds in a second of this machine."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._start = time.time()
        self._began = time.monotonic()

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._start + (time.monotonic() - self._began) * self.speed

    def advance_to(self, moment: float) -> None:
        """Nobody moves it: what is due later waits."""

    def datetime(self) -> datetime:
        """The same moment, in UTC."""
        return datetime.fromtimestamp(self.now(), UTC)
