import gc
import json
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from eventyard.errors import EventyardError
from eventyard.patterns import EventPattern, PatternError, PatternSet
from tests.patterns import naive
from tests.patterns.test_against_naive import DOTTED, PLAIN, events, patterns

# Every pattern of a set on every event is a case: ten thousand in every run; `make fuzz` asks for a million.
CASES = int(os.environ.get("EVENTYARD_FUZZ", "10000"))
EACH = 20
EXAMPLES = CASES // EACH**2

WRITTEN = [
    (case["name"], case["pattern"], case["event"], case["matches"])
    for file in sorted(Path(__file__).with_name("cases").glob("*.json"))
    for case in json.loads(file.read_text(encoding="utf-8"))
    if "matches" in case and "pattern" in case and isinstance(case.get("event"), dict)
]

# A failure names its pattern and its event, so it is small as it stands; shrinking twenty patterns takes minutes.
SETTINGS = settings(
    deadline=None,
    derandomize="EVENTYARD_FUZZ" not in os.environ,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def wanted(names: st.SearchStrategy[str]) -> st.SearchStrategy[list[Any]]:
    return st.lists(patterns(names), min_size=EACH, max_size=EACH)


def happened(names: st.SearchStrategy[str]) -> st.SearchStrategy[list[Any]]:
    return st.lists(events(names), min_size=EACH, max_size=EACH)


@settings(SETTINGS, max_examples=EXAMPLES)
@given(wanted(PLAIN | st.just("a.b")), happened(PLAIN))
def test_a_set_matches_as_if_each_pattern_were_tried_on_every_combination(asked: list[Any], sent: list[Any]) -> None:
    together = PatternSet({str(index): pattern for index, pattern in enumerate(asked)})

    for event in sent:
        found = together.match(json.dumps(event))
        assert together.match(event) == found
        for name in together:
            matches = naive.matches(asked[int(name)], event)
            assert (name in found) is matches, f"{asked[int(name)]} on {event}"
            assert together[name].matches(event) is matches, f"{asked[int(name)]} on {event}"


@settings(SETTINGS, max_examples=EXAMPLES)
@given(wanted(DOTTED), happened(DOTTED))
def test_dotted_keys_match_in_a_set_as_they_do_alone(asked: list[Any], sent: list[Any]) -> None:
    together = PatternSet({str(index): pattern for index, pattern in enumerate(asked)})

    for event in sent:
        found = together.match(json.dumps(event))
        assert together.match(event) == found
        assert found == {name for name in together if together[name].matches(event)}, f"{asked} on {event}"


@settings(SETTINGS, max_examples=EXAMPLES)
@given(wanted(PLAIN), happened(PLAIN), st.randoms(use_true_random=False))
def test_a_set_answers_as_one_built_anew_whatever_was_added_and_removed(
    asked: list[Any], sent: list[Any], random: Random
) -> None:
    grown = PatternSet()
    there: dict[str, Any] = {}
    for pattern in asked * 3:
        name = str(random.randrange(EACH))
        if name in there and random.random() < 0.5:
            grown.remove(name)
            del there[name]
        else:
            grown.add(name, pattern)
            there[name] = pattern
    anew = PatternSet(dict(sorted(there.items())))

    assert set(grown) == set(there)
    for event in sent:
        assert grown.match(event) == anew.match(event)


@pytest.mark.parametrize("sure", [{"prefix": "x"}, {"wildcard": "x*"}], ids=str)
def test_values_that_are_found_at_one_place_go_together(sure: dict[str, str]) -> None:
    """Given many patterns of which two values are looked for at one place, when they are removed, then none is left."""
    asked = PatternSet({str(index): {"a": [sure, {"wildcard": "x*y"}]} for index in range(20)})

    assert len(asked.match({"a": "xz"})) == 20
    for name in list(asked):
        asked.remove(name)
    assert asked.match({"a": "xz"}) == set()


def test_every_written_case_matches_in_one_set_of_all_of_them() -> None:
    asked = PatternSet({f"{index} {name}": pattern for index, (name, pattern, _, _) in enumerate(WRITTEN)})

    for index, (name, pattern, event, matches) in enumerate(WRITTEN):
        found = asked.match(event)
        assert (f"{index} {name}" in found) is matches
        assert found == asked.match(json.dumps(event))
        assert found == {one for one in asked if asked[one].matches(event)}, pattern


def test_a_pattern_may_be_text_parsed_or_an_event_pattern() -> None:
    pattern = {"source": ["shop.web"]}
    asked = PatternSet({"dict": pattern, "text": json.dumps(pattern), "parsed": EventPattern.parse(pattern)})

    assert asked.match({"source": "shop.web"}) == {"dict", "text", "parsed"}
    assert asked.match({"source": "shop.app"}) == set()


@pytest.mark.parametrize("value", [True, False, None, 1, 0, "1", "", "true"], ids=repr)
def test_a_value_is_found_by_its_type_as_well(value: object) -> None:
    values = (True, False, None, 1, 0, "1", "", "true")
    asked = PatternSet({repr(one): {"a": [one]} for one in values})

    assert asked.match({"a": value}) == {repr(value)}
    assert asked.match({"a": [value, value, 7]}) == {repr(value)}


def test_a_pattern_that_is_refused_leaves_the_set_as_it_was() -> None:
    asked = PatternSet({"a": {"source": ["x"]}})

    with pytest.raises(PatternError):
        asked.add("a", {"source": []})
    assert asked.match({"source": "x"}) == {"a"}


def test_a_name_added_again_has_the_new_pattern() -> None:
    asked = PatternSet({"a": {"source": ["x"]}})
    asked.add("a", {"source": ["y"]})

    assert asked.match({"source": "x"}) == set()
    assert asked.match({"source": "y"}) == {"a"}
    assert len(asked) == 1


def test_a_name_that_is_not_there_is_refused_by_its_name() -> None:
    with pytest.raises(EventyardError, match="nobody"):
        PatternSet().remove("nobody")
    with pytest.raises(EventyardError, match="nobody"):
        PatternSet().why("nobody", {})


def test_why_is_the_explanation_of_that_one_pattern() -> None:
    pattern = {"detail": {"total": [{"numeric": [">", 100]}]}}
    event = {"detail": {"total": 80}}

    assert str(PatternSet({"big": pattern}).why("big", event)) == str(EventPattern.parse(pattern).explain(event))


def test_siblings_must_lie_in_one_element() -> None:
    asked = crowd({"items": {"sku": ["a"], "size": [{"numeric": [">", 4]}]}})

    assert asked.match({"items": [{"sku": "b", "size": 9}, {"sku": "a", "size": [1, 5]}]}) == set(asked)
    assert asked.match({"items": [{"sku": "a", "size": 1}, {"sku": "b", "size": 9}]}) == set()


def test_siblings_under_a_dotted_key_must_lie_in_one_element() -> None:
    asked = crowd({"detail": {"items": {"sku": ["a"], "size": [1]}}})

    assert asked.match({"detail.items": [{"sku": "a", "size": 1}]}) == set(asked)
    assert asked.match({"detail.items": [{"sku": "a"}, {"size": 1}]}) == set()


@pytest.mark.parametrize("operator", ["equals-ignore-case", "prefix", "suffix"])
def test_letters_that_only_lower_to_those_wanted_are_not_them(operator: str) -> None:
    operand = "k" if operator == "equals-ignore-case" else {"equals-ignore-case": "k"}
    asked = crowd({"a": [{operator: operand}]})

    assert asked.match({"a": "K"}) == set(asked)
    assert asked.match({"a": "\u212a"}) == set()  # the Kelvin sign


def test_a_set_from_which_all_is_removed_holds_nothing_more() -> None:
    asked = PatternSet()
    full = _held(lambda: PatternSet(_tenants(500)))
    left = _held(lambda: _grow_and_shrink(asked, 500))

    assert left < full / 20  # dicts keep the room that they once had
    assert asked.match({"source": "s1"}) == set()


def test_memory_grows_with_the_number_of_patterns_and_no_faster() -> None:
    few = _held(lambda: PatternSet(_tenants(500)))
    many = _held(lambda: PatternSet(_tenants(2_000)))

    assert many < 1.3 * 4 * few


def test_fields_that_all_list_many_values_are_not_multiplied() -> None:
    listed = {"abcdef"[at]: [f"{at}{value}" for value in range(40)] for at in range(6)}

    assert _held(lambda: PatternSet({str(index): listed for index in range(50)})) < 5_000_000


def crowd(pattern: dict[str, Any]) -> PatternSet:
    """The pattern often enough that the index makes tables for it."""
    return PatternSet({str(index): pattern for index in range(20)})


def _tenants(count: int) -> dict[str, Any]:
    return {
        f"r{index}": {
            "source": [f"s{index % 7}"],
            "detail": {"tenant": [f"t{index}"], "state": [{"anything-but": "done"}], "size": [{"numeric": [">", 4]}]},
        }
        for index in range(count)
    }


def _grow_and_shrink(asked: PatternSet, count: int) -> None:
    for name, pattern in _tenants(count).items():
        asked.add(name, pattern)
    for name in list(asked):
        asked.remove(name)


def _held(make: Callable[[], object]) -> int:
    """The bytes that what is made holds."""
    gc.collect()
    tracemalloc.start()
    made = make()
    gc.collect()
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del made
    return size
