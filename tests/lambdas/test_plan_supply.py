import pytest

from tests.lambdas.aws_events import PLACED_AT
from tests.lambdas.conftest import Account, Functions
from tests.lambdas.trade import order_placed, stock_low


@pytest.mark.parametrize(("level", "quantity"), [(3, 7), (-2, 12), (10, 1)], ids=["low", "oversold", "on the line"])
def test_what_is_missing_to_the_threshold_is_planned(
    functions: Functions, account: Account, level: int, quantity: int
) -> None:
    # when
    functions.load("plan_supply").invoke(stock_low(level=level))

    # then
    assert account.items("SupplyPlans") == [
        {
            "alert_id": "a-1",
            "sku": "mug",
            "quantity": quantity,
            "warehouse": "Leipzig",
            "alerted_at": PLACED_AT.replace("Z", "+00:00"),
        }
    ]


def test_an_alert_that_comes_again_is_planned_once(functions: Functions, account: Account) -> None:
    # given
    plan_supply = functions.load("plan_supply")
    plan_supply.invoke(stock_low())

    # when
    plan_supply.invoke(stock_low("event-again", level=0))

    # then
    assert [item["quantity"] for item in account.items("SupplyPlans")] == [7]


def test_an_event_of_another_type_fails_the_invocation(functions: Functions, account: Account) -> None:
    with pytest.raises(ValueError, match="handles StockLow, not OrderPlaced"):
        functions.load("plan_supply").invoke(order_placed())
    assert account.items("SupplyPlans") == []
