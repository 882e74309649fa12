import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from eventyard.patterns import EventPattern
from tests.patterns import naive

# Few names, few values: collisions are what finds mistakes.
TEXTS = st.sampled_from(["", "x", "X", "xy", "yx", "xyx", "x*", "10.0.0.1", "10.0.0.9"])
NUMBERS = st.sampled_from([-1, 0, 1, 1.0, 1.5, 2, 3e2])
LEAVES = TEXTS | NUMBERS | st.booleans() | st.none()
AFFIXES = st.sampled_from(["x", "y", "xy", "Xy"])


def one_or_many(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return values | st.lists(values, min_size=1, max_size=2)


WILDCARDS = st.sampled_from(["*", "x*", "*x", "x*x", "*y*", "x\\*", "x*y*x", ""])
OPERATORS = st.one_of(
    st.booleans().map(lambda there: {"exists": there}),
    st.fixed_dictionaries({"prefix": AFFIXES | st.just("")}),
    st.fixed_dictionaries({"suffix": AFFIXES | st.just("")}),
    st.fixed_dictionaries({"prefix": st.fixed_dictionaries({"equals-ignore-case": AFFIXES})}),
    st.fixed_dictionaries({"suffix": st.fixed_dictionaries({"equals-ignore-case": AFFIXES})}),
    st.fixed_dictionaries({"equals-ignore-case": AFFIXES}),
    st.fixed_dictionaries({"wildcard": WILDCARDS}),
    st.fixed_dictionaries({"anything-but": one_or_many(TEXTS) | one_or_many(NUMBERS)}),
    st.fixed_dictionaries({"anything-but": st.fixed_dictionaries({"prefix": one_or_many(AFFIXES)})}),
    st.fixed_dictionaries({"anything-but": st.fixed_dictionaries({"suffix": one_or_many(AFFIXES)})}),
    st.fixed_dictionaries({"anything-but": st.fixed_dictionaries({"wildcard": one_or_many(WILDCARDS)})}),
    st.tuples(st.sampled_from(["=", "<", "<=", ">", ">="]), NUMBERS).map(lambda pair: {"numeric": list(pair)}),
    st.just({"numeric": [">", 0, "<=", 1.5]}),
    st.just({"cidr": "10.0.0.0/29"}),
)


def patterns(names: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    values = st.lists(LEAVES | OPERATORS | st.just({"exists": False}), min_size=1, max_size=2)

    def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        plain = st.dictionaries(names, values | inner, min_size=1, max_size=3)
        either = st.fixed_dictionaries({"$or": st.lists(inner, min_size=2, max_size=3)})
        return plain | st.builds(lambda one, two: {**one, **two}, plain, either)

    flat = st.dictionaries(names, values, min_size=1, max_size=3)
    return st.recursive(flat, objects, max_leaves=4)


def events(names: st.SearchStrategy[str], elements: st.SearchStrategy[Any] | None = None) -> st.SearchStrategy[Any]:
    """Objects of leaves, objects and arrays; the arrays' elements are `elements`, or anything."""

    def values(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        held = inner if elements is None else elements
        return st.dictionaries(names, inner, max_size=3) | st.lists(held, max_size=3)

    return st.dictionaries(names, st.recursive(LEAVES, values, max_leaves=12), max_size=3)


PLAIN = st.sampled_from(["a", "b", "c"])
DOTTED = st.sampled_from(["a", "b", "a.b", "b.a", "a.b.a"])


@settings(max_examples=1_500, deadline=None, derandomize=True)
@given(patterns(PLAIN | st.just("a.b")), events(PLAIN))
def test_arrays_of_objects_match_as_if_every_combination_were_tried(pattern: Any, event: Any) -> None:  # noqa: ANN401  # generated JSON
    assert EventPattern.parse(pattern).matches(event) is naive.matches(pattern, event)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(patterns(DOTTED), events(DOTTED, LEAVES))
def test_dotted_keys_match_as_if_the_event_were_flat(pattern: Any, event: Any) -> None:  # noqa: ANN401  # generated JSON
    assert EventPattern.parse(pattern).matches(event) is naive.matches(pattern, event)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.lists(OPERATORS | LEAVES, min_size=1, max_size=2), LEAVES | st.lists(LEAVES, max_size=3))
def test_operators_match_what_they_say(values: Any, found: Any) -> None:  # noqa: ANN401  # generated JSON
    pattern, event = {"a": values}, {"a": found}

    assert EventPattern.parse(json.dumps(pattern)).matches(json.dumps(event)) is naive.matches(pattern, event)
