import base64
import json
from pathlib import Path
from typing import Any

import pytest

from eventyard.patterns import PatternError, SourceFilter

CASES = [
    pytest.param(case, id=case["name"])
    for case in json.loads(Path(__file__).with_name("cases").joinpath("source_filter.json").read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("case", CASES)
def test_a_filter_matches_or_is_refused_as_written(case: dict[str, Any]) -> None:
    if "error" in case:
        with pytest.raises(PatternError) as refusal:
            SourceFilter.parse(case["criteria"], source=case.get("source_of_records"))
        assert refusal.value.where == case["error"], str(refusal.value)
        assert refusal.value.remedy
    else:
        source_filter = SourceFilter.parse(case["criteria"], source=case.get("source_of_records"))
        assert source_filter.matches(record(case["record"])) is case["matches"]


def record(short: dict[str, Any]) -> dict[str, Any]:
    """A record; `data` is what a Kinesis record carries, before its base64."""
    if "data" in short:
        return {
            "eventSource": "aws:kinesis",
            "eventName": "aws:kinesis:record",
            "kinesis": {
                "partitionKey": "1",
                "data": base64.b64encode(short["data"].encode()).decode(),
            },
        }
    if "body" in short:
        return {"messageId": "m-1", "eventSource": "aws:sqs", **short}
    return {"eventSource": "aws:dynamodb", **short}


def test_criteria_may_be_text_or_parsed_or_one_pattern() -> None:
    pattern = {"body": {"kind": ["a"]}}
    criteria = {"Filters": [{"Pattern": json.dumps(pattern)}]}

    for given in (criteria, json.dumps(criteria), pattern, json.dumps(pattern)):
        assert SourceFilter.parse(given).matches({"body": '{"kind": "a"}'})
        assert not SourceFilter.parse(given).matches({"body": '{"kind": "b"}'})


def test_a_sixth_filter_is_refused_unless_the_quota_was_raised() -> None:
    criteria = {"Filters": [{"Pattern": '{"body": ["a"]}'}] * 6}

    with pytest.raises(PatternError, match="at most 5"):
        SourceFilter.parse(criteria)
    assert SourceFilter.parse(criteria, max_filters=10).matches({"body": "a"})


def test_kinesis_data_that_are_no_text_are_no_json() -> None:
    binary = {"kinesis": {"partitionKey": "1", "data": base64.b64encode(b"\xff\xfe").decode()}}

    assert not SourceFilter.parse({"data": {"a": [{"exists": False}]}}).matches(binary)
    assert not SourceFilter.parse({"data": {"a": [1]}}).matches({"kinesis": {"data": "no base64!"}})
    assert SourceFilter.parse({"partitionKey": ["1"]}).matches(binary)


def test_a_record_is_left_as_it_was() -> None:
    message = {"body": '{"a": 1}'}

    assert SourceFilter.parse({"body": {"a": [1]}}).matches(message)
    assert message == {"body": '{"a": 1}'}


def test_a_body_nested_beyond_reason_does_not_match() -> None:
    source_filter = SourceFilter.parse({"body": {"a": {"b": [{"exists": False}]}}})

    assert not source_filter.matches({"body": '{"a":' * 100_000 + "1" + "}" * 100_000})


def test_a_pattern_longer_than_the_api_takes_is_refused() -> None:
    with pytest.raises(PatternError, match="4,096"):
        SourceFilter.parse({"body": ["x" * 4_096]})
