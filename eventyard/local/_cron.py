"""`cron(...)`: AWS's six fields, and the minutes they name.

Follows "Cron expressions reference" of the EventBridge User Guide:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html#eb-cron-expressions

A range that runs backwards goes on at the field's beginning, as in that page's own `cron(0/30 20-2 ? * MON-FRI *)`;
each field is looked at by itself, so that this one is also due on Monday at 1:00. Where the page is silent, what is
refused here might be taken there: years that run backwards, `LW` and `L-3`. Lists that hold `L` or `W` beside other
days are taken.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from collections.abc import Iterator

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_SATURDAY = len(_DAYS)
_WEEKS = 5
_ANY = "?"
_REMEDY = "Write six fields, such as cron(0 12 * * ? *): minutes hours day-of-month month day-of-week year."


@dataclass(frozen=True, slots=True)
class _Field:
    """One of the six: its values from `low` to `high`, their names, and whether `/` counts in it."""

    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    steps: bool = True

    def values(self, text: str) -> frozenset[int]:
        """What a list of values, ranges and steps names."""
        return frozenset(value for item in text.split(",") for value in self._item(item))

    def number(self, text: str) -> int:
        """One value, by number or by name."""
        if text.upper() in self.names:
            return self.names.index(text.upper()) + 1
        if not re.fullmatch(r"[0-9]{1,4}", text) or not self.low <= int(text) <= self.high:
            raise self.refusal(f"{text or 'nothing'} is not in {self.low}-{self.high}.")
        return int(text)

    def refusal(self, reason: str) -> EventyardError:
        """An error that names this field."""
        return EventyardError(reason, where=self.name, remedy=_REMEDY)

    def _item(self, item: str) -> Iterator[int]:
        span, slash, step = item.partition("/")
        first, dash, last = span.partition("-")
        if first == "*" and not dash:
            low, high = self.low, self.high
        else:
            low = self.number(first)
            high = self.number(last) if dash else self.high if slash else low
        if slash and (not self.steps or not re.fullmatch(r"[0-9]{1,4}", step) or not 1 <= int(step) <= self.high):
            raise self.refusal(f"{item} is no step.")
        if low > high and self is _YEAR:
            raise self.refusal(f"the years {span} run backwards.")
        size = self.high - self.low + 1
        return (
            self.low + (low - self.low + passed) % size
            for passed in range(0, (high - low) % size + 1, int(step) if slash else 1)
        )


_MINUTES = _Field("minutes", 0, 59)
_HOURS = _Field("hours", 0, 23)
_DAY_OF_MONTH = _Field("day-of-month", 1, 31)
_MONTH = _Field("month", 1, 12, _MONTHS)
_DAY_OF_WEEK = _Field("day-of-week", 1, 7, _DAYS, steps=False)
_YEAR = _Field("year", 1970, 2199)
_FIELDS = 6


@dataclass(frozen=True, slots=True)
class Cron:
    """A parsed expression. `days` is the field of days that is not `?`; `weekly` says that it is that of the week."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: str
    weekly: bool
    months: frozenset[int]
    years: frozenset[int]

    @classmethod
    def parse(cls, fields: str) -> Cron:
        """What stands between the brackets of `cron(...)`.

        Raises:
            EventyardError: AWS would refuse it; `where` is the field.
        """
        texts = fields.split()
        if len(texts) != _FIELDS:
            raise EventyardError(f"cron has six fields, not {len(texts)}.", remedy=_REMEDY)
        minutes, hours, day_of_month, month, day_of_week, year = texts
        if (day_of_month == _ANY) == (day_of_week == _ANY):
            raise EventyardError("one of day-of-month and day-of-week must be ?, and only one.", remedy=_REMEDY)
        weekly = day_of_month == _ANY
        days = day_of_week.upper() if weekly else day_of_month.upper()
        _check_days(days, weekly=weekly)
        return cls(
            tuple(sorted(_MINUTES.values(minutes))),
            tuple(sorted(_HOURS.values(hours))),
            days,
            weekly,
            _MONTH.values(month),
            _YEAR.values(year),
        )

    def next_after(self, moment: float) -> float | None:
        """The first of its minutes after a moment (seconds since the epoch, UTC); None when there is none any more."""
        if moment >= datetime(_YEAR.high + 1, 1, 1, tzinfo=UTC).timestamp():
            return None
        begin = datetime.fromtimestamp(max(moment, -60) // 60 * 60, UTC) + timedelta(minutes=1)
        for year in sorted(year for year in self.years if year >= begin.year):
            for month in sorted(self.months):
                for day in sorted(self.days_of(year, month)):
                    if (year, month, day) < (begin.year, begin.month, begin.day):
                        continue
                    same = (year, month, day) == (begin.year, begin.month, begin.day)
                    for hour, minute in self._times():
                        if not same or (hour, minute) >= (begin.hour, begin.minute):
                            return datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp()
        return None

    def days_of(self, year: int, month: int) -> set[int]:
        """The days of a month that it names."""
        first, length = calendar.monthrange(year, month)
        first = (first + 1) % 7 + 1  # AWS's: Sunday is 1
        found: set[int] = set()
        for item in self.days.split(","):
            found |= _of_week(item, first, length) if self.weekly else _of_month(item, first, length)
        return found

    def _times(self) -> Iterator[tuple[int, int]]:
        return ((hour, minute) for hour in self.hours for minute in self.minutes)


def _check_days(days: str, *, weekly: bool) -> None:
    items = days.split(",")
    if any("#" in item for item in items) and len(items) > 1:
        raise _DAY_OF_WEEK.refusal(f"{days}: with # there is only one expression.")
    for item in items:
        # Of any month: what is wrong with it is wrong in all of them.
        _ = _of_week(item, 1, 31) if weekly else _of_month(item, 1, 31)


def _of_month(item: str, first: int, length: int) -> set[int]:
    """Days of a month that begins on the weekday `first`, of `length` days, by an item of day-of-month."""
    if item == "L":
        return {length}
    if item.endswith("W"):
        day = _DAY_OF_MONTH.number(item[:-1])
        return {_nearest_weekday(day, first, length)} if day <= length else set()
    return {day for day in _DAY_OF_MONTH.values(item) if day <= length}


def _nearest_weekday(day: int, first: int, length: int) -> int:
    """The weekday closest to a day, within its month."""
    match _weekday(day, first):
        case 1:
            return day + 1 if day < length else day - 2
        case 7:
            return day - 1 if day > 1 else day + 2
        case _:
            return day


def _of_week(item: str, first: int, length: int) -> set[int]:
    """The same by an item of day-of-week."""
    days = range(1, length + 1)
    if item == "L":
        return {day for day in days if _weekday(day, first) == _SATURDAY}
    if item.endswith("L"):
        return set(_each(_DAY_OF_WEEK.number(item[:-1]), first, days)[-1:])
    if "#" in item:
        weekday, _, which = item.partition("#")
        if not re.fullmatch(r"[0-9]", which) or not 1 <= int(which) <= _WEEKS:
            raise _DAY_OF_WEEK.refusal(f"{item}: a month has its 1st to 5th of a weekday.")
        return set(_each(_DAY_OF_WEEK.number(weekday), first, days)[int(which) - 1 : int(which)])
    wanted = _DAY_OF_WEEK.values(item)
    return {day for day in days if _weekday(day, first) in wanted}


def _each(weekday: int, first: int, days: range) -> list[int]:
    return [day for day in days if _weekday(day, first) == weekday]


def _weekday(day: int, first: int) -> int:
    return (first + day - 2) % 7 + 1
