"""The demo's day is made up, but always alike, and it holds what the demo is to show."""

from __future__ import annotations

from collections import Counter

from eventyard.cli._trading_day import trading_day


def test_the_same_seed_makes_the_same_day_and_another_seed_another() -> None:
    assert trading_day(3, 40) == trading_day(3, 40)
    assert trading_day(3, 40) != trading_day(4, 40)


def test_a_day_has_a_few_hundred_events_of_three_producers_in_the_order_of_their_time() -> None:
    day = trading_day(1, 120)

    assert 250 <= len(day) <= 500
    assert {told.source for told in day} == {"shop.web", "shop.mobile", "shop.pos"}
    assert [told.at for told in day] == sorted(told.at for told in day)


def test_some_events_are_told_twice_and_some_are_wanted_by_no_rule() -> None:
    day = trading_day(1, 120)
    notes = Counter(told.note for told in day)

    assert notes["duplicate"] >= 10
    assert notes["wanted by no rule"] >= 10
    for twice in (told for told in day if told.note == "duplicate"):
        assert sum(told.detail == twice.detail for told in day) >= 2
