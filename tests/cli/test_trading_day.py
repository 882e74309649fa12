"""The demo's day is made up, but always alike, and it holds what the demo is to show."""

from __future__ import annotations

import re
from collections import Counter

from eventyard.cli._trading_day import CATALOGUE, trading_day


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


def test_every_article_can_be_a_group_of_the_stock_keepers_fifo_topic() -> None:
    """https://docs.aws.amazon.com/sns/latest/dg/fifo-message-grouping.html: letters, digits and punctuation marks."""
    assert [article for article in CATALOGUE if not re.fullmatch(r"[!-~]{1,100}", article)] == []
