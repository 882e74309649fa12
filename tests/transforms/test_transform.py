import json
from pathlib import Path
from typing import Any

import pytest

from eventyard.errors import TransformError
from eventyard.transforms import check_target, transform

FOLDER = Path(__file__).with_name("cases")
EVENT = json.loads((FOLDER / "event.json").read_text(encoding="utf-8"))
CASES = [
    pytest.param(case, id=f"{file.stem}: {case['name']}")
    for file in sorted(FOLDER.glob("input*.json"))
    for case in json.loads(file.read_text(encoding="utf-8"))
]


def received(target: dict[str, Any], event: dict[str, Any] = EVENT) -> str:
    check_target(target)
    return transform(
        target,
        event,
        rule_arn="arn:aws:events:eu-central-1:111111111111:rule/shop/placed",
        rule_name="placed",
        ingestion_time="2026-01-02T03:04:06Z",
    )


@pytest.mark.parametrize("case", CASES)
def test_a_target_receives_its_input_or_is_refused_as_written(case: dict[str, Any]) -> None:
    if "refused" in case:
        with pytest.raises(TransformError) as refusal:
            check_target(case["target"])
        assert refusal.value.where == case["refused"], str(refusal.value)
        assert refusal.value.remedy
    elif "undeliverable" in case:
        with pytest.raises(TransformError) as failure:
            received(case["target"])
        assert failure.value.where == case["undeliverable"], str(failure.value)
        assert failure.value.remedy
    else:
        assert received(case["target"]) == case["receives"]


def test_text_beyond_ascii_goes_out_as_it_came_in() -> None:
    assert received({"InputPath": "$.detail.city"}, {"detail": {"city": "Köln 📦"}}) == '"Köln 📦"'


def test_a_value_that_looks_like_a_placeholder_is_not_filled_in_again() -> None:
    target = {"InputTransformer": {"InputPathsMap": {"a": "$.a", "b": "$.b"}, "InputTemplate": '{"x": <a>}'}}

    assert received(target, {"a": "<b>", "b": "secret"}) == '{"x": "<b>"}'


def test_the_event_is_left_as_it_was() -> None:
    before = json.dumps(EVENT)

    received({"InputTransformer": {"InputTemplate": "<aws.events.event>"}})

    assert json.dumps(EVENT) == before


def test_a_result_too_deep_for_a_json_parser_is_undeliverable() -> None:
    target = {"InputTransformer": {"InputTemplate": "[" * 8_000}}

    with pytest.raises(TransformError):
        received(target)
