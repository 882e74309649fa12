import json

from tests.lambdas.aws_events import enveloped
from tests.lambdas.conftest import Account, Functions
from tests.lambdas.trade import return_requested


def test_a_return_is_kept_with_its_pieces(functions: Functions, account: Account) -> None:
    # when
    failed = functions.load("receive_return").receive(enveloped(return_requested()))

    # then
    assert failed == []
    assert account.item("Returns", "r-1") == {
        "return_id": "r-1",
        "order_id": "o-1",
        "customer_id": "c-1",
        "reason": "one mug is chipped",
        "requested_at": "2026-03-02T09:30:00+00:00",
        "pieces": {"mug": 1},
    }


def test_what_comes_back_moves_into_the_stock(functions: Functions, account: Account) -> None:
    # when
    functions.load("receive_return").receive(enveloped(return_requested()))

    # then
    (mug,) = account.take("StockMovements.fifo")
    assert json.loads(mug["Body"]) == {
        "movement_id": "r-1:mug:returned",
        "sku": "mug",
        "quantity": 1,
        "order_id": "o-1",
        "kind": "returned",
    }
    assert mug["MessageAttributes"]["kind"] == {"DataType": "String", "StringValue": "returned"}
    assert mug["Attributes"]["MessageGroupId"] == "mug"
    assert mug["Attributes"]["MessageDeduplicationId"] == "r-1:mug:returned"


def test_two_returns_of_one_order_are_both_received(functions: Functions, account: Account) -> None:
    # given
    first, second = return_requested(), return_requested(return_id="r-2")

    # when
    functions.load("receive_return").receive(enveloped(first), enveloped(second))

    # then
    assert [item["return_id"] for item in account.items("Returns")] == ["r-1", "r-2"]
    assert [move["movement_id"] for move in account.take_bodies("StockMovements")] == [
        "r-1:mug:returned",
        "r-2:mug:returned",
    ]
