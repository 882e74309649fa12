import json
from typing import Any

import pytest
from hypothesis import given, settings

from eventyard.errors import EventyardError
from eventyard.patterns import EventPattern, FilterPolicy
from tests.patterns.test_against_naive import DOTTED, PLAIN, events, patterns

LINES = [
    ("a number below", [{"numeric": [">", 100]}], 80, "detail.x: 80 is not > 100"),
    ("a number outside a range", [{"numeric": [">", 0, "<=", 5]}], 6, "detail.x: 6 is not > 0 and <= 5"),
    (
        "a number in quotes",
        [{"numeric": [">", 100]}],
        "180",
        'detail.x: "180" is a string, not a number (wanted > 100)',
    ),
    ("null for a number", [{"numeric": ["<", 5]}], None, "detail.x: null is no number (wanted < 5)"),
    ("too many digits", [{"numeric": [">", 0]}], 0.1234567, "detail.x: 0.1234567 has more digits than are compared"),
    ("too large", [{"numeric": [">", 0]}], 7 * 10**9, "detail.x: 7000000000 is beyond what is compared"),
    ("a trailing space", ["a"], "a ", 'detail.x: "a " has a trailing space (wanted "a")'),
    ("a leading tab", ["a"], "\ta", 'detail.x: "\\ta" has a leading white space (wanted "a")'),
    ("a space too few", ["a "], "a", 'detail.x: "a" lacks the trailing space (wanted "a ")'),
    ("case", ["Running"], "running", 'detail.x: "running" differs in case (wanted "Running")'),
    ("another text", ["on"], "off", 'detail.x: "off" is not "on"'),
    (
        "characters that look alike",
        ["a b"],
        "a\u00a0b",
        'detail.x: "a\\u00a0b" looks the same, but is other characters',
    ),
    ("a number for a string", ["80"], 80, 'detail.x: 80 is a number, not a string (wanted "80")'),
    ("a string for a number", [80], "80", 'detail.x: "80" is a string, not a number (wanted 80)'),
    ("a string for true", [True], "true", 'detail.x: "true" is a string, not true (wanted true)'),
    ("an empty string for null", [None], "", 'detail.x: "" is a string, not null (wanted null)'),
    ("another beginning", [{"prefix": "EU-"}], "US-1", 'detail.x: "US-1" does not begin with "EU-"'),
    ("a beginning in another case", [{"prefix": "EU-"}], "eu-1", 'does not begin with "EU-" (the case differs)'),
    ("a beginning after a space", [{"prefix": "EU-"}], " EU-1", 'does not begin with "EU-", for its leading blanks'),
    ("an end before a space", [{"suffix": ".png"}], "a.png ", 'does not end with ".png", for its trailing blanks'),
    ("another end", [{"suffix": {"equals-ignore-case": ".png"}}], "a.gif", 'does not end with ".png" in any case'),
    ("a number has no end", [{"suffix": "5"}], 15, "15 is a number, not a string (wanted a string that ends"),
    ("another text in any case", [{"equals-ignore-case": "abc"}], "ABD", 'detail.x: "ABD" is not "abc" in any case'),
    ("a space, in any case", [{"equals-ignore-case": "abc"}], "abc ", '"abc " has a trailing space'),
    ("a wildcard's beginning", [{"wildcard": "a/*"}], "b/x", 'is not like "a/*": it does not begin with "a/"'),
    ("a wildcard's middle", [{"wildcard": "a*/lib/*"}], "a/bin/x", 'is not like "a*/lib/*": no "/lib/" after "a"'),
    ("a wildcard's end", [{"wildcard": "a*.png"}], "a.gif", 'is not like "a*.png": it does not end with ".png"'),
    ("a wildcard's parts overlap", [{"wildcard": "ab*ba"}], "aba", 'its end "ba" is used up before'),
    ("an excluded value", [{"anything-but": ["a", "b"]}], "b", 'detail.x: "b" is excluded'),
    ("an excluded end", [{"anything-but": {"suffix": "x"}}], "ax", '"ax" is excluded as a string that ends with "x"'),
    ("an address outside", [{"cidr": "10.0.0.0/24"}], "10.0.1.0", '"10.0.1.0" is not an address in 10.0.0.0/24'),
    ("no address", [{"cidr": "10.0.0.0/24"}], "here", '"here" is no IP address (wanted an address in 10.0.0.0/24)'),
    ("there, wanted absent", [{"exists": False}], 5, "detail.x: 5 is there (wanted no such field)"),
    ("the nearest of many wanted", ["far", "abd"], "abc", 'detail.x: "abc" is not "abd"; nor is it the other wanted'),
    (
        "the nearest of many found",
        ["b"],
        ["xyz", "B"],
        'detail.x[1]: "B" differs in case (wanted "b"); nor is the other',
    ),
    ("an object", ["a"], {"y": 1}, "detail.x: detail.x is an object with y; only values are compared"),
    ("an empty array", ["a"], [], "detail.x: detail.x is an empty array"),
]


