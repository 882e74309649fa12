"""What the shop's functions do, seen where a user would look: in its tables and queues."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.shop.day import order, payment, question, sent_back, stock_low

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.local import LocalCloud
    from tests.shop.conftest import Tell

Item = dict[str, Any]


@pytest.fixture
def output(deployed: LocalCloud) -> Callable[[str], str]:
    """An output of one of the stacks."""
    stacks = deployed.client("cloudformation").describe_stacks()["Stacks"]
    found = {o["OutputKey"]: o["OutputValue"] for stack in stacks for o in stack.get("Outputs", ())}
    return found.__getitem__


@pytest.fixture
def items(deployed: LocalCloud, output: Callable[[str], str]) -> Callable[[str], list[Item]]:
    """All items of a table."""
    return lambda table: deployed.client("dynamodb").scan(TableName=output(f"{table}TableName"))["Items"]


@pytest.fixture
def messages(deployed: LocalCloud, output: Callable[[str], str]) -> Callable[[str], list[str]]:
    """The bodies of a queue's messages."""

    def receive(queue: str) -> list[str]:
        answer = deployed.client("sqs").receive_message(QueueUrl=output(f"{queue}QueueUrl"), MaxNumberOfMessages=10)
        return [message["Body"] for message in answer.get("Messages", ())]

    return receive


def test_an_order_is_reserved_billed_and_thanked_for(
    tell: Tell, items: Callable[[str], list[Item]], messages: Callable[[str], list[str]]
) -> None:
    tell("OrderPlaced", order())

    assert items("Reservations")[0]["pieces"] == {"M": {"samovar": {"N": "1"}}}
    assert items("Invoices")[0]["total"] == {"N": "64000"}
    assert items("Stock")[0]["level"] == {"N": "-1"}
    assert "o-1" in messages("CustomerCare")[0]


def test_the_same_order_published_twice_does_its_work_once(
    tell: Tell, items: Callable[[str], list[Item]], messages: Callable[[str], list[str]]
) -> None:
    tell("OrderPlaced", order())
    tell("OrderPlaced", order())

    assert len(items("Reservations")) == 1
    assert items("Stock")[0]["history"]["L"] == [{"S": "o-1:samovar:reserved"}]
    assert len(messages("CustomerCare")) == 1


def test_a_payment_that_comes_before_its_order_still_pays_it(tell: Tell, items: Callable[[str], list[Item]]) -> None:
    tell("PaymentTaken", payment())
    tell("OrderPlaced", order())

    assert items("Invoices")[0]["status"] == {"S": "paid"}


def test_a_return_is_taken_back_and_refunded(tell: Tell, items: Callable[[str], list[Item]]) -> None:
    tell("OrderPlaced", order())
    tell("PaymentTaken", payment())
    tell("ReturnRequested", sent_back())

    assert items("Returns")[0]["return_id"] == {"S": "r-1"}
    assert items("Invoices")[0]["refunded"] == {"N": "64000"}
    assert items("Stock")[0]["level"] == {"N": "0"}


def test_stock_movements_of_an_article_keep_their_order(tell: Tell, items: Callable[[str], list[Item]]) -> None:
    for number in range(12):
        tell("OrderPlaced", order(order_id=f"o-{number:02}"), settle=False)
    tell("ReturnRequested", sent_back(order_id="o-00"))

    history = [movement["S"] for movement in items("Stock")[0]["history"]["L"]]
    reserved = [movement for movement in history if movement.endswith(":reserved")]
    assert reserved == [f"o-{number:02}:samovar:reserved" for number in range(12)]
    assert len(history) == 13


def test_an_urgent_question_becomes_a_ticket_and_a_notice(
    tell: Tell, items: Callable[[str], list[Item]], messages: Callable[[str], list[str]]
) -> None:
    tell("QuestionAsked", question())

    assert items("Tickets")[0]["question_id"] == {"S": "q-1"}
    assert json.loads(messages("CustomerCare")[0])["question_id"] == "q-1"


def test_low_stock_is_ordered_from_the_supplier_once(tell: Tell, messages: Callable[[str], list[str]]) -> None:
    tell("StockLow", stock_low(), source="shop.pos")
    tell("StockLow", stock_low(), source="shop.pos")

    orders = messages("PurchaseOrders")
    assert len(orders) == 1
    assert json.loads(orders[0])["sku"] == "samovar"


def test_a_message_that_no_function_can_read_ends_in_the_dead_letter_queue(
    deployed: LocalCloud, tell: Tell, items: Callable[[str], list[Item]]
) -> None:
    spoilt = tell("ReturnRequested", sent_back(refund="all of it"), settle=False)
    tell("ReturnRequested", sent_back(return_id="r-2"))

    fates = {d.edge.kind: d.fate for d in deployed.ledger.deliveries_of(spoilt) if d.edge.kind == "sqs→lambda"}
    assert fates == {"sqs→lambda": "dead-lettered"}
    assert [item["return_id"]["S"] for item in items("Returns")] == ["r-2"]
    dead = [q for q in deployed.client("sqs").list_queues()["QueueUrls"] if "ReceiveReturnQueueDeadLetters" in q]
    body = deployed.client("sqs").receive_message(QueueUrl=dead[0])["Messages"][0]["Body"]
    assert "all of it" in body


def test_the_audit_trail_keeps_every_event_whole(deployed: LocalCloud, tell: Tell) -> None:
    tell("PageViewed", {"page": "/samovar"}, source="shop.mobile")

    logs = deployed.client("logs")
    stream = logs.describe_log_streams(logGroupName="/shop/audit")["logStreams"][0]["logStreamName"]
    entry = logs.get_log_events(logGroupName="/shop/audit", logStreamName=stream)["events"][0]["message"]
    assert json.loads(entry)["detail"] == {"page": "/samovar"}
    assert json.loads(entry)["source"] == "shop.mobile"


def test_what_a_function_writes_is_in_its_log_group_and_in_the_story(deployed: LocalCloud, tell: Tell) -> None:
    order_id = tell("OrderPlaced", order(total=100))

    logs = deployed.client("logs")
    groups = [g["logGroupName"] for g in logs.describe_log_groups()["logGroups"] if "OpenInvoice" in g["logGroupName"]]
    stream = logs.describe_log_streams(logGroupName=groups[0])["logStreams"][0]["logStreamName"]
    lines = [e["message"] for e in logs.get_log_events(logGroupName=groups[0], logStreamName=stream)["events"]]
    assert any("Invoice opened" in line for line in lines)
    (delivery,) = (
        d
        for d in deployed.ledger.deliveries_of(order_id)
        if ":function:" in d.edge.target and "OpenInvoice" in d.edge.target
    )
    assert "Invoice opened" in delivery.attempts[-1].log
