import json
from pathlib import Path
from typing import Any

import pytest

from eventyard.patterns import FilterPolicy, PatternError

CASES = [
    pytest.param(case, id=f"{file.stem}: {case['name']}")
    for file in sorted(Path(__file__).with_name("cases").glob("filter_policy*.json"))
    for case in json.loads(file.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("case", CASES)
def test_a_filter_policy_matches_or_is_refused_as_written(case: dict[str, Any]) -> None:
    if "error" in case:
        with pytest.raises(PatternError) as refusal:
            FilterPolicy.parse(case["policy"], scope=case["scope"])
        assert refusal.value.where == case["error"], str(refusal.value)
        assert refusal.value.remedy
    else:
        policy = FilterPolicy.parse(case["policy"], scope=case["scope"])
        matches = policy.matches(attributes=case.get("attributes", {}), body=case.get("body", ""))
        assert matches is case["matches"]


def test_attribute_scope_does_not_look_at_the_body() -> None:
    policy = FilterPolicy.parse({"store": ["a"]})

    assert not policy.matches(attributes={}, body='{"store": "a"}')


def test_body_scope_does_not_look_at_the_attributes() -> None:
    policy = FilterPolicy.parse('{"store": ["a"]}', scope="MessageBody")

    assert not policy.matches(attributes={"store": {"DataType": "String", "StringValue": "a"}}, body="{}")


def test_a_body_nested_beyond_reason_does_not_match() -> None:
    policy = FilterPolicy.parse({"a": {"b": [{"exists": False}]}}, scope="MessageBody")

    assert not policy.matches(body='{"a":' * 100_000 + "1" + "}" * 100_000)
