"""What an alarm's state is, by its datapoints.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html and, for datapoints that are not
there, https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from eventyard.local.moto_seam import Alarm

# "CloudWatch attempts to retrieve a higher number of data points than the number specified as Evaluation Periods. The
# exact number varies"; in AWS's own tables it is five where three are evaluated.
MORE = 2
OK, ALARM, UNKNOWN = "OK", "ALARM", "INSUFFICIENT_DATA"

_COMPARISONS: dict[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}
COMPARISONS = frozenset(_COMPARISONS)
_FILLED = {"breaching": "Breaching", "notBreaching": "NonBreaching"}


@dataclass(frozen=True, slots=True)
class Point:
    """A datapoint of an alarm; `start` is when its period begins (seconds since the epoch)."""

    start: float
    value: float | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state that an alarm should have, and why."""

    state: str
    reason: str


def judge(alarm: Alarm, points: Sequence[Point], before: str) -> Verdict:
    """The verdict on an alarm by the datapoints of its evaluation range, newest first, and its state before."""
    recent = points[: alarm.periods]
    missing = any(point.value is None for point in recent)
    real = [point for point in (points if missing else recent) if point.value is not None][: alarm.periods]
    if not real:
        return _without_data(alarm, before)
    breaching = [point for point in real if _breaches(alarm, point)]
    lacking = alarm.periods - len(real)
    count = len(breaching) + (lacking if alarm.missing == "breaching" else 0)
    state = ALARM if count >= alarm.needed else OK
    if state == OK and lacking and len(breaching) == len(real):
        state = _premature(alarm, points, before)
    return Verdict(state, _reason(alarm, real, state, before))


def _without_data(alarm: Alarm, before: str) -> Verdict:
    periods = f"{alarm.periods} period{'s' if alarm.periods > 1 else ''}"
    if alarm.missing == "ignore":
        return Verdict(before, "")
    if alarm.missing in _FILLED:
        treated = f"{alarm.periods} missing datapoint{'s were' if alarm.periods > 1 else ' was'} treated as"
        reason = f"no datapoints were received for {periods} and {treated} [{_FILLED[alarm.missing]}]."
        return Verdict(ALARM if alarm.missing == "breaching" else OK, f"Threshold Crossed: {reason}")
    unknown = f"{alarm.periods} datapoint{'s were' if alarm.periods > 1 else ' was'} unknown."
    return Verdict(UNKNOWN, f"Insufficient Data: {unknown}")


def _premature(alarm: Alarm, points: Sequence[Point], before: str) -> str:
    """All that is there breaches, but it is less than is needed.

    "If the oldest available breaching datapoint during the evaluation range is at least as old as the value configured
    for Datapoints to Alarm, and all of the other more recent datapoints are either breaching or missing", the alarm
    goes off; this is for missing data that is treated as missing.
    """
    if alarm.missing == "notBreaching":
        return OK
    if alarm.missing == "missing":
        oldest = max(place for place, point in enumerate(points, start=1) if point.value is not None)
        if oldest >= alarm.needed:
            return ALARM
    return before


def _breaches(alarm: Alarm, point: Point) -> bool:
    compare, _ = _COMPARISONS[alarm.comparison]
    return point.value is not None and compare(point.value, alarm.threshold)


def _reason(alarm: Alarm, real: Sequence[Point], state: str, before: str) -> str:
    breaching = [point for point in real if _breaches(alarm, point)]
    told = breaching if state == ALARM and breaching else real
    listed = ", ".join(f"{point.value!r} ({_moment(point.start)})" for point in told)
    were = "was" if len(told) == 1 else "were"
    words = _COMPARISONS[alarm.comparison][1]
    needed = alarm.needed if state == ALARM else alarm.periods - alarm.needed + 1
    return (
        f"Threshold Crossed: {len(told)} out of the last {alarm.periods} datapoints [{listed}] {were} "
        f"{'' if state == ALARM else 'not '}{words} the threshold ({alarm.threshold}) "
        f"(minimum {needed} datapoint{'s' if needed > 1 else ''} for {before} -> {state} transition)."
    )


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%d/%m/%y %H:%M:%S")
