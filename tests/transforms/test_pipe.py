from __future__ import annotations

from typing import Any

import pytest

from eventyard.errors import TransformError
from eventyard.transforms.pipe import path_value, pipe_input

RECORD = {
    "messageId": "m-1",
    "body": '{"id": 7, "name": "tea", "items": [{"sku": "a"}]}',
    "attributes": {"SenderId": "me"},
}
VARIABLES = {"aws.pipes.pipe-name": "sales"}


# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-input-transformation.html, its examples and notes
@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('"Hello, sender"', '"Hello, sender"'),
        ("<$.attributes.SenderId>", "me"),
        ('"Hello, <$.attributes.SenderId>"', '"Hello, me"'),
        ('{"key1": "value1", "key2": "<$.body.name>"}', '{"key1": "value1", "key2": "tea"}'),
        ('{"sale": <$.body.id>, "all": <$.body.items>}', '{"sale": 7, "all": [{"sku":"a"}]}'),
        ('{"sku": "<$.body.items[0].sku>"}', '{"sku": "a"}'),
        ('{"by": "<aws.pipes.pipe-name>"}', '{"by": "sales"}'),
        ('{"gone": "<$.body.price>"}', '{"gone": ""}'),
        ('{"kept": "<as it is>"}', '{"kept": "<as it is>"}'),
        ("<$.body>", '{"id":7,"name":"tea","items":[{"sku":"a"}]}'),
    ],
)
def test_a_template_becomes_what_the_target_receives(template: str, text: str) -> None:
    assert pipe_input(template, RECORD, VARIABLES) == text


def test_without_a_template_the_record_goes_as_it_is_its_body_unopened() -> None:
    assert pipe_input("", {"body": '{"id": 7}'}, {}) == '{"body":"{\\"id\\": 7}"}'


def test_a_template_whose_result_is_no_json_is_an_error() -> None:
    with pytest.raises(TransformError, match="no valid JSON"):
        pipe_input('{"a": "<$.body.items>"}', RECORD, VARIABLES)


@pytest.mark.parametrize(
    ("text", "record", "value"),
    [
        ("shop.pos", RECORD, "shop.pos"),
        ("$.body.name", RECORD, "tea"),
        ("$.body.id", RECORD, "7"),
        ("$.body.price", RECORD, ""),
        ("$.body.name", {"body": "plain"}, ""),
        ("$.name", {"name": "tea"}, "tea"),
    ],
)
def test_a_parameter_may_be_a_path(text: str, record: Any, value: str) -> None:  # noqa: ANN401 - any JSON value
    assert path_value(text, record) == value
