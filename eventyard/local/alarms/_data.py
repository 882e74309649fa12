"""The datapoints of one metric, minute by minute, as CloudWatch keeps them.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html: the services here report once a
minute, and one-minute datapoints are kept for fifteen days. A minute is its number since the epoch.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MINUTE = 60
_KEPT = 15 * 24 * 60
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-monitoring-using-cloudwatch.html: a
# queue is active while it holds messages, and for six hours after it was used.
ACTIVE = 6 * 60


class MetricKey(NamedTuple):
    """What tells one metric from the others; `dimensions` are in the order of their names."""

    account: str
    region: str
    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Datum:
    """Samples taken together: what each statistic is computed from."""

    count: float
    total: float
    least: float
    most: float

    def copy(self) -> Datum:
        """The same once more."""
        return Datum(self.count, self.total, self.least, self.most)

    def add(self, other: Datum) -> None:
        """Take another one in."""
        self.count += other.count
        self.total += other.total
        self.least = min(self.least, other.least)
        self.most = max(self.most, other.most)

    def statistic(self, name: str) -> float | None:
        """`Sum`, `Average`, `Minimum`, `Maximum` or `SampleCount`; None for any other."""
        found = {
            "Sum": self.total,
            "Average": self.total / self.count if self.count else 0.0,
            "Minimum": self.least,
            "Maximum": self.most,
            "SampleCount": self.count,
        }
        return found.get(name)


STATISTICS = frozenset({"Sum", "Average", "Minimum", "Maximum", "SampleCount"})


def single(value: float) -> Datum:
    """One sample."""
    return Datum(1, value, value, value)


class Series(Protocol):
    """The datapoints of a metric."""

    def at(self, minute: int) -> Datum | None:
        """The datapoint of a minute; None without one."""

    def steady(self, since: int, now: int) -> bool:
        """Whether all minutes since one are alike, and will be until something more is reported."""

    def minutes(self, now: int) -> Iterator[int]:
        """The minutes that may have a datapoint, in order, up to the one that is not over yet."""


class Counted:
    """What is counted as it happens: a minute in which nothing happens has no datapoint."""

    def __init__(self) -> None:
        self._minutes: dict[int, Datum] = {}
        self._newest = -1

    def add(self, minute: int, datum: Datum) -> None:
        """Count."""
        found = self._minutes.get(minute)
        if found is not None:
            found.add(datum)
            return
        self._minutes[minute] = datum
        self._newest = max(self._newest, minute)
        if len(self._minutes) > _KEPT:
            del self._minutes[next(iter(self._minutes))]

    def at(self, minute: int) -> Datum | None:
        """What was counted in it."""
        return self._minutes.get(minute)

    def steady(self, since: int, now: int) -> bool:  # noqa: ARG002  # a series' signature
        """When the newest datapoint is older."""
        return self._newest < since

    def minutes(self, now: int) -> Iterator[int]:
        """Those with a datapoint."""
        return (minute for minute in sorted(self._minutes) if minute <= now)


@dataclass(frozen=True, slots=True)
class Reading:
    """A queue at the end of a minute; `oldest` is since when its oldest message is in it (seconds since the epoch)."""

    visible: int
    in_flight: int
    delayed: int
    oldest: float | None

    @property
    def empty(self) -> bool:
        """Whether there is no message."""
        return self.oldest is None


class Readings:
    """What was read of one queue: each reading holds until the next one."""

    def __init__(self) -> None:
        self._at: list[int] = []
        self._read: list[Reading | None] = []

    def add(self, minute: int, reading: Reading | None) -> None:
        """A reading; None when the queue is gone."""
        self._at.append(minute)
        self._read.append(reading)
        if len(self._at) > 2 * _KEPT:
            del self._at[:_KEPT], self._read[:_KEPT]

    def in_force(self, minute: int) -> tuple[int, Reading | None]:
        """The reading that holds for a minute, and since which; None before the first one."""
        place = bisect_right(self._at, minute) - 1
        return (self._at[place], self._read[place]) if place >= 0 else (minute, None)

    @property
    def first(self) -> int | None:
        """The first minute; None without a reading."""
        return self._at[0] if self._at else None

    @property
    def last(self) -> tuple[int, Reading | None]:
        """The newest reading, and its minute."""
        return (self._at[-1], self._read[-1]) if self._at else (-1, None)


class Gauge:
    """One metric of a queue's readings. `of` answers it for a reading and the moment at which the minute ends."""

    def __init__(
        self, readings: Readings, of: Callable[[Reading, float], float | None], *, grows: bool = False
    ) -> None:
        self._readings = readings
        self._of = of
        self._grows = grows

    def at(self, minute: int) -> Datum | None:
        """The value at the end of the minute, while the queue is active."""
        since, reading = self._readings.in_force(minute)
        if reading is None or (reading.empty and minute - since > ACTIVE):
            return None
        value = self._of(reading, (minute + 1) * MINUTE)
        return None if value is None else single(float(value))

    def steady(self, since: int, now: int) -> bool:
        """When the last reading is older, does not grow, and has not ended by inactivity meanwhile."""
        read, reading = self._readings.last
        if read > since or (reading is not None and not reading.empty and self._grows):
            return False
        return reading is None or not reading.empty or not since <= read + ACTIVE < now

    def minutes(self, now: int) -> Iterator[int]:
        """From the first reading on, those that are over."""
        first = self._readings.first
        return iter(()) if first is None else iter(range(max(first, now - _KEPT), now))


def _age(reading: Reading, moment: float) -> float | None:
    return None if reading.oldest is None else max(0.0, moment - reading.oldest)


def gauges(readings: Readings) -> dict[str, Gauge]:
    """The metrics of a queue's readings.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html

    The age counts from when a message came into this queue. A message that was received three times counts here too.
    """
    return {
        "ApproximateNumberOfMessagesVisible": Gauge(readings, lambda reading, _: reading.visible),
        "ApproximateNumberOfMessagesNotVisible": Gauge(readings, lambda reading, _: reading.in_flight),
        "ApproximateNumberOfMessagesDelayed": Gauge(readings, lambda reading, _: reading.delayed),
        "ApproximateAgeOfOldestMessage": Gauge(readings, _age, grows=True),
    }
