from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.patterns import EventPattern, FilterPolicy, PatternError
from eventyard.patterns.builder import (
    any_of,
    anything_but,
    at_least,
    at_most,
    between,
    cidr,
    exists,
    ignoring_case,
    less_than,
    missing,
    more_than,
    prefix,
    suffix,
    wildcard,
)

if TYPE_CHECKING:
    from collections.abc import Callable

PRICES = (0, 1, 50, 100, 101)


@pytest.mark.parametrize(
    ("written", "pattern"),
    [
        (at_least(100), {"numeric": [">=", 100]}),
        (more_than(0), {"numeric": [">", 0]}),
        (at_most(99.5), {"numeric": ["<=", 99.5]}),
        (less_than(-1), {"numeric": ["<", -1]}),
        (between(1, 100), {"numeric": [">=", 1, "<=", 100]}),
        (between(1, 100, with_low=False), {"numeric": [">", 1, "<=", 100]}),
        (between(1, 100, with_high=False), {"numeric": [">=", 1, "<", 100]}),
        (prefix("EU-"), {"prefix": "EU-"}),
        (prefix(ignoring_case("eu-")), {"prefix": {"equals-ignore-case": "eu-"}}),
        (suffix(".pdf"), {"suffix": ".pdf"}),
        (suffix(ignoring_case(".pdf")), {"suffix": {"equals-ignore-case": ".pdf"}}),
        (ignoring_case("open"), {"equals-ignore-case": "open"}),
        (wildcard(r"EU-*-\*"), {"wildcard": r"EU-*-\*"}),
        (cidr("10.0.0.0/24"), {"cidr": "10.0.0.0/24"}),
        (exists(), {"exists": True}),
        (missing(), {"exists": False}),
        (anything_but("draft"), {"anything-but": "draft"}),
        (anything_but("draft", "cancelled"), {"anything-but": ["draft", "cancelled"]}),
        (anything_but(1, 2.5), {"anything-but": [1, 2.5]}),
        (anything_but(prefix("X")), {"anything-but": {"prefix": "X"}}),
        (anything_but(prefix("X"), prefix("Y")), {"anything-but": {"prefix": ["X", "Y"]}}),
        (anything_but(suffix("X")), {"anything-but": {"suffix": "X"}}),
        (anything_but(wildcard("*X*")), {"anything-but": {"wildcard": "*X*"}}),
        (anything_but(ignoring_case("x")), {"anything-but": {"equals-ignore-case": "x"}}),
        (any_of({"a": [at_least(1)]}, {"b": ["x"]}), {"$or": [{"a": [{"numeric": [">=", 1]}]}, {"b": ["x"]}]}),
    ],
)
def test_each_function_answers_plain_json(written: object, pattern: dict[str, Any]) -> None:
    assert json.loads(json.dumps(written)) == pattern


@pytest.mark.parametrize(
    ("written", "matching"),
    [
        (at_least(100), {100, 101}),
        (more_than(100), {101}),
        (at_most(1), {0, 1}),
        (less_than(1), {0}),
        (between(1, 100), {1, 50, 100}),
        (between(1, 100, with_low=False, with_high=False), {50}),
    ],
)
def test_a_bound_belongs_or_not_as_its_name_says(written: object, matching: set[int]) -> None:
    pattern = EventPattern.parse({"price": [written]})

    assert {price for price in PRICES if pattern.matches({"price": price})} == matching


def test_a_whole_pattern_mixes_with_plain_values_and_matches() -> None:
    pattern = EventPattern.parse(
        {
            "source": [prefix("shop.")],
            "detail": {
                "country": ["DE", anything_but(prefix("X"), prefix("D"))],
                "voucher": [missing()],
                **any_of({"express": [True]}, {"total": [between(1_000, 5_000)]}),
            },
        }
    )

    def matches(**detail: object) -> bool:
        return pattern.matches({"source": "shop.web", "detail": detail})

    assert matches(country="DE", express=True)
    assert matches(country="FR", total=1_000)
    assert not matches(country="DK", express=True)
    assert not matches(country="DE", express=False, total=999)
    assert not matches(country="DE", express=True, voucher="SPRING")


