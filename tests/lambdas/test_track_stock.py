import json

from tests.lambdas.aws_events import fifo_batch
from tests.lambdas.conftest import Account, Function, Functions, Log, failed
from tests.lambdas.trade import movement


def receive(track_stock: Function, *messages: tuple[str, str, str]) -> list[str]:
    """Invokes it with messages (id, group, body) of its FIFO queue; the ids of those handed back."""
    return failed(track_stock.invoke(fifo_batch(messages)))


def moves(message_id: str, movement_id: str, *, sku: str = "mug", quantity: int = -1) -> tuple[str, str, str]:
    body = movement(movement_id, sku=sku, quantity=quantity)
    return message_id, sku, json.dumps(body)


def test_movements_change_the_level_and_are_noted_in_their_order(functions: Functions, account: Account) -> None:
    # given
    track_stock = functions.load("track_stock")

    # when
    failed = receive(
        track_stock,
        moves("message-1", "o-2:mug:reserved", quantity=-2),
        moves("message-2", "o-1:mug:reserved", quantity=-5),
        moves("message-3", "r-1:mug:returned", quantity=1),
    )

    # then
    assert failed == []
    assert account.item("Stock", "mug") == {
        "sku": "mug",
        "level": -6,
        "history": ["o-2:mug:reserved", "o-1:mug:reserved", "r-1:mug:returned"],
    }


def test_a_repeated_movement_counts_once_and_keeps_its_first_place(functions: Functions, account: Account) -> None:
    # given
    track_stock = functions.load("track_stock")
    first, second = moves("message-1", "o-1:mug:reserved", quantity=-2), moves("message-2", "o-2:mug:reserved")
    receive(track_stock, first, second)

    # when the same message comes again, and the same movement in another message
    failed = receive(track_stock, first, moves("message-3", "o-1:mug:reserved", quantity=-2))

    # then
    assert failed == []
    assert account.item("Stock", "mug")["history"] == ["o-1:mug:reserved", "o-2:mug:reserved"]
    assert account.item("Stock", "mug")["level"] == -3


def test_articles_have_levels_of_their_own(functions: Functions, account: Account) -> None:
    # when
    receive(
        functions.load("track_stock"),
        moves("message-1", "o-1:mug:reserved", quantity=-2),
        moves("message-2", "o-1:pot:reserved", sku="pot", quantity=-1),
    )

    # then
    assert {item["sku"]: item["level"] for item in account.items("Stock")} == {"mug": -2, "pot": -1}


def test_behind_a_poison_record_its_article_waits_and_others_go_on(
    log: Log, functions: Functions, account: Account
) -> None:
    # given
    track_stock = functions.load("track_stock")

    # when
    handed_back = receive(
        track_stock,
        moves("message-1", "o-1:mug:reserved"),
        ("message-2", "mug", "{not json"),
        moves("message-3", "o-1:pot:reserved", sku="pot"),
        moves("message-4", "o-2:mug:reserved"),
    )

    # then
    assert handed_back == ["message-2", "message-4"]
    assert account.item("Stock", "mug")["history"] == ["o-1:mug:reserved"]
    assert account.item("Stock", "pot")["history"] == ["o-1:pot:reserved"]
    failures = log.failures()
    assert list(failures) == ["message-2"]
    assert "no JSON" in failures["message-2"]


def test_once_the_poison_record_is_gone_its_article_goes_on_in_order(functions: Functions, account: Account) -> None:
    # given
    track_stock = functions.load("track_stock")
    waiting = moves("message-2", "o-2:mug:reserved"), moves("message-3", "o-3:mug:reserved")
    receive(track_stock, ("message-1", "mug", json.dumps(movement(quantity="two"))), *waiting)

    # when the queue has moved it to the dead-letter queue
    handed_back = receive(track_stock, *waiting)

    # then
    assert handed_back == []
    assert account.item("Stock", "mug")["history"] == ["o-2:mug:reserved", "o-3:mug:reserved"]
