"""Input made to take exponential time, or to be no JSON: that these tests end at all is part of what they show."""

import json
import tracemalloc
from typing import Any

import pytest

from eventyard.errors import EventyardError
from eventyard.patterns import PatternSet

PATTERNS: dict[str, Any] = {
    "exact": {"a": ["x"], "b": ["x"], "c": ["x"]},
    "prefix": {"a": [{"prefix": "x"}], "b": [{"prefix": "xy"}], "c": [{"suffix": "y"}]},
    "stars": {"a": [{"wildcard": "*x" * 200 + "*z"}]},
    "range": {"a": [{"numeric": [">", 0, "<", 5]}]},
    "not": {"a": [{"anything-but": "x"}], "d": [{"exists": False}]},
    "either": {"$or": [{"a": ["x"]}, {"a": {"b": [1]}}]},
    "elements": {"items": {"sku": ["none"], "size": [1]}},
}


@pytest.mark.parametrize(
    "event",
    ["", "{", "[]", "null", "3", '"x"', '{"a": NaN}', '{"a": Infinity}', '{"a": 1} {}', '{"a":' * 10_000, "[" * 10_000],
)
def test_what_is_no_json_object_is_refused(event: str) -> None:
    with pytest.raises(EventyardError) as refusal:
        PatternSet(PATTERNS).match(event)
    assert refusal.value.where == "event"


def test_text_nested_ten_thousand_levels_deep_is_refused() -> None:
    with pytest.raises(EventyardError, match="deep"):
        PatternSet(PATTERNS).match('{"a":' * 10_000 + "1" + "}" * 10_000)


@pytest.mark.parametrize("key", ["a", "a.b"])
def test_a_dict_nested_ten_thousand_levels_deep_is_matched(key: str) -> None:
    nested: dict[str, Any] = {"x": "x"}
    for _ in range(10_000):
        nested = {key: nested}

    assert PatternSet(PATTERNS).match({"a": "xy", key: nested}) <= {"not", "prefix"}


def test_arrays_nested_ten_thousand_levels_deep_are_matched() -> None:
    nested: list[Any] = ["x"]
    for _ in range(10_000):
        nested = [nested]

    assert PatternSet(PATTERNS).match({"a": nested}) == {"either"}


def test_what_only_the_matcher_can_decide_is_refused_where_it_is_too_deep() -> None:
    nested: list[Any] = [{"b": 1}]
    for _ in range(10_000):
        nested = [nested]

    with pytest.raises(EventyardError, match="deep"):
        PatternSet({"x": {"a": {"b": [1], "c": {"d": [{"exists": False}]}}}}).match({"a": nested})


@pytest.mark.parametrize("dot", ["", "."])
def test_an_event_of_a_mebibyte(dot: str) -> None:
    event = {"a": ["x" * 1_000] * 1_000, f"k{dot}" * 10_000: {str(index): index for index in range(5_000)}}

    assert PatternSet(PATTERNS).match(json.dumps(event)) == {"not"}


def test_a_long_key_above_many_others_is_not_copied_for_each() -> None:
    event = {"k." * 50_000: {str(index): index for index in range(2_000)}, "a": "x"}
    asked = PatternSet(PATTERNS)

    tracemalloc.start()
    assert asked.match(event) == {"either"}
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 5_000_000


def test_a_text_of_a_million_dots() -> None:
    assert PatternSet(PATTERNS).match(json.dumps({"a": "x", "b": "." * 1_000_000})) == {"either"}


def test_a_thousand_values_that_lead_the_same_way_are_followed_once() -> None:
    names = [f"f{index}" for index in range(20)]
    pattern = {name: [{"prefix": "x"}] for name in names} | {"z": [{"anything-but": "x"}]}
    asked = PatternSet({str(index): pattern for index in range(200)})
    event = {name: [f"x{index}" for index in range(1_000)] for name in names}

    assert asked.match(event | {"z": "x"}) == set()
    assert asked.match(event | {"z": "y"}) == set(asked)


def test_a_thousand_elements_of_an_array() -> None:
    asked = PatternSet({str(index): {"items": {"sku": [index], "size": [index + 1]}} for index in range(300)})

    assert asked.match({"items": [{"sku": index, "size": index} for index in range(1_000)]}) == set()
    assert asked.match({"items": [{"sku": index, "size": index + 1} for index in range(1_000)]}) == set(asked)


def test_lone_surrogates_are_texts_like_others() -> None:
    asked = PatternSet({"half": '{"a": ["\\ud800"]}', "begins": '{"a": [{"prefix": "\\ud800"}]}'})

    assert asked.match('{"a": "\\ud800"}') == {"half", "begins"}
    assert asked.match('{"a": "\\ud800\\udc00"}') == set()


def test_numbers_beyond_all_bounds() -> None:
    asked = PatternSet(PATTERNS)

    for number in ("1e400", "-1e400", "1" + "0" * 400, "1e-400"):
        assert asked.match(f'{{"a": {number}}}') == {"not"}
    assert asked.match({"a": float("nan")}) == {"not"}
    assert asked.match({"a": {1, 2}}) == {"not"}  # no JSON has sets


def test_a_dotted_key_spelled_with_an_escape_is_seen() -> None:
    asked = PatternSet({"b": {"a": {"b": [1]}}})

    for text in ('{"a.b": 1}', '{"a\\u002eb": 1}', '{"a\\u002Eb" : 1}', '{"q": "x.\\"y", "a.b"\n:1}'):
        assert asked.match(text) == {"b"}


def test_a_field_that_patterns_left_is_read_again_when_others_come() -> None:
    asked = PatternSet({"stays": {"a": {"b": ["x"]}}})
    for _ in range(2):
        for index in range(20):
            asked.add(str(index), {"a": {"c": {"d": [{"prefix": "y"}]}, "b": [str(index)]}})
        assert asked.match({"a": {"b": "7", "c": [{"d": "yes"}]}}) == {"7"}
        for index in range(20):
            asked.remove(str(index))
        assert asked.match({"a": {"b": ["7", "x"], "c": {"d": "yes"}}}) == {"stays"}
