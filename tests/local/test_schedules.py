"""Schedules: what PutRule takes, and when they are due, against an evaluator that looks at every single minute."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from eventyard.errors import EventyardError
from eventyard.local._schedules import Schedule

MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]


def moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


# Most are the examples of "Cron expressions reference", EventBridge User Guide.
DUE = [
    ("cron(0 10 * * ? *)", "2026-03-01T10:00", "2026-03-02T10:00"),
    ("cron(15 12 * * ? *)", "2026-03-01T10:00", "2026-03-01T12:15"),
    ("cron(0 18 ? * MON-FRI *)", "2026-03-06T18:00", "2026-03-09T18:00"),
    ("cron(0 8 1 * ? *)", "2026-03-01T08:00", "2026-04-01T08:00"),
    ("cron(0/15 * * * ? *)", "2026-03-01T10:01", "2026-03-01T10:15"),
    ("cron(0/10 * ? * MON-FRI *)", "2026-03-06T23:50", "2026-03-09T00:00"),
    ("cron(0/5 8-17 ? * MON-FRI *)", "2026-03-06T17:55", "2026-03-09T08:00"),
    ("cron(0/30 20-2 ? * MON-FRI *)", "2026-03-06T02:30", "2026-03-06T20:00"),
    ("cron(0/30 20-2 ? * MON-FRI *)", "2026-03-06T23:30", "2026-03-09T00:00"),
    ("cron(0 1 ? * FRI-MON *)", "2026-03-06T01:00", "2026-03-07T01:00"),
    ("cron(50-10/15 1 * * ? *)", "2026-03-06T01:05", "2026-03-06T01:50"),
    ("cron(15 10 ? * 6L 2019-2026)", "2026-12-01T00:00", "2026-12-25T10:15"),
    ("cron(15 10 ? * 6L 2019-2026)", "2026-12-25T10:15", None),
    ("cron(0 0 3W * ? *)", "2026-05-01T00:00", "2026-05-04T00:00"),
    ("cron(0 0 1W * ? *)", "2026-07-31T00:00", "2026-08-03T00:00"),
    ("cron(0 0 31W * ? *)", "2026-05-02T00:00", "2026-05-29T00:00"),
    ("cron(0 0 ? * 3#2 *)", "2026-03-01T00:00", "2026-03-10T00:00"),
    ("cron(0 0 ? * tue#2 *)", "2026-03-01T00:00", "2026-03-10T00:00"),
    ("cron(0 0 ? * L *)", "2026-03-01T00:00", "2026-03-07T00:00"),
    ("cron(0 0 L * ? *)", "2026-02-01T00:00", "2026-02-28T00:00"),
    ("cron(0 0 29 FEB ? *)", "2026-03-01T00:00", "2028-02-29T00:00"),
    ("cron(0 0 30 2 ? *)", "2026-03-01T00:00", None),
    ("cron(1/10 0 1 1 ? 2199)", "2199-01-01T00:41", "2199-01-01T00:51"),
    ("cron(0 0 1 1 ? 2199)", "2199-01-01T00:00", None),
    ("cron(1,2,59 * * * ? *)", "2026-03-01T10:02", "2026-03-01T10:59"),
]


@pytest.mark.parametrize(("expression", "after", "due"), DUE)
def test_a_cron_expression_is_due_when_aws_says(expression: str, after: str, due: str | None) -> None:
    found = Schedule.parse(expression).next_after(moment(after))
    assert found == (moment(due) if due else None)


def test_a_moment_within_a_minute_counts_as_after_its_beginning() -> None:
    every = Schedule.parse("cron(* * * * ? *)")
    assert every.next_after(moment("2026-03-01T10:00") + 0.5) == moment("2026-03-01T10:01")
    assert every.next_after(moment("2026-03-01T10:01") - 0.001) == moment("2026-03-01T10:01")
    assert every.next_after(-1e9) == 0
    assert every.next_after(1e12) is None


@pytest.mark.parametrize(
    ("expression", "passed", "due"),
    [
        ("rate(1 minute)", 0, 60),
        ("rate(5 minutes)", 0, 300),
        ("rate(5 minutes)", 299.9, 300),
        ("rate(5 minutes)", 300, 600),
        ("rate(1 hour)", 3_700, 7_200),
        ("rate(7 days)", 1, 604_800),
        ("rate(1 day)", -10, 86_400),
    ],
)
def test_a_rate_counts_from_when_its_rule_was_put(expression: str, passed: float, due: float) -> None:
    anchor = moment("2026-03-01T10:00") + 7.25
    assert Schedule.parse(expression).next_after(anchor + passed, anchor=anchor) == anchor + due


def test_a_rate_without_an_anchor_is_due_one_period_later() -> None:
    assert Schedule.parse("rate(2 hours)").next_after(100.0) == 7_300.0


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("", "no schedule"),
        ("at(2026-01-01T00:00:00)", "no schedule"),
        ("Rate(5 minutes)", "no schedule"),
        ("rate(5 seconds)", "no schedule"),
        ("rate(1.5 hours)", "no schedule"),
        ("rate(-1 minutes)", "no schedule"),
        ("rate(5  minutes)", "no schedule"),
        ("rate(5 minutes) ", "no schedule"),
        ("rate(\u0665 minutes)", "no schedule"),
        ("rate(0 minutes)", "at least one minute"),
        ("rate(1 minutes)", r"Write rate\(1 minute\)"),
        ("rate(5 minute)", r"Write rate\(5 minutes\)"),
        ("cron(0 12 * * ?)", "six fields, not 5"),
        ("cron(0 0 12 * * ? *)", "six fields, not 7"),
        ("cron()", "six fields, not 0"),
        ("cron(0 12 * * * *)", "must be [?]"),
        ("cron(0 12 ? * ? *)", "must be [?]"),
        ("cron(0 12 1 * MON *)", "must be [?]"),
        ("cron(60 12 * * ? *)", "minutes: 60 is not in 0-59"),
        ("cron(0 24 * * ? *)", "hours: 24"),
        ("cron(0 12 0 * ? *)", "day-of-month: 0"),
        ("cron(0 12 32 * ? *)", "day-of-month: 32"),
        ("cron(0 12 * 13 ? *)", "month: 13"),
        ("cron(0 12 * JUNE ? *)", "month: JUNE"),
        ("cron(0 12 ? * 8 *)", "day-of-week: 8"),
        ("cron(0 12 ? * 0 *)", "day-of-week: 0"),
        ("cron(0 12 * * ? 1969)", "year: 1969"),
        ("cron(0 12 * * ? 2200)", "year: 2200"),
        ("cron(0 22 * * ? 2030-2020)", "run backwards"),
        ("cron(0/0 12 * * ? *)", "no step"),
        ("cron(0/x 12 * * ? *)", "no step"),
        ("cron(0/ 12 * * ? *)", "no step"),
        ("cron(0 12 ? * 2/2 *)", "no step"),
        ("cron(0 12 ? * 3#1,6#3 *)", "only one expression"),
        ("cron(0 12 ? * 3#6 *)", "1st to 5th"),
        ("cron(0 12 ? * 3#0 *)", "1st to 5th"),
        ("cron(0 12 W * ? *)", "day-of-month"),
        ("cron(0 L * * ? *)", "hours: L"),
        ("cron(5, 12 * * ? *)", "nothing"),
        ("cron(? 12 * * ? *)", r"minutes: \?"),
        ("cron(*-5 12 * * ? *)", "minutes"),
    ],
)
def test_what_is_no_schedule_is_refused_with_the_reason(expression: str, says: str) -> None:
    with pytest.raises(EventyardError, match=says) as caught:
        Schedule.parse(expression)
    assert caught.value.remedy


def any_field(low: int, high: int, names: list[str] | None = None, *, steps: bool = True) -> st.SearchStrategy[str]:
    value = st.integers(low, high).map(str)
    if names:
        value |= st.sampled_from(names)
    span = st.tuples(st.integers(low, high), st.integers(low, high)).map("{0[0]}-{0[1]}".format)
    item = st.just("*") | value | span
    if steps:
        stepped = st.tuples(st.just("*") | st.integers(low, high).map(str) | span, st.integers(1, high))
        item |= stepped.map(lambda two: f"{two[0]}/{two[1]}")
    return st.lists(item, min_size=1, max_size=3).map(",".join)


DAY_OF_MONTH = any_field(1, 31) | st.just("L") | st.integers(1, 31).map(lambda day: f"{day}W")
DAY_OF_WEEK = (
    any_field(1, 7, DAYS, steps=False)
    | st.just("L")
    | st.integers(1, 7).map(lambda day: f"{day}L")
    | st.tuples(st.integers(1, 7), st.integers(1, 5)).map(lambda two: f"{two[0]}#{two[1]}")
)
EITHER_DAY = DAY_OF_MONTH.map(lambda days: (days, "?")) | DAY_OF_WEEK.map(lambda days: ("?", days))


def naive(item: str, value: int, low: int, high: int, names: list[str]) -> bool:
    """Whether one of a list's items names a value: by walking from where it begins to where it ends."""
    span, _, step = item.partition("/")
    numbers = [str(names.index(part) + 1) if part in names else part for part in span.split("-")]
    if numbers == ["*"]:
        numbers = [str(low), str(high)]
    elif len(numbers) == 1:
        numbers.append(str(high) if step else numbers[0])
    at, end, passed = int(numbers[0]), int(numbers[1]), 0
    while not (at == value and passed % int(step or 1) == 0):
        if at == end:
            return False
        at, passed = (low if at == high else at + 1), passed + 1
    return True


