import json

import pytest

from tests.lambdas.aws_events import PLACED_AT, topic_invocation
from tests.lambdas.conftest import Account, Functions
from tests.lambdas.trade import return_requested


def test_a_return_is_filed_with_its_pieces_and_without_the_customer(functions: Functions, account: Account) -> None:
    # given
    lines = [{"sku": "mug", "quantity": 1}, {"sku": "pot", "quantity": 2}, {"sku": "mug", "quantity": 3}]

    # when
    functions.load("file_return").invoke(topic_invocation(json.dumps(return_requested(lines=lines))))

    # then
    assert account.items("FiledReturns") == [
        {
            "return_id": "r-1",
            "order_id": "o-1",
            "reason": "one mug is chipped",
            "requested_at": PLACED_AT.replace("Z", "+00:00"),
            "pieces": {"mug": 4, "pot": 2},
        }
    ]


def test_a_return_that_is_told_again_is_filed_once(functions: Functions, account: Account) -> None:
    # given
    file_return = functions.load("file_return")
    file_return.invoke(topic_invocation(json.dumps(return_requested())))

    # when
    file_return.invoke(topic_invocation(json.dumps(return_requested("event-again", reason="another"))))

    # then
    assert [item["reason"] for item in account.items("FiledReturns")] == ["one mug is chipped"]


def test_a_message_that_is_no_event_fails_the_invocation(functions: Functions, account: Account) -> None:
    with pytest.raises(ValueError, match="no JSON"):
        functions.load("file_return").invoke(topic_invocation("{not json"))
    assert account.items("FiledReturns") == []