def test_branches_nest() -> None:
    pattern = EventPattern.parse(any_of({"a": [1]}, {"b": any_of({"c": [2]}, {"d": [3]})}))

    assert pattern.matches({"b": {"d": 3}})
    assert not pattern.matches({"b": {"d": 4}})


def test_a_filter_policy_is_written_alike() -> None:
    policy = FilterPolicy.parse({"detail": {"total": [at_least(50_000)]}}, scope="MessageBody")

    assert policy.matches(body='{"detail": {"total": 50000}}')
    assert not policy.matches(body='{"detail": {"total": 49999}}')


@pytest.mark.parametrize(
    ("function", "arguments", "where", "said"),
    [
        (at_least, ["100"], "at_least(bound)", 'the string "100"'),
        (at_most, [True], "at_most(bound)", "not by true"),
        (less_than, [float("nan")], "less_than(bound)", "NaN"),
        (more_than, [1e12], "more_than(bound)", "5,000,000,000"),
        (more_than, [5_000_000_000], "more_than(bound)", "Nothing lies between"),
        (at_least, [Decimal(3)], "at_least", "Decimal"),
        (between, ["1", 2], "between(low)", "a number in quotes is a string"),
        (between, [1, None], "between(high)", "null"),
        (between, [5, 1], "between(low, high)", "Swap the bounds"),
        (prefix, [3], "prefix(text)", "the number 3"),
        (prefix, [at_least(3)], "prefix(text)", "equals-ignore-case"),
        (ignoring_case, [3], "ignoring_case(text)", "the number 3"),
        (suffix, [["a", "b"]], "suffix(text)", "a list"),
        (wildcard, ["a**b"], "wildcard(text)", "Two stars in a row"),
        (wildcard, ["a\\b"], "wildcard(text)", "escapes neither"),
        (cidr, ["10.0.0.0"], "cidr(block)", "no block of addresses"),
        (cidr, ["10.0.0.0/33"], "cidr(block)", "The mask"),
        (anything_but, [], "anything_but(excluded)", "excludes nothing"),
        (anything_but, ["a", None], "anything_but(excluded[1])", "null"),
        (anything_but, ["a", 1], "anything_but(excluded)", "not both"),
        (anything_but, ["a", prefix("b")], "anything_but(excluded[1])", "an object"),
        (anything_but, [prefix("a"), suffix("b")], "anything_but(excluded)", "cannot hold"),
        (anything_but, [prefix("a"), prefix("")], "anything_but(excluded[1])", "An empty prefix"),
        (anything_but, [prefix(ignoring_case("a"))], "anything_but(excluded)", "an object"),
        (anything_but, [exists()], "anything_but(excluded)", '"exists"'),
        (any_of, [], "any_of(branches)", "at least two"),
        (any_of, [{"a": [1]}], "any_of(branches)", "at least two"),
        (any_of, [{"a": [1]}, {}], "any_of(branches[1])", "empty object"),
        (any_of, [{"a": [1]}, [1]], "any_of(branches[1])", "a list"),
        (any_of, [{"a": [1]}, {"b": {"c": [2, {"bigger": 1}]}}], "any_of(branches[1].b.c[1])", '"bigger"'),
        (any_of, [{"a": [1]}, {"b": [object()]}], "any_of", "object"),
    ],
)
def test_nonsense_is_refused_where_it_is_written(
    function: Callable[..., object], arguments: list[Any], where: str, said: str
) -> None:
    with pytest.raises(PatternError) as refusal:
        function(*arguments)

    assert refusal.value.where == where
    assert said in str(refusal.value)
    assert f"In Python: {where.partition('(')[0]}(" in refusal.value.remedy


def test_what_a_function_was_given_stays_as_it_was() -> None:
    branches = [{"a": [1]}, {"b": [2]}]

    any_of(*branches)["$or"].append({"c": [3]})

    assert branches == [{"a": [1]}, {"b": [2]}]