@pytest.mark.parametrize(("values", "found", "words"), [pytest.param(*line[1:], id=line[0]) for line in LINES])
def test_a_value_is_put_beside_what_was_wanted(values: list[Any], found: Any, words: str) -> None:  # noqa: ANN401  # any JSON
    explanation = EventPattern.parse({"detail": {"x": values}}).explain({"detail": {"x": found}})

    assert not explanation.matches
    assert words in str(explanation)


def explained(pattern: dict[str, Any], event: dict[str, Any]) -> str:
    return str(EventPattern.parse(pattern).explain(event))


def test_a_misspelled_field_is_told_the_name_that_the_event_has() -> None:
    assert "detail.totl? the event has detail.total" in explained({"detail": {"totl": [1]}}, {"detail": {"total": 1}})
    assert "detail.order_id? the event has detail.orderId" in explained(
        {"detail": {"order_id": ["a"]}}, {"detail": {"customer": 1, "orderId": "a"}}
    )


def test_a_field_sought_at_the_wrong_level_is_told_where_it_is() -> None:
    assert "total? the event has detail.total" in explained({"total": [1]}, {"detail": {"total": 1}})


def test_a_field_that_is_nowhere_is_missing() -> None:
    assert "detail.zone is missing (wanted 1)" in explained({"detail": {"zone": [1]}}, {"detail": {"total": 1}})


def test_a_detail_that_is_a_string_of_json_is_no_object() -> None:
    text = explained({"detail": {"total": [1]}}, {"detail": json.dumps({"total": 1})})

    assert "detail.total: detail is a string of JSON, not an object" in text


def test_the_nearest_miss_comes_first_and_what_is_met_last() -> None:
    text = explained(
        {
            "source": ["shop.web"],
            "detail-type": ["OrderPlaced"],
            "detail": {"aisle": ["x"], "total": [{"numeric": [">", 100]}]},
        },
        {"source": "shop.web", "detail-type": "OrderPlaced ", "detail": {"total": 80}},
    )

    assert text.splitlines() == [
        "No match: 3 of 4 differ.",
        '  detail-type: "OrderPlaced " has a trailing space (wanted "OrderPlaced")',
        "  detail.total: 80 is not > 100",
        '  detail.aisle is missing (wanted "x")',
        '  as wanted: source: "shop.web"',
    ]


def test_a_match_says_by_which_value() -> None:
    text = explained(
        {"source": [{"prefix": "shop."}], "detail": {"total": [1, {"numeric": [">", 5]}], "void": [{"exists": False}]}},
        {"source": "shop.web", "detail": {"total": [0, 9]}},
    )

    assert text.splitlines() == [
        "Match.",
        "  detail.total[1]: 9 (wanted > 5)",
        "  detail.void is absent",
        '  source: "shop.web" (wanted a string that begins with "shop.")',
    ]


def test_a_match_within_an_array_names_the_element_that_has_it_all() -> None:
    text = explained(
        {"items": {"sku": ["a", "b"], "n": [2]}},
        {"items": [{"sku": "a", "n": 1}, {"sku": "b", "n": 2}]},
    )

    assert text.splitlines() == ["Match.", "  items[1].n: 2", '  items[1].sku: "b"']


def test_elements_that_meet_all_fields_only_between_them_are_told_with_the_closest() -> None:
    text = explained(
        {"items": {"colour": ["red"], "n": [{"numeric": [">=", 5]}], "sku": ["a"]}},
        {"items": [{"sku": "b", "n": 7, "colour": "red"}, {"sku": "a", "n": 4, "colour": "red"}, {"n": 9}]},
    )

    assert "items: each field matches somewhere, but no single element matches all (colour and n and sku)" in text
    assert 'the closest is items[0]: items[0].sku: "b" is not "a"' in text


def test_the_closest_element_of_an_inner_array_is_found() -> None:
    text = explained(
        {"orders": {"id": [2], "items": {"sku": ["B"], "n": [1]}}},
        {"orders": [{"id": 1, "items": []}, {"id": 2, "items": [{"sku": "A", "n": 1}, {"sku": "B", "n": 2}]}]},
    )

    assert "orders[1].items: each field matches somewhere" in text


