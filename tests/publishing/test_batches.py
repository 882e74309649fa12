"""As few calls as the limits allow."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from eventyard.publishing import Item, batches


def sizes(*given_sizes: int, most_entries: int = 10, most_bytes: int = 100) -> list[list[int]]:
    items = [Item(line, {}, size) for line, size in enumerate(given_sizes, 1)]
    return [[item.size for item in batch] for batch in batches(items, most_entries=most_entries, most_bytes=most_bytes)]


def test_a_call_has_as_many_entries_as_are_allowed() -> None:
    assert sizes(*[1] * 23) == [[1] * 10, [1] * 10, [1] * 3]


def test_a_call_has_as_many_bytes_as_are_allowed_and_not_one_more() -> None:
    assert sizes(50, 50, 1, 99) == [[50, 50], [1, 99]]
    assert sizes(50, 51) == [[50], [51]]


@given(some.lists(some.integers(1, 100)))
def test_every_call_keeps_both_limits_and_none_could_have_been_spared(found: list[int]) -> None:
    calls = sizes(*found)

    assert [size for call in calls for size in call] == found
    assert all(len(call) <= 10 and sum(call) <= 100 for call in calls)
    assert all(len(one) == 10 or sum(one) + after[0] > 100 for one, after in pairwise(calls))
