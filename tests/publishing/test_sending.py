"""Bounded threads, a pace, order where there is one, and what becomes of a run that cannot go on."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.errors import EventyardError
from eventyard.publishing import Answer, Item, Pace, Sending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class Recorder:
    """A destination that takes what its mood lets it, and notes each call."""

    name = "recorder"
    most_entries = 2
    most_bytes = 1_000

    def __init__(self, mood: Callable[[Any, int], Answer] | None = None, *, ordered: bool = False) -> None:
        self.ordered = ordered
        self.calls: list[list[Any]] = []
        self.at_a_time = 0
        self._mood = mood or (lambda _number, _times: Answer(id="e"))
        self._inside = 0
        self._lock = threading.Lock()
        self.full = threading.Barrier(3, timeout=5)

    def entry(self, found: dict[str, Any]) -> dict[str, Any]:
        """As it is."""
        return found

    def size(self, _entry: dict[str, Any]) -> int:
        """All the same."""
        return 1

    def send(self, entries: Sequence[dict[str, Any]]) -> list[Answer]:
        """As the mood has it."""
        numbers = [entry["n"] for entry in entries]
        with self._lock:
            self._inside += 1
            self.at_a_time = max(self.at_a_time, self._inside)
            self.calls.append(numbers)
            times = [sum(call.count(number) for call in self.calls) for number in numbers]
        answers = [self._mood(number, count) for number, count in zip(numbers, times, strict=True)]
        with self._lock:
            self._inside -= 1
        return answers


def items(count: int) -> list[Item]:
    return [Item(number, {"n": number}, 1) for number in range(1, count + 1)]


def sending(to: Recorder, waits: list[float] | None = None, pace: Pace | None = None, **settings: Any) -> Sending:  # noqa: ANN401 - as Sending has them
    noted = waits if waits is not None else []
    return Sending(to, pace=pace or Pace(), wait=lambda _, seconds: noted.append(seconds), **settings)


def throttled(*numbers: int, times: int = 1) -> Callable[[Any, int], Answer]:
    def mood(number: int, count: int) -> Answer:
        if number in numbers and count <= times:
            return Answer(code="ThrottlingException", passing=True)
        return Answer(id=f"e-{number}")

    return mood


def test_exactly_what_was_not_taken_is_sent_again() -> None:
    to = Recorder(throttled(2, times=3))

    report = sending(to, jobs=1).run(items(4))

    assert to.calls == [[1, 2], [2], [2], [2], [3, 4]]
    assert (report.taken, report.retried, report.calls, report.complete) == (4, 3, 5, True)


def test_what_is_never_taken_is_given_up_and_named() -> None:
    to = Recorder(throttled(3, times=99))

    report = sending(to, jobs=1, tries=4).run(items(4))

    assert to.calls.count([3]) == 3
    assert [(one.line, one.code) for one in report.untaken] == [(3, "ThrottlingException")]
    assert (report.taken, report.ended, report.complete) == (3, True, False)


def test_what_cannot_be_taken_is_not_sent_again() -> None:
    to = Recorder(lambda number, _: Answer(code="MalformedDetail") if number == 1 else Answer(id="e"))

    report = sending(to, jobs=1).run(items(2))

    assert to.calls == [[1, 2]]
    assert [one.line for one in report.untaken] == [1]


def test_the_waits_before_another_try_grow_and_are_random() -> None:
    waits: list[float] = []
    sending(Recorder(throttled(1, times=7)), waits, jobs=1).run(items(1))

    backoff = [seconds for seconds in waits if seconds]
    assert len(backoff) == 7
    assert all(seconds <= 0.1 * 2**attempt for attempt, seconds in enumerate(backoff, 1))
    assert len(set(backoff)) == 7


def test_so_many_calls_are_under_way_at_a_time_and_no_more() -> None:
    to = Recorder()

    def together(_number: int, _times: int) -> Answer:
        to.full.wait()  # passes only when three calls of one entry each are inside
        return Answer(id="e")

    to.most_entries = 1
    to._mood = together  # noqa: SLF001 - the mood needs the recorder itself
    report = sending(to, jobs=3).run(items(12))

    assert (report.taken, to.at_a_time) == (12, 3)


def test_no_more_is_read_than_can_be_sent() -> None:
    """So that a million lines need no memory."""
    read: list[int] = []
    seen: list[int] = []

    def lines() -> Iterator[Item]:
        for item in items(100):
            read.append(item.line)
            yield item

    def ahead(number: int, _times: int) -> Answer:
        seen.append(len(read) - number)
        return Answer(id="e")

    to = Recorder(ahead)
    sending(to, jobs=2).run(lines())

    # Two calls of two entries each, the batch that waits, and the entry that shows that it is full.
    assert max(seen) <= 8


def test_what_keeps_an_order_gets_one_call_after_the_other_whatever_fails() -> None:
    overtaken = threading.Event()
    throttle = throttled(1, 4, times=2)

    def mood(number: int, times: int) -> Answer:
        if number > 2:
            overtaken.set()
        return throttle(number, times)

    to = Recorder(mood, ordered=True)
    # Before the first entry's other tries there is time enough for the second call, if anything lets it.
    Sending(to, pace=Pace(), jobs=8, wait=lambda _, seconds: overtaken.wait(0.1) if seconds else None).run(items(6))

    assert to.calls == [[1, 2], [1], [1], [3, 4], [4], [4], [5, 6]]


def test_a_pace_counts_every_entry_that_is_sent() -> None:
    waits: list[float] = []
    still = Pace(rate=10, clock=lambda: 100.0)

    sending(Recorder(), waits, pace=still, jobs=1).run(items(6))

    assert waits == pytest.approx([0.0, 0.2, 0.4])


def test_a_pace_gives_no_time_back_that_nobody_used() -> None:
    now = [0.0]
    pace = Pace(rate=10, clock=lambda: now[0])

    assert pace.seconds_until(10) == 0
    now[0] = 60
    assert pace.seconds_until(10) == 0
    assert pace.seconds_until(10) == pytest.approx(1)


def test_a_line_that_cannot_be_read_ends_the_run_and_what_was_taken_is_told() -> None:
    def lines() -> Iterator[Item]:
        yield from items(5)
        raise EventyardError("it is not valid JSON.", where="line 6")

    to = Recorder()
    report = sending(to).run(lines())

    assert sorted(number for call in to.calls for number in call) == [1, 2, 3, 4, 5]
    assert (report.taken, report.ended) == (5, False)
    assert str(report.error) == "line 6: it is not valid JSON."


def test_ctrl_c_waits_for_what_is_under_way_and_tells_what_was_taken() -> None:
    def lines() -> Iterator[Item]:
        yield from items(4)
        raise KeyboardInterrupt

    to = Recorder()
    report = sending(to, jobs=1).run(lines())

    assert (report.ended, report.complete) == (False, False)
    assert "broken off" in str(report.error)
    assert report.taken == sum(map(len, to.calls))