def test_an_absence_that_another_element_spoils_is_told() -> None:
    pattern = {"items": {"a": ["y", {"exists": False}], "b": [1]}}

    text = explained(pattern, {"items": [{"b": 1}, {"a": "y", "b": 3}]})
    assert 'items[0] would by itself, but "exists": false looks at other elements too' in text

    text = explained(pattern, {"items": [{"b": 1}, {"a": "z", "b": 3}]})
    assert 'items[1].a: "z" is not "y"' in text


def test_every_branch_of_or_is_explained_the_nearest_first() -> None:
    pattern = {"source": ["s"], "detail": {"$or": [{"c": ["x"], "d": [1]}, {"e": [{"numeric": [">", 5]}]}]}}
    explanation = EventPattern.parse(pattern).explain({"source": "s", "detail": {"c": "y", "e": 4}})

    assert [one.branches for one in explanation.alternatives] == [("detail.$or[1]",), ("detail.$or[0]",)]
    assert str(explanation).splitlines() == [
        "No match in any branch of $or; the nearest first.",
        "detail.$or[1]: 1 of 2 differs",
        "  detail.e: 4 is not > 5",
        '  as wanted: source: "s"',
        "detail.$or[0]: 2 of 3 differ",
        '  detail.c: "y" is not "x"',
        "  detail.d is missing (wanted 1)",
        '  as wanted: source: "s"',
    ]


def test_a_match_names_the_branch_of_or() -> None:
    explanation = EventPattern.parse({"$or": [{"a": [1]}, {"b": [2]}]}).explain({"b": 2})

    assert explanation.alternatives[0].branches == ("$or[1]",)
    assert [finding.words for finding in explanation.alternatives[0].findings] == ["b: 2"]


def test_a_finding_holds_what_was_wanted_and_what_there_is() -> None:
    (alternative,) = EventPattern.parse({"x": [1, {"prefix": "a"}]}).explain({"x": [3, "b"]}).alternatives
    (finding,) = alternative.findings

    assert finding.path == "x"
    assert finding.wanted == '1 or a string that begins with "a"'
    assert finding.found == (3, "b")
    assert not finding.met


def test_an_event_that_is_no_json_is_the_same_error_as_in_matching() -> None:
    with pytest.raises(EventyardError, match="not valid JSON"):
        EventPattern.parse({"x": [1]}).explain("{")


def test_a_filter_policy_explains_attributes_and_bodies() -> None:
    attributes = {"store": {"DataType": "String", "StringValue": "A"}}
    by_attributes = FilterPolicy.parse({"store": ["a"]})
    by_body = FilterPolicy.parse({"order": {"total": [{"numeric": [">", 9]}]}}, scope="MessageBody")

    assert 'store: "A" differs in case (wanted "a")' in str(by_attributes.explain(attributes=attributes))
    assert "order.total: 8 is not > 9" in str(by_body.explain(body='{"order": {"total": 8}}'))
    assert "the body is no JSON object" in str(by_body.explain(body="total 8"))
    assert by_body.explain(body='{"order": {"total": 10}}').matches


def test_large_events_and_patterns_are_explained_in_linear_time() -> None:
    names = [f"n{index:02}" for index in range(40)]
    event = {"items": [dict.fromkeys(names, "y" * 200) for _ in range(2_000)]}
    fields = {name: ["x" * 50 + str(n) for n in range(40)] for name in names}
    pattern = EventPattern.parse({"items": {**fields, "$or": [{"a": [1]}, {"b": [2]}]}}, max_characters=10**6)

    assert len(str(pattern.explain(event))) < 30_000


@settings(max_examples=1_000, deadline=None, derandomize=True)
@given(patterns(PLAIN), events(PLAIN))
def test_an_explanation_agrees_with_the_match(pattern: Any, event: Any) -> None:  # noqa: ANN401  # generated JSON
    agrees(pattern, event)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(patterns(DOTTED), events(DOTTED))
def test_an_explanation_agrees_with_the_match_over_dotted_keys(pattern: Any, event: Any) -> None:  # noqa: ANN401  # generated JSON
    agrees(pattern, event)


def agrees(pattern: Any, event: Any) -> None:  # noqa: ANN401  # generated JSON
    parsed = EventPattern.parse(pattern)
    explanation = parsed.explain(event)

    assert explanation.matches is parsed.matches(event)
    assert all(bool(alternative.missed) is not explanation.matches for alternative in explanation.alternatives)
    assert str(explanation).startswith("Match." if explanation.matches else "No match")
