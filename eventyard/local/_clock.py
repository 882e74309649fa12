"""Time that stands still until someone moves it."""

from __future__ import annotations

from datetime import UTC, datetime

START = datetime(2026, 1, 1, tzinfo=UTC)


class VirtualClock:
    """A clock that only `advance_to` moves, so that a day of retries takes milliseconds and every run is alike."""

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
