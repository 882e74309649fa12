import json

import pytest

from tests.lambdas.aws_events import topic_invocation
from tests.lambdas.conftest import Account, Functions, Log
from tests.lambdas.trade import order_placed, payment_taken


def test_customer_care_is_asked_to_thank(functions: Functions, account: Account) -> None:
    # when
    functions.load("thank_customer").invoke(topic_invocation(json.dumps(order_placed(total=50_000))))

    # then
    assert account.take_bodies("Care") == [
        {
            "kind": "thank_you",
            "order_id": "o-1",
            "customer_id": "c-1",
            "country": "DE",
            "total": 50_000,
            "currency": "EUR",
        }
    ]


def test_nobody_is_thanked_twice_for_one_order(functions: Functions, account: Account) -> None:
    # given
    thank_customer = functions.load("thank_customer")
    thank_customer.invoke(topic_invocation(json.dumps(order_placed())))
    account.take("Care")

    # when the same event comes again, and the same order under another event id
    thank_customer.invoke(topic_invocation(json.dumps(order_placed())))
    thank_customer.invoke(topic_invocation(json.dumps(order_placed("event-again"))))

    # then
    assert account.take("Care") == []


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("{not json", "no JSON"),
        (json.dumps(order_placed(total="much")), "detail.total"),
        (json.dumps(payment_taken()), "handles OrderPlaced, not PaymentTaken"),
    ],
    ids=["malformed", "invalid", "of another type"],
)
def test_a_message_it_cannot_read_fails_the_invocation_and_is_named_in_the_log(
    message: str, reason: str, log: Log, functions: Functions, account: Account
) -> None:
    # given
    thank_customer = functions.load("thank_customer")

    # when
    with pytest.raises(ValueError, match=reason):
        thank_customer.invoke(topic_invocation(message, message_id="message-7"))

    # then
    assert reason in log.failures()["message-7"]
    assert account.take("Care") == []
