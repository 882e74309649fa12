"""All metrics of one local cloud: counted where it happens, and of queues read at the end of a minute."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from eventyard.local.alarms._data import ACTIVE, MINUTE, Counted, Datum, MetricKey, Reading, Readings, gauges, single
from eventyard.local.moto_seam import Arn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from eventyard.local._agenda import Agenda
    from eventyard.local._clock import Clock
    from eventyard.local.alarms._data import Series
    from eventyard.local.moto_seam import QueueFigures

SQS = "AWS/SQS"
QUEUE_METRICS = tuple(gauges(Readings()))


class Metrics:
    """Counting costs the same whatever has been counted; time that passes over nothing costs nothing.

    Args:
        read: Answers the figures of a queue (an ARN); None without such a queue.
    """

    def __init__(self, clock: Clock, agenda: Agenda, read: Callable[[str], QueueFigures | None]) -> None:
        self.moved: set[MetricKey] = set()
        self._clock = clock
        self._agenda = agenda
        self._read = read
        self._series: dict[MetricKey, Series] = {}
        self._readings: dict[str, Readings] = {}
        self._touched: set[str] = set()
        self._expiries: dict[str, float] = {}
        self._idle: set[str] = set()
        self._planned = False
        self._then: Callable[[int], bool] = lambda _minute: False

    def each_minute(self, then: Callable[[int], bool]) -> None:
        """Say what follows a minute in which something moved: it answers whether the next minute is wanted as well."""
        self._then = then

    def count(self, key: MetricKey, value: float = 1.0) -> None:
        """One sample, now."""
        self.put(key, single(value), self._clock.now())

    def put(self, key: MetricKey, datum: Datum, moment: float) -> None:
        """Samples of a moment (seconds since the epoch)."""
        found = self._series.get(key)
        if found is None:
            found = self._series[key] = Counted()
        if isinstance(found, Counted):
            found.add(int(moment // MINUTE), datum)
            self.moved.add(key)
            self.plan()

    def touch(self, queue: str) -> None:
        """Somebody uses a queue (an ARN): it is read when the minute ends."""
        self._touched.add(queue)
        self.plan()

    def find(self, key: MetricKey) -> Series | None:
        """The datapoints of a metric; None while there are none."""
        return self._series.get(key)

    def of(self, account: str, region: str) -> Iterator[tuple[MetricKey, int, Datum]]:
        """All datapoints of an account and Region: the metric, the minute and the samples."""
        now = int(self._clock.now() // MINUTE)
        for key, series in list(self._series.items()):
            if (key.account, key.region) == (account, region):
                for minute in series.minutes(now):
                    datum = series.at(minute)
                    if datum is not None:
                        yield key, minute, datum

    def plan(self) -> None:
        """Look at the end of this minute, in the background: nobody waits for it."""
        if not self._planned:
            self._planned = True
            end = (int(self._clock.now() // MINUTE) + 1) * MINUTE
            self._agenda.at(end, self._end_of_minute, background=True)

    def _end_of_minute(self) -> None:
        self._planned = False
        minute = int(self._clock.now() // MINUTE) - 1
        touched, self._touched = sorted(self._touched), set()
        for queue in touched:
            self._sample(queue, minute)
        if self._then(minute) or self._touched:
            self.plan()

    def _sample(self, queue: str, minute: int) -> None:
        figures = self._read(queue)
        readings = self._readings.get(queue)
        if readings is None:
            readings = self._readings[queue] = Readings()
            for name, gauge in gauges(readings).items():
                self._series[queue_key(queue, name)] = gauge
        if figures is None:
            readings.add(minute, None)
        else:
            readings.add(minute, Reading(figures.visible, figures.in_flight, figures.delayed, figures.oldest))
            if figures.in_flight or figures.delayed:
                self._touched.add(queue)  # they show themselves by themselves
            self._expect(queue, figures.expires)
            self._watch_idle(queue, readings)
        self._moved(queue)

    def _moved(self, queue: str) -> None:
        self.moved.update(queue_key(queue, name) for name in QUEUE_METRICS)
        self.plan()

    def _watch_idle(self, queue: str, readings: Readings) -> None:
        """An empty queue that nobody uses has no datapoints in the end: whoever watches it is to see that."""
        since, reading = readings.last
        if reading is None or not reading.empty or queue in self._idle:
            return
        self._idle.add(queue)

        def look() -> None:
            self._idle.discard(queue)
            if readings.last[0] == since:
                self._moved(queue)
            else:
                self._watch_idle(queue, readings)

        self._agenda.at((since + ACTIVE + 1) * MINUTE, look, background=True)

    def _expect(self, queue: str, moment: float | None) -> None:
        """A message that nobody touches is gone when its retention period is over."""
        if moment is not None and self._expiries.get(queue) != moment:
            self._expiries[queue] = moment
            self._agenda.at(moment, partial(self.touch, queue), background=True)


def queue_key(queue: str, name: str) -> MetricKey:
    """A metric of a queue (an ARN)."""
    arn = Arn.parse(queue)
    return MetricKey(arn.account, arn.region, SQS, name, (("QueueName", arn.resource),))
