"""What every function that hears from a queue promises, besides its own effect."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.lambdas.aws_events import Json, enveloped, in_envelope, raw
from tests.lambdas.conftest import TABLES, Account, Functions, Log
from tests.lambdas.trade import order_placed, payment_taken, question_asked, return_requested, stock_low

Deal = Callable[..., Json]
"""Makes the event a function hears: event id, and fields of its detail."""


@dataclass(frozen=True)
class Hearer:
    """A function, the event it hears, where that has its business id, the table the function writes to."""

    name: str
    deal: Deal
    business_id: str
    table: str


HEARERS = [
    Hearer("reserve_stock", order_placed, "order_id", "Reservations"),
    Hearer("open_invoice", order_placed, "order_id", "Invoices"),
    Hearer("record_payment", payment_taken, "payment_id", "Invoices"),
    Hearer("receive_return", return_requested, "return_id", "Returns"),
    Hearer("refund_order", return_requested, "return_id", "Invoices"),
    Hearer("open_ticket", question_asked, "question_id", "Tickets"),
]
every_hearer = pytest.mark.parametrize("hearer", HEARERS, ids=lambda hearer: str(hearer.name))


def effects(account: Account) -> dict[str, Any]:
    """All that the functions leave behind, the messages being taken."""
    tables = {name: account.items(name) for name in TABLES if name != "Idempotency"}
    queues = {name: account.take_bodies(name) for name in ("StockMovements", "Notices")}
    return tables | queues


@every_hearer
@pytest.mark.parametrize("wrap", [raw, enveloped])
def test_it_reads_raw_and_enveloped_messages(
    hearer: Hearer,
    wrap: Callable[[Json], str],
    functions: Functions,
    account: Account,
) -> None:
    # when
    failed = functions.load(hearer.name).receive(wrap(hearer.deal(**{hearer.business_id: "x-9", "order_id": "x-9"})))

    # then
    assert failed == []
    assert [item[TABLES[hearer.table]] for item in account.items(hearer.table)] == ["x-9"]


@every_hearer
def test_the_same_event_twice_is_worked_on_once(hearer: Hearer, functions: Functions, account: Account) -> None:
    # given
    function = functions.load(hearer.name)
    function.receive(raw(hearer.deal("event-1")))
    tables = {name: account.items(name) for name in TABLES if name != "Idempotency"}
    assert tables[hearer.table]
    account.take("StockMovements")
    account.take("Notices")

    # when the same message comes again, and the same business event under another event id, both in one batch
    # with one that is new
    failed = function.receive(raw(hearer.deal("event-1")), raw(hearer.deal("event-2")))

    # then
    assert failed == []
    assert effects(account) == {**tables, "StockMovements": [], "Notices": []}

    # and another business event is worked on
    function.receive(raw(hearer.deal("event-3", **{hearer.business_id: "x-9"})))
    assert effects(account) != {**tables, "StockMovements": [], "Notices": []}


@every_hearer
def test_a_repetition_is_told_in_the_log(hearer: Hearer, log: Log, functions: Functions) -> None:
    # when
    functions.load(hearer.name).receive(raw(hearer.deal("event-1")), raw(hearer.deal("event-2")))

    # then
    told = [line["message_id"] for line in log.lines() if line["message"] == "Already done"]
    assert told == ["message-2"]


@every_hearer
def test_poison_records_fail_alone_and_the_log_says_which_and_why(
    hearer: Hearer, log: Log, functions: Functions, account: Account
) -> None:
    # given two good ones around four that nobody can read
    poison = {
        "message-2": ("{not json", "no JSON"),
        "message-3": (raw(hearer.deal(**{hearer.business_id: None})), f"detail.{hearer.business_id}"),
        "message-4": (raw(stock_low()), "not StockLow"),
        "message-5": (in_envelope("nor this"), "no JSON"),
    }
    first, last = (
        raw(hearer.deal(f"event-{n}", **{hearer.business_id: f"x-{n}", "order_id": f"x-{n}"})) for n in (1, 6)
    )

    # when
    failed = functions.load(hearer.name).receive(first, *(body for body, _ in poison.values()), last)

    # then
    assert failed == list(poison)
    assert sorted(item[TABLES[hearer.table]] for item in account.items(hearer.table)) == ["x-1", "x-6"]
    failures = log.failures()
    assert list(failures) == list(poison)
    for message_id, (_, reason) in poison.items():
        assert reason in failures[message_id]


@every_hearer
def test_a_batch_of_nothing_but_poison_is_handed_back_whole(
    hearer: Hearer, functions: Functions, account: Account
) -> None:
    assert functions.load(hearer.name).receive("{not json", "[]") == ["message-1", "message-2"]
    assert account.items(hearer.table) == []


@every_hearer
def test_customers_data_stays_out_of_the_log(hearer: Hearer, log: Log, functions: Functions) -> None:
    # given
    secret = "4111-1111-1111-1111"  # noqa: S105 - a card number where none belongs, not a password
    broken = hearer.deal(customer_id=[secret], payment_id=[secret])

    # when
    failed = functions.load(hearer.name).receive(raw(broken))

    # then
    assert failed == ["message-1"]
    assert secret not in json.dumps(log.lines())


@every_hearer
def test_a_message_whose_work_fails_is_worked_on_at_its_next_delivery(
    hearer: Hearer, functions: Functions, account: Account
) -> None:
    # given a function whose table is not there
    variable = f"{hearer.table.upper()}_TABLE"
    assert functions.load(hearer.name, **{variable: "NotThere"}).receive(raw(hearer.deal())) == ["message-1"]
    assert account.items(hearer.table) == []

    # when
    failed = functions.load(hearer.name).receive(raw(hearer.deal()))

    # then
    assert failed == []
    assert len(account.items(hearer.table)) == 1
