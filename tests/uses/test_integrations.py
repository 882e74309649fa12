"""Integration: other people's systems, with all that they do wrong, as real servers.

What is deployed is the stack `Integrations`, with the bus and the tables that it needs.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.assembly import synthesize
from eventyard.local import Fate
from tests.local.servers import serving
from tests.shop.day import order, payment
from tests.shop.parts import part
from tests.uses.partners import NOTICE, STACKS, Partners, partners_of
from tests.uses.sns_receiver import ForgedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventyard.local import LocalCloud

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return part(synthesize(ROOT), tmp_path_factory.mktemp("integrations") / "cdk.out", *STACKS)


@pytest.fixture
def partners(deployed: LocalCloud) -> Iterator[Partners]:
    with partners_of(deployed) as found:
        yield found


def test_partners_hear_what_concerns_them_in_their_own_words_and_the_shop_hears_them(partners: Partners) -> None:
    """An order travels abroad.

    Given a fulfiller with an API of its own behind OAuth, an accountant who confirmed the subscription, and a carrier
    who knows the shop's webhook URL and the secret,
    when a customer in the United States orders and pays, and the carrier hands the parcel over,
    then the fulfiller was asked to ship it, in its own words, by its token,
    and the accountant has booked the payment, having checked SNS's signature,
    and the shop's bus knows that the parcel was delivered.
    """
    ordered = partners.tell("OrderPlaced", order(country="US"))
    partners.tell("PaymentTaken", payment())
    partners.cloud.settle()
    answered = partners.webhook(NOTICE)
    partners.cloud.settle()

    (shipment,) = partners.shipments()
    assert shipment.headers["Authorization"] == "Bearer t0ken"
    assert shipment.json == {
        "idempotencyKey": ordered,
        "reference": "o-1",
        "destination": "US",
        "items": [{"sku": "samovar", "quantity": 1, "price": 64_000}],
    }
    assert [booked["detail"]["amount"] for booked in partners.books.taken.values()] == [64_000]
    assert answered == 200
    assert partners.published() == [
        {
            "notice_id": "n-1",
            "order_id": "o-1",
            "parcel": "JJD000390007",
            "carrier": "parcels united",
            "delivered_at": "2026-03-04T12:20:00+01:00",
        }
    ]


def test_nobody_hears_what_is_not_theirs(partners: Partners) -> None:
    partners.tell("OrderPlaced", order(country="DE"))  # our own warehouse delivers there
    partners.tell("PaymentTaken", payment(method="cash"))  # the accountant has it from the till
    partners.cloud.settle()

    assert partners.shipments() == []
    assert partners.books.taken == {}


def test_a_fulfiller_that_is_down_for_a_day_leaves_dead_letters_that_say_so(partners: Partners) -> None:
    partners.fulfiller.status = 500
    event_id = partners.tell("OrderPlaced", order(country="US"))
    partners.cloud.settle()

    (letter,) = partners.letters("ShippedAbroad")
    assert letter["ERROR_CODE"] == "SDK_CLIENT_ERROR"
    assert letter["ERROR_MESSAGE"].endswith("/v2/shipments answered 500.")
    assert letter["EXHAUSTED_RETRY_CONDITION"] in {"MaximumRetryAttempts", "MaximumEventAgeInSeconds"}
    assert int(letter["RETRY_ATTEMPTS"]) == len(partners.shipments()) - 1 > 100
    assert {asked.json["idempotencyKey"] for asked in partners.shipments()} == {event_id}


def test_a_fulfiller_that_is_down_for_an_hour_misses_nothing(partners: Partners) -> None:
    partners.cloud.faults.outage("Fulfiller", minutes=60)
    partners.tell("OrderPlaced", order(country="US"))
    partners.cloud.settle()

    assert len(partners.shipments()) == 1
    assert partners.letters("ShippedAbroad") == []


def test_a_fulfiller_that_is_asked_too_much_is_given_the_time_it_wants_and_loses_nothing(partners: Partners) -> None:
    """It gets ten requests a second at most; where it answers 429, it is left alone until its Retry-After."""
    slowly = {"Retry-After": "120"}
    partners.fulfiller.answers = [(429, slowly, "")] * 5
    numbers = [f"o-{number}" for number in range(50)]
    began = partners.cloud.now.timestamp()
    for number in numbers:
        partners.tell("OrderPlaced", order(country="US", order_id=number))
    partners.cloud.settle()

    tries = Counter(asked.json["reference"] for asked in partners.shipments())
    assert sorted(tries) == sorted(numbers)
    assert sorted(tries.values()) == [1] * 45 + [2] * 5
    deliveries = partners.to("api-destination/")
    assert {delivery.fate for delivery in deliveries} == {Fate.DELIVERED}
    seconds = Counter(int(attempt.time - began) for delivery in deliveries for attempt in delivery.attempts)
    assert max(seconds.values()) <= 10
    waited = [one.attempts[-1].time - one.attempts[0].time for one in deliveries if len(one.attempts) > 1]
    assert len(waited) == 5
    assert min(waited) >= 120


def test_a_connection_that_the_fulfiller_does_not_authorize_is_said_so_in_the_dead_letter(
    deployed: LocalCloud,
) -> None:
    with serving() as fulfiller, serving() as accountant:
        partners = Partners(deployed, fulfiller, accountant)
        fulfiller.status = 400  # to the request for a token: unknown client
        accountant.then = lambda asked: partners.books.receive(asked.body)
        for _ in range(2):
            partners.tell("OrderPlaced", order(country="US"))
            deployed.settle()

        first, second = partners.letters("ShippedAbroad")
        assert "/oauth/token answered 400" in first["ERROR_MESSAGE"]
        assert "is DEAUTHORIZED: update it" in second["ERROR_MESSAGE"]
        assert [asked.path for asked in fulfiller.asked] == ["/oauth/token"]


def test_an_endpoint_that_never_confirms_gets_nothing_and_the_ledger_says_why(deployed: LocalCloud) -> None:
    with serving() as fulfiller, serving() as accountant:
        partners = Partners(deployed, fulfiller, accountant)
        deployed.settle()
        event_id = partners.tell("PaymentTaken", payment())
        deployed.settle()

        assert [asked.json["Type"] for asked in accountant.asked] == ["SubscriptionConfirmation"]
        deployed.ledger.assert_not_delivered(event_id, "accountant.example.com", because="its endpoint has to visit")


def test_what_the_accountant_does_not_answer_for_an_hour_is_a_dead_letter(partners: Partners) -> None:
    partners.accountant.status = 503
    partners.tell("PaymentTaken", payment())
    partners.cloud.settle()

    (dropped,) = [one for one in partners.to("accountant.example.com") if one.fate is Fate.DEAD_LETTERED]
    assert len(dropped.attempts) == 13
    assert dropped.reason.endswith("/bookings answered 503.")
    assert len(partners.letters("AccountantDeadLetters")) == 1


def test_a_receiver_believes_neither_a_changed_message_nor_another_topic(partners: Partners) -> None:
    partners.tell("PaymentTaken", payment())
    partners.cloud.settle()
    message = partners.accountant.asked[-1].json

    for forged in (
        message | {"Message": message["Message"].replace("64000", "1")},
        message | {"Signature": "Zm9yZ2Vk"},
        message | {"Signature": "no base64"},
        message | {"TopicArn": "arn:aws:sns:us-east-1:999999999999:mine"},
        message | {"SigningCertURL": "https://sns.us-east-1.amazonaws.com.evil.example/cert.pem"},
    ):
        with pytest.raises(ForgedError):
            partners.books.receive(json.dumps(forged))
    partners.books.receive(json.dumps(message))


@pytest.mark.parametrize(
    "forged", [{"secret": "guessed"}, {"age": 3_600}], ids=["by another secret", "recorded and sent again"]
)
def test_a_webhook_that_the_carrier_did_not_sign_is_refused_and_nothing_is_on_the_bus(
    partners: Partners, forged: dict[str, Any]
) -> None:
    assert partners.webhook(NOTICE, **forged) == 401
    partners.cloud.settle()
    assert partners.published() == []


def test_a_carrier_that_repeats_itself_is_heard_once(partners: Partners) -> None:
    assert [partners.webhook(NOTICE, age=age) for age in (20, 10, 0)] == [200, 200, 200]
    partners.cloud.settle()
    assert len(partners.published()) == 1


def test_a_function_that_fails_makes_the_carrier_try_again(partners: Partners) -> None:
    partners.cloud.faults.fail("TakeWebhook", times=1)
    partners.cloud.ledger.expect_drops("TakeWebhook")

    assert partners.webhook(NOTICE) == 502
    assert partners.webhook(NOTICE) == 200
    partners.cloud.settle()
    assert len(partners.published()) == 1


def test_webhooks_that_fail_set_off_the_alarm(partners: Partners) -> None:
    partners.cloud.faults.fail("TakeWebhook", times=2)
    partners.cloud.ledger.expect_drops("TakeWebhook")
    assert partners.alarm("Webhooks of ") != "ALARM"

    assert [partners.webhook(NOTICE), partners.webhook(NOTICE)] == [502, 502]
    partners.cloud.advance(minutes=6)
    assert partners.alarm("Webhooks of ") == "ALARM"


def test_a_dead_letter_of_the_fulfiller_sets_off_its_alarm(partners: Partners) -> None:
    partners.fulfiller.status = 404
    partners.tell("OrderPlaced", order(country="US"))
    partners.cloud.settle()
    partners.cloud.advance(minutes=2)
    assert partners.alarm("Dead letters of rule Integrations/CommerceRoutes/ShippedAbroad") == "ALARM"