def names_any(field: str, value: int, low: int, high: int, names: list[str] | None = None) -> bool:
    return any(naive(item, value, low, high, names or []) for item in field.split(","))


def names_day(field: str, at: datetime) -> bool:
    last = calendar.monthrange(at.year, at.month)[1]
    if field == "L":
        return at.day == last
    if field.endswith("W"):
        wanted = int(field[:-1])
        workdays = [day for day in range(1, last + 1) if datetime(at.year, at.month, day, tzinfo=UTC).weekday() < 5]
        return wanted <= last and at.day == min(workdays, key=lambda day: abs(day - wanted))
    return names_any(field, at.day, 1, 31)


def names_weekday(field: str, at: datetime) -> bool:
    weekday = at.isoweekday() % 7 + 1
    if field == "L":
        return weekday == 7
    if field.endswith("L"):
        return weekday == int(field[:-1]) and (at + timedelta(days=7)).month != at.month
    if "#" in field:
        return [weekday, (at.day + 6) // 7] == [int(part) for part in field.split("#")]
    return names_any(field, weekday, 1, 7, DAYS)


def is_due(expression: str, at: datetime) -> bool:
    minutes, hours, day_of_month, month, day_of_week, year = expression.removeprefix("cron(").rstrip(")").split()
    return (
        names_any(minutes, at.minute, 0, 59)
        and names_any(hours, at.hour, 0, 23)
        and names_any(month, at.month, 1, 12, MONTHS)
        and names_any(year, at.year, 1970, 2199)
        and (names_weekday(day_of_week, at) if day_of_month == "?" else names_day(day_of_month, at))
    )


@settings(deadline=None)
@given(
    minutes=any_field(0, 59),
    hours=any_field(0, 23),
    days=EITHER_DAY,
    month=st.just("*") | any_field(1, 12, MONTHS),
    begin=st.datetimes(datetime(2023, 12, 20), datetime(2026, 12, 31)),  # noqa: DTZ001 - Hypothesis wants them naive
)
@example(minutes="0", hours="0", days=("31W", "?"), month="*", begin=datetime(2026, 5, 28, 23, 50))  # noqa: DTZ001 - as above
def test_the_next_minute_is_the_first_that_a_look_at_every_minute_finds(
    minutes: str, hours: str, days: tuple[str, str], month: str, begin: datetime
) -> None:
    expression = f"cron({minutes} {hours} {days[0]} {month} {days[1]} *)"
    begin = begin.replace(tzinfo=UTC)
    found = Schedule.parse(expression).next_after(begin.timestamp())
    minute = begin.replace(second=0, microsecond=0)
    for _ in range(2 * 24 * 60):
        minute += timedelta(minutes=1)
        if is_due(expression, minute):
            assert found == minute.timestamp()
            return
    assert found is None or found > minute.timestamp()
    # Far ahead: the one found is due, whatever lies between.
    assert found is None or is_due(expression, datetime.fromtimestamp(found, UTC))
