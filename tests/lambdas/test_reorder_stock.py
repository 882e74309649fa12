import pytest

from tests.lambdas.conftest import Account, Functions, Log
from tests.lambdas.trade import payment_taken, stock_low


@pytest.mark.parametrize(
    ("level", "threshold", "quantity"),
    [(3, 10, 17), (0, 10, 20), (-4, 10, 24), (25, 10, 1)],
    ids=["low", "empty", "oversold", "more than full by now"],
)
def test_a_purchase_order_fills_the_shelf_to_twice_its_threshold(
    level: int, threshold: int, quantity: int, functions: Functions, account: Account
) -> None:
    # when
    functions.load("reorder_stock").invoke(stock_low(level=level, threshold=threshold))

    # then
    assert account.take_bodies("PurchaseOrders") == [
        {"alert_id": "a-1", "sku": "mug", "quantity": quantity, "warehouse": "Leipzig"}
    ]


def test_an_alert_is_answered_once(functions: Functions, account: Account) -> None:
    # given
    reorder_stock = functions.load("reorder_stock")
    reorder_stock.invoke(stock_low())
    account.take("PurchaseOrders")

    # when the same event comes again, and the same alert under another event id
    reorder_stock.invoke(stock_low())
    reorder_stock.invoke(stock_low("event-again"))

    # then
    assert account.take("PurchaseOrders") == []


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (stock_low(threshold=None), "detail.threshold"),
        (payment_taken("event-stock"), "handles StockLow, not PaymentTaken"),
    ],
    ids=["invalid", "of another type"],
)
def test_an_event_it_cannot_read_fails_the_invocation_and_is_named_in_the_log(
    event: dict[str, object], reason: str, log: Log, functions: Functions, account: Account
) -> None:
    # given
    reorder_stock = functions.load("reorder_stock")

    # when
    with pytest.raises(ValueError, match=reason):
        reorder_stock.invoke(event)

    # then
    assert reason in log.failures()["event-stock"]
    assert account.take("PurchaseOrders") == []
