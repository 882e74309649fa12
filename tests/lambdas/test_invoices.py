"""Three functions write one invoice, in any order and at once: open_invoice, record_payment, refund_order."""

import json
from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from tests.lambdas.aws_events import Json, raw
from tests.lambdas.conftest import Account, Function, Functions, Log
from tests.lambdas.trade import order_placed, payment_taken, return_requested

BUSINESS_IDS = {"order_id", "payment_id", "return_id"}
ORDER = ("open_invoice", order_placed())
FIRST_PAYMENT = ("record_payment", payment_taken("event-payment-1", payment_id="p-1", amount=3_000))
SECOND_PAYMENT = ("record_payment", payment_taken("event-payment-2", payment_id="p-2", amount=4_000))
REFUND = ("refund_order", return_requested(refund=1_500))


def of_another_order(event: Json, number: int) -> Json:
    """The same event with other ids: `o-1/7` for `o-1`."""
    ids = {name: f"{event['detail'][name]}/{number}" for name in event["detail"] if name in BUSINESS_IDS}
    return event | {"detail": event["detail"] | ids}


def settled(number: int | None = None) -> Json:
    """The invoice after all four; with a number, that of another order."""
    suffix = "" if number is None else f"/{number}"
    return {
        "order_id": f"o-1{suffix}",
        "customer_id": "c-1",
        "total": 7_000,
        "currency": "EUR",
        "paid": 7_000,
        "paid_ids": {f"p-1{suffix}", f"p-2{suffix}"},
        "refunded": 1_500,
        "refunded_ids": {f"r-1{suffix}"},
        "status": "paid",
    }


def test_an_order_opens_its_invoice(functions: Functions, account: Account) -> None:
    # when
    functions.load("open_invoice").receive(raw(order_placed()))

    # then
    assert account.item("Invoices", "o-1") == {
        "order_id": "o-1",
        "customer_id": "c-1",
        "total": 7_000,
        "currency": "EUR",
        "paid": 0,
        "refunded": 0,
        "status": "open",
    }


def test_a_payment_before_its_order_waits_on_the_invoice(functions: Functions, account: Account) -> None:
    # when
    functions.load("record_payment").receive(raw(payment_taken()))

    # then
    invoice = account.item("Invoices", "o-1")
    assert (invoice["status"], invoice["paid"]) == ("awaiting_order", 7_000)
    assert "total" not in invoice

    # when the order comes after all
    functions.load("open_invoice").receive(raw(order_placed()))

    # then
    invoice = account.item("Invoices", "o-1")
    assert (invoice["status"], invoice["paid"], invoice["total"]) == ("paid", 7_000, 7_000)


def test_a_payment_of_a_part_leaves_the_invoice_open(functions: Functions, account: Account) -> None:
    # when
    functions.load("open_invoice").receive(raw(order_placed(total=7_000)))
    functions.load("record_payment").receive(raw(payment_taken(amount=6_999)))

    # then
    assert account.item("Invoices", "o-1")["status"] == "open"


def test_a_refund_of_everything_marks_the_invoice_refunded(functions: Functions, account: Account) -> None:
    # when
    functions.load("open_invoice").receive(raw(order_placed(total=7_000)))
    functions.load("record_payment").receive(raw(payment_taken(amount=7_000)))
    functions.load("refund_order").receive(raw(return_requested(refund=7_000)))

    # then
    invoice = account.item("Invoices", "o-1")
    assert (invoice["status"], invoice["paid"], invoice["refunded"]) == ("refunded", 7_000, 7_000)


def test_the_invoice_is_the_same_in_whatever_order_its_events_arrive(functions: Functions, account: Account) -> None:
    # given
    loaded = {name: functions.load(name) for name in ("open_invoice", "record_payment", "refund_order")}
    arrivals = list(permutations([ORDER, FIRST_PAYMENT, SECOND_PAYMENT, REFUND]))

    # when each arrival happens to an order of its own
    for number, arrival in enumerate(arrivals):
        for name, event in arrival:
            assert loaded[name].receive(raw(of_another_order(event, number))) == []

    # then
    for number, arrival in enumerate(arrivals):
        assert account.item("Invoices", f"o-1/{number}") == settled(number), [event["id"] for _, event in arrival]


