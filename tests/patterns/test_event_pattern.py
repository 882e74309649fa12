import json
from pathlib import Path
from typing import Any

import pytest

from eventyard.errors import EventyardError
from eventyard.patterns import EventPattern, PatternError

CASES = [
    pytest.param(case, id=f"{file.stem}: {case['name']}")
    for file in sorted(Path(__file__).with_name("cases").glob("*.json"))
    if not file.stem.startswith(("filter_policy", "source_filter"))
    for case in json.loads(file.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("case", CASES)
def test_a_pattern_matches_or_is_refused_as_written(case: dict[str, Any]) -> None:
    if "error" in case:
        with pytest.raises(PatternError) as refusal:
            EventPattern.parse(case["pattern"])
        assert refusal.value.where == case["error"], str(refusal.value)
        assert refusal.value.remedy
    else:
        assert EventPattern.parse(case["pattern"]).matches(case["event"]) is case["matches"]


def test_a_pattern_and_an_event_may_be_text_or_parsed() -> None:
    pattern = {"source": ["shop.web"]}
    event = {"source": "shop.web"}

    for given in (pattern, json.dumps(pattern)):
        for happened in (event, json.dumps(event)):
            assert EventPattern.parse(given).matches(happened)


def test_patterns_are_equal_when_they_ask_for_the_same() -> None:
    assert EventPattern.parse({"a": [1]}) == EventPattern.parse('{ "a": [1] }')
    assert EventPattern.parse({"a": [1]}) != EventPattern.parse({"a": [2]})


def test_a_pattern_is_refused_beyond_its_quota_unless_the_quota_was_raised() -> None:
    long = {"source": ["x" * 2_500]}

    with pytest.raises(PatternError, match="2,048"):
        EventPattern.parse(long)
    assert EventPattern.parse(long, max_characters=4_096).matches({"source": "x" * 2_500})


@pytest.mark.parametrize("pattern", [float("nan"), None, b"{}", {"a": [object()]}, {"a": {1, 2}}, {("a",): [1]}])
def test_a_pattern_that_json_has_no_form_for_is_refused(pattern: Any) -> None:  # noqa: ANN401  # wrong on purpose
    with pytest.raises(PatternError):
        EventPattern.parse(pattern)


def test_a_pattern_nested_ten_thousand_levels_deep_is_refused() -> None:
    nested: dict[str, Any] = {"a": [1]}
    for _ in range(10_000):
        nested = {"a": nested}

    for pattern in (nested, '{"a":' * 10_000 + "[1]" + "}" * 10_000, '{"a":' * 500 + "[1]" + "}" * 500):
        with pytest.raises(PatternError):
            EventPattern.parse(pattern, max_characters=1_000_000)
    with pytest.raises(PatternError):
        EventPattern.parse({"." * 2_000: [1]})


@pytest.mark.parametrize("event", ["", "no JSON", "[]", '"text"', '{"a": NaN}', "[" * 100_000, [], None])
def test_an_event_that_is_no_json_object_is_an_error(event: Any) -> None:  # noqa: ANN401  # wrong on purpose
    with pytest.raises(EventyardError) as error:
        EventPattern.parse({"source": ["a"]}).matches(event)

    assert not isinstance(error.value, PatternError)  # the pattern is not to blame


def test_an_event_nested_beyond_reason_is_an_error_where_the_pattern_looks_there() -> None:
    nested: list[Any] = [{"b": 1, "c": 1}]
    for _ in range(20_000):
        nested = [nested]

    assert EventPattern.parse({"x": ["y"]}).matches({"x": "y", "a": nested})
    with pytest.raises(EventyardError, match="nested too deeply"):
        EventPattern.parse({"a": {"b": [1], "c": [1]}}).matches({"a": nested})
