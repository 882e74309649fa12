"""What the ledger tells those who look on, and that nobody is told half of it without knowing."""

from __future__ import annotations

from eventyard.local.ledger import Event, Tape
from eventyard.local.looking._tail import Filter, tail


def taped(count: int, most: int) -> Tape:
    """So many events, of which the newest are kept."""
    tape = Tape(most)
    for number in range(1, count + 1):
        write(tape, number)
    return tape


def write(tape: Tape, number: int) -> None:
    tape.add(float(number), Event(f"event-{number}", "message", "arn:aws:sns:::t", "message", "{}", float(number)))


def numbers(told: dict[str, object]) -> list[int]:
    happenings = told["happenings"]
    assert isinstance(happenings, list)
    return [one["number"] for one in happenings]


def test_who_asks_again_and_again_sees_each_once() -> None:
    tape = taped(4, most=10)
    first = tail(tape, Filter(), after=None, last=2, wait=0)
    write(tape, 5)

    more = tail(tape, Filter(), after=first["next"], last=0, wait=0)

    assert (numbers(first), numbers(more), more["next"], more["missed"]) == ([3, 4], [5], 5, 0)


def test_who_is_too_slow_is_told_how_many_went_by() -> None:
    told = tail(taped(9, most=3), Filter(), after=2, last=0, wait=0)

    assert (numbers(told), told["missed"], told["next"]) == ([7, 8, 9], 4, 9)


def test_who_has_seen_all_is_told_nothing_and_asks_from_there() -> None:
    told = tail(taped(9, most=3), Filter(), after=9, last=0, wait=0)

    assert (numbers(told), told["missed"], told["next"]) == ([], 0, 9)


def test_what_a_filter_hides_is_not_asked_for_again() -> None:
    told = tail(taped(3, most=3), Filter(fate="dropped"), after=1, last=0, wait=0)

    assert (numbers(told), told["next"]) == ([], 3)


def test_none_are_shown_where_none_are_wanted() -> None:
    assert numbers(tail(taped(3, most=3), Filter(), after=None, last=0, wait=0)) == []
