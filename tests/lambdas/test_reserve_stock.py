import json

from tests.lambdas.aws_events import enveloped
from tests.lambdas.conftest import Account, Functions
from tests.lambdas.trade import order_placed


def test_an_order_is_reserved_with_its_pieces(functions: Functions, account: Account) -> None:
    # when
    failed = functions.load("reserve_stock").receive(enveloped(order_placed()))

    # then
    assert failed == []
    assert account.item("Reservations", "o-1") == {
        "order_id": "o-1",
        "customer_id": "c-1",
        "country": "DE",
        "reserved_at": "2026-03-02T09:30:00+00:00",
        "pieces": {"mug": 2, "pot": 1},
    }


def test_each_article_moves_out_of_the_stock_in_its_own_group(functions: Functions, account: Account) -> None:
    # when
    functions.load("reserve_stock").receive(enveloped(order_placed()))

    # then
    mug, pot = account.take("StockMovements.fifo")
    assert json.loads(mug["Body"]) == {
        "movement_id": "o-1:mug:reserved",
        "sku": "mug",
        "quantity": -2,
        "order_id": "o-1",
        "kind": "reserved",
    }
    assert mug["MessageAttributes"]["kind"] == {"DataType": "String", "StringValue": "reserved"}
    assert mug["Attributes"]["MessageGroupId"] == "mug"
    assert mug["Attributes"]["MessageDeduplicationId"] == "o-1:mug:reserved"
    assert pot["Attributes"]["MessageGroupId"] == "pot"
    assert json.loads(pot["Body"])["quantity"] == -1


def test_an_order_of_more_articles_than_one_call_takes_moves_all(functions: Functions, account: Account) -> None:
    # given
    articles = [f"sku-{number:02}" for number in range(23)]
    lines = [{"sku": sku, "quantity": 1, "price": 100} for sku in articles]

    # when
    failed = functions.load("reserve_stock").receive(enveloped(order_placed(lines=lines)))

    # then
    assert failed == []
    assert sorted(move["sku"] for move in account.take_bodies("StockMovements")) == articles


def test_an_order_whose_movements_could_not_be_published_is_completed_later(
    functions: Functions, account: Account
) -> None:
    # given an order that was put but whose function cannot publish
    order = enveloped(order_placed())
    lost = functions.load("reserve_stock", MOVEMENTS_TOPIC_ARN="arn:aws:sns:us-east-1:111111111111:Gone.fifo")
    assert lost.receive(order) == ["message-1"]
    assert account.take("StockMovements") == []

    # when
    failed = functions.load("reserve_stock").receive(order)

    # then
    assert failed == []
    assert [move["sku"] for move in account.take_bodies("StockMovements")] == ["mug", "pot"]


def test_a_late_repetition_leaves_what_happened_to_the_reservation_since(
    functions: Functions, account: Account
) -> None:
    # given
    reserve_stock = functions.load("reserve_stock")
    reserve_stock.receive(enveloped(order_placed()))
    account.table("Reservations").update_item(
        Key={"order_id": "o-1"},
        UpdateExpression="SET packed_by = :who",
        ExpressionAttributeValues={":who": "Lena"},
    )
    account.forget_work_done()

    # when
    failed = reserve_stock.receive(enveloped(order_placed()))

    # then
    assert failed == []
    assert account.item("Reservations", "o-1")["packed_by"] == "Lena"
