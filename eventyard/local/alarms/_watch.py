"""An alarm on metrics, with its datapoints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from eventyard.errors import EventyardError
from eventyard.local.alarms._data import MINUTE, STATISTICS, MetricKey
from eventyard.local.alarms._expressions import Expression
from eventyard.local.alarms._metrics import SQS
from eventyard.local.alarms._verdict import COMPARISONS, MORE, Point, Verdict, judge
from eventyard.local.moto_seam import Arn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.alarms._data import Datum
    from eventyard.local.alarms._metrics import Metrics
    from eventyard.local.moto_seam import Alarm


@dataclass(frozen=True)
class Watched:
    """An alarm; the metrics and the expressions by their ids, and the id that is held against the threshold.

    `period` is in minutes.
    """

    alarm: Alarm
    metrics: Metrics
    keys: Mapping[str, MetricKey]
    statistics: Mapping[str, str]
    expressions: Mapping[str, Expression]
    id: str
    period: int

    @classmethod
    def of(cls, alarm: Alarm, metrics: Metrics) -> Self | None:
        """An alarm as it was put; None for one that uses what is not emulated."""
        arn = Arn.parse(alarm.arn)
        named = {query.id: query.metric for query in alarm.queries if query.metric}
        try:
            expressions = {query.id: Expression(query.expression) for query in alarm.queries if query.expression}
        except EventyardError:
            return None
        watched = [query.id for query in alarm.queries if query.watched]
        plain = all(metric.statistic in STATISTICS for metric in named.values())
        if not plain or len(watched) != 1 or alarm.comparison not in COMPARISONS:
            return None
        return cls(
            alarm,
            metrics,
            {id_: MetricKey(arn.account, arn.region, m.namespace, m.name, m.dimensions) for id_, m in named.items()},
            {id_: metric.statistic for id_, metric in named.items()},
            expressions,
            watched[0],
            max((metric.period // MINUTE for metric in named.values()), default=1) or 1,
        )

    @property
    def queues(self) -> list[str]:
        """The queues (ARNs) whose metrics it watches."""
        return [
            f"arn:aws:sqs:{key.region}:{key.account}:{dict(key.dimensions).get('QueueName', '')}"
            for key in self.keys.values()
            if key.namespace == SQS
        ]

    def verdict(self, minute: int, before: str) -> Verdict:
        """What its state should be at the end of a minute."""
        return judge(self.alarm, self._points(minute), before)

    def steady(self, minute: int) -> bool:
        """Whether nothing of what it looks at changes, at the end of this minute or later, until a metric moves."""
        since = minute - self._range * self.period + 1
        found = (self.metrics.find(key) for key in self.keys.values())
        return all(series is None or series.steady(since, minute) for series in found)

    def data(self, minute: int) -> dict[str, Any]:
        """StateReasonData."""
        points = self._points(minute)[: self.alarm.periods]
        recent = [point.value for point in reversed(points) if point.value is not None]
        return {
            "version": "1.0",
            "queryDate": _stamp((minute + 1) * MINUTE),
            "startDate": _stamp(points[-1].start),
            **({"statistic": self.statistics[self.id]} if self.id in self.statistics else {}),
            "period": self.period * MINUTE,
            "recentDatapoints": recent,
            "threshold": self.alarm.threshold,
        }

    @property
    def _range(self) -> int:
        return self.alarm.periods + MORE

    def _points(self, minute: int) -> list[Point]:
        """The datapoints of its evaluation range, newest first."""
        starts = [minute - (back + 1) * self.period + 1 for back in range(self._range)]
        return [Point(start * MINUTE, self._value(start)) for start in starts]

    def _value(self, start: int) -> float | None:
        values = {id_: self._statistic(id_, start) for id_ in self.keys}
        return values[self.id] if self.id in values else self._calculated(self.id, values)

    def _calculated(self, id_: str, values: Mapping[str, float | None]) -> float | None:
        expression = self.expressions[id_]
        others = {one: self._calculated(one, values) for one in expression.ids if one in self.expressions}
        return expression.value({**values, **others})

    def _statistic(self, id_: str, start: int) -> float | None:
        series = self.metrics.find(self.keys[id_])
        if series is None:
            return None
        taken: Datum | None = None
        for minute in range(start, start + self.period):
            datum = series.at(minute)
            if datum is None:
                continue
            if taken is None:
                taken = datum.copy()
            else:
                taken.add(datum)
        return None if taken is None else taken.statistic(self.statistics[id_])


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
