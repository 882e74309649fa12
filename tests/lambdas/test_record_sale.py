import json

from tests.lambdas.aws_events import PLACED_AT, raw
from tests.lambdas.conftest import Account, Functions, Log
from tests.lambdas.trade import order_placed, payment_taken


def test_a_sale_is_kept_without_the_customer(functions: Functions, account: Account) -> None:
    # when
    failed = functions.load("record_sale").receive(raw(order_placed()))

    # then
    assert failed == []
    assert account.items("Sales") == [
        {
            "order_id": "o-1",
            "country": "DE",
            "currency": "EUR",
            "total": 7_000,
            "pieces": 3,
            "channel": "shop.web",
            "placed_at": PLACED_AT.replace("Z", "+00:00"),
        }
    ]


def test_an_order_that_is_told_again_is_kept_as_it_was_first(functions: Functions, account: Account) -> None:
    # given
    record_sale = functions.load("record_sale")
    record_sale.receive(raw(order_placed()))

    # when
    failed = record_sale.receive(raw(order_placed("event-again", total=1)))

    # then
    assert failed == []
    assert account.item("Sales", "o-1")["total"] == 7_000


def test_what_it_cannot_read_is_handed_back_alone_and_named(log: Log, functions: Functions, account: Account) -> None:
    # when
    failed = functions.load("record_sale").receive("{not json", raw(order_placed()), json.dumps(payment_taken()))

    # then
    assert failed == ["message-1", "message-3"]
    assert [item["order_id"] for item in account.items("Sales")] == ["o-1"]
    assert set(log.failures()) == {"message-1", "message-3"}