@pytest.mark.parametrize("repeated", [FIRST_PAYMENT, REFUND, ORDER], ids=lambda repeated: str(repeated[0]))
def test_an_amount_counts_once_even_when_the_function_died_before_noting_it(
    repeated: tuple[str, Json], functions: Functions, account: Account
) -> None:
    # given
    for name, event in (ORDER, FIRST_PAYMENT, SECOND_PAYMENT, REFUND):
        functions.load(name).receive(raw(event))
    account.forget_work_done()

    # when
    name, event = repeated
    failed = functions.load(name).receive(raw(event))

    # then
    assert failed == []
    assert account.item("Invoices", "o-1") == settled()


def test_a_payment_that_comes_between_anothers_two_writes_leaves_the_right_status(
    functions: Functions, account: Account
) -> None:
    # given an invoice of 70, of which the first payment pays all; meanwhile a refund of all comes in
    functions.load("open_invoice").receive(raw(order_placed(total=7_000)))
    record_payment, refund_order = functions.load("record_payment"), functions.load("refund_order")
    refunds: list[list[str]] = []
    before_the_status_is_written(
        record_payment, lambda: refunds.append(refund_order.receive(raw(return_requested(refund=7_000))))
    )

    # when
    failed = record_payment.receive(raw(payment_taken(amount=7_000)))

    # then
    assert (failed, refunds) == ([], [[]])
    invoice = account.item("Invoices", "o-1")
    assert (invoice["status"], invoice["paid"], invoice["refunded"]) == ("refunded", 7_000, 7_000)


def test_a_function_that_died_between_its_two_writes_is_made_up_for_by_the_next_delivery(
    functions: Functions, account: Account
) -> None:
    # given a payment that was added, but whose status was not written
    functions.load("open_invoice").receive(raw(order_placed(total=7_000)))
    record_payment = functions.load("record_payment")
    before_the_status_is_written(record_payment, die)
    assert record_payment.receive(raw(payment_taken(amount=7_000))) == ["message-1"]
    assert account.item("Invoices", "o-1")["status"] == "open"

    # when
    failed = functions.load("record_payment").receive(raw(payment_taken(amount=7_000)))

    # then
    assert failed == []
    invoice = account.item("Invoices", "o-1")
    assert (invoice["status"], invoice["paid"]) == ("paid", 7_000)


@pytest.mark.parametrize("arrival", [("order", "payment"), ("payment", "order")], ids=" before ".join)
def test_cents_of_two_currencies_are_never_added_up(
    arrival: tuple[str, str], log: Log, functions: Functions, account: Account
) -> None:
    # given
    events = {
        "order": ("open_invoice", order_placed(currency="EUR")),
        "payment": ("record_payment", payment_taken(currency="CHF")),
    }
    (first, first_event), (second, second_event) = (events[name] for name in arrival)
    functions.load(first).receive(raw(first_event))
    before = account.item("Invoices", "o-1")

    # when
    failed = functions.load(second).receive(raw(second_event))

    # then
    assert failed == ["message-1"]
    reason = log.failures()["message-1"]
    assert "o-1" in reason
    assert "EUR" in reason
    assert "CHF" in reason
    assert account.item("Invoices", "o-1") == before


def before_the_status_is_written(function: Function, do: Callable[[], Any]) -> None:
    """Runs `do` between the write of the amount and that of the status: botocore's own hook before a call."""

    def hook(params: Json, **_: Any) -> None:  # noqa: ANN401 - botocore's own signature
        if json.loads(params["body"])["UpdateExpression"] == "SET #status = :status":
            do()

    function.handler.dynamodb.meta.events.register("before-call.dynamodb.UpdateItem", hook)


def die() -> None:
    raise RuntimeError("the function dies")
