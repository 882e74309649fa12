import json

from tests.lambdas.aws_events import enveloped
from tests.lambdas.conftest import Account, Functions
from tests.lambdas.trade import question_asked


def test_a_question_becomes_a_ticket(functions: Functions, account: Account) -> None:
    # when
    failed = functions.load("open_ticket").receive(enveloped(question_asked()))

    # then
    assert failed == []
    assert account.item("Tickets", "q-1") == {
        "question_id": "q-1",
        "customer_id": "c-1",
        "order_id": "o-1",
        "topic": "delivery",
        "urgency": "high",
        "text": "Where is my pot?",
        "opened_at": "2026-03-02T09:30:00+00:00",
        "status": "open",
    }


def test_a_question_about_no_order_becomes_a_ticket_too(functions: Functions, account: Account) -> None:
    # given
    question = question_asked(topic="product")
    del question["detail"]["order_id"]

    # when
    failed = functions.load("open_ticket").receive(enveloped(question))

    # then
    assert failed == []
    assert "order_id" not in account.item("Tickets", "q-1")


def test_a_notice_carries_what_people_choose_by_in_its_attributes(functions: Functions, account: Account) -> None:
    # when
    functions.load("open_ticket").receive(enveloped(question_asked(urgency="low", topic="invoice")))

    # then
    (notice,) = account.take("Notices")
    assert notice["MessageAttributes"] == {
        "urgency": {"DataType": "String", "StringValue": "low"},
        "topic": {"DataType": "String", "StringValue": "invoice"},
    }
    assert json.loads(notice["Body"]) == {
        "kind": "ticket",
        "question_id": "q-1",
        "customer_id": "c-1",
        "order_id": "o-1",
        "topic": "invoice",
        "urgency": "low",
        "text": "Where is my pot?",
    }


def test_a_ticket_that_could_not_be_announced_is_announced_later(functions: Functions, account: Account) -> None:
    # given
    question = enveloped(question_asked())
    mute = functions.load("open_ticket", NOTICES_TOPIC_ARN="arn:aws:sns:us-east-1:111111111111:Gone")
    assert mute.receive(question) == ["message-1"]

    # when
    failed = functions.load("open_ticket").receive(question)

    # then
    assert failed == []
    assert [notice["question_id"] for notice in account.take_bodies("Notices")] == ["q-1"]
