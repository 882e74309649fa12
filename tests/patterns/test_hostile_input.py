"""Input made to take exponential time: that these tests end at all is what they show."""

from typing import Any

import pytest

from eventyard.patterns import EventPattern


@pytest.mark.parametrize("text", ["a" * 100_000, "ab" * 50_000, "a" * 99_999 + "b"])
def test_hundreds_of_stars_take_one_pass_over_the_text(text: str) -> None:
    pattern = EventPattern.parse({"x": [{"wildcard": "*a" * 500 + "*c"}]})

    assert not pattern.matches({"x": text})


def test_letters_whose_cases_differ_in_length_take_one_pass() -> None:
    pattern = EventPattern.parse({"x": [{"suffix": {"equals-ignore-case": "ß" * 1_000}}]})

    assert pattern.matches({"x": "y" + "SS" * 1_000})
    assert not pattern.matches({"x": "y" + "SS" * 999 + "S"})


def test_many_arrays_side_by_side_are_searched_one_by_one() -> None:
    names = [f"n{index}" for index in range(40)]
    element = {"a": 1, "b": 2}
    event: dict[str, Any] = {name: [element] * 200 for name in names}
    pattern = EventPattern.parse({name: {"a": [1], "b": [2]} for name in names})

    assert pattern.matches(event)
    assert not pattern.matches({**event, "n39": [{"a": 1}, {"b": 2}] * 200})


def test_many_fields_that_may_be_absent_from_many_elements() -> None:
    names = [f"n{index:02}" for index in range(40)]
    pattern = EventPattern.parse({"items": {name: [1, {"exists": False}] for name in names}})

    assert not pattern.matches({"items": [dict.fromkeys(names, 2) for _ in range(500)]})
    assert pattern.matches({"items": [{"n00": 2}] * 500 + [{"n00": 1}]})


def test_arrays_within_arrays_are_searched_level_by_level() -> None:
    value: Any = {"a": 1, "b": 3}
    for _ in range(60):
        value = [value, {"a": 1}, "x"]
    pattern = EventPattern.parse({"v": ["y", {"exists": True}], "v.a": [1], "v.b": [2, {"exists": False}]})

    assert pattern.matches({"v": value})


def test_branches_of_or_multiply_no_further_than_the_service_lets_them() -> None:
    pattern = EventPattern.parse({key: {"$or": [{str(n): [0]} for n in range(10)]} for key in "abc"})

    assert pattern.matches({"a": {"9": 0}, "b": {"9": 0}, "c": {"9": 0}})
    assert not pattern.matches({"a": {"9": 0}, "b": {"9": 0}, "c": {"9": 1}})
