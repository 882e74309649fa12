import base64
import json
import time
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from tests.lambdas.aws_events import ACCOUNT, REGION, Json
from tests.lambdas.conftest import Account, Function, Functions, Log, module_of

SECRET = "carrier and shop know this"  # noqa: S105 - of this test
NOTICE = {
    "id": "n-1",
    "status": "DELIVERED",
    "at": "2026-03-04T12:20:00+01:00",
    "carrier": "parcels united",
    "parcel": {"number": "JJD000390007", "reference": "o-1", "weight": 1_200},
}


@pytest.fixture
def heard(account: Account) -> Callable[[], list[Json]]:
    """The details that have reached the bus since it was asked last."""
    boto3.client("secretsmanager").create_secret(Name="carrier-webhooks", SecretString=SECRET)
    events = boto3.client("events")
    events.create_event_bus(Name="commerce")
    events.put_rule(Name="all", EventBusName="commerce", EventPattern=json.dumps({"source": ["shop.carrier"]}))
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:Heard"
    boto3.client("sqs").create_queue(QueueName="Heard")
    events.put_targets(Rule="all", EventBusName="commerce", Targets=[{"Id": "q", "Arn": queue}])
    return lambda: [body["detail"] for body in account.take_bodies("Heard")]


def signed(body: str, *, secret: str = SECRET, age: int = 0) -> dict[str, str]:
    value = module_of("take_webhook", "signature").sign(body.encode(), secret=secret, time=int(time.time()) - age)
    return {"x-carrier-signature": value}


def request(body: str, headers: dict[str, str], *, method: str = "POST") -> Json:
    """As a function URL hands it over."""
    return {
        "version": "2.0",
        "headers": headers,
        "requestContext": {"http": {"method": method, "path": "/"}},
        "body": body,
        "isBase64Encoded": False,
    }


def status(function: Function, event: Json) -> Any:  # noqa: ANN401 - a number
    return function.invoke(event)["statusCode"]


def test_a_signed_notice_is_on_the_bus_when_it_is_answered(
    functions: Functions, heard: Callable[[], list[Json]]
) -> None:
    body = json.dumps(NOTICE)

    assert status(functions.load("take_webhook"), request(body, signed(body))) == 200
    assert heard() == [
        {
            "notice_id": "n-1",
            "order_id": "o-1",
            "parcel": "JJD000390007",
            "carrier": "parcels united",
            "delivered_at": "2026-03-04T12:20:00+01:00",
        }
    ]


def test_a_notice_that_comes_twice_is_published_once(functions: Functions, heard: Callable[[], list[Json]]) -> None:
    take_webhook, body = functions.load("take_webhook"), json.dumps(NOTICE)
    statuses = [status(take_webhook, request(body, signed(body, age=age))) for age in (9, 0)]

    assert statuses == [200, 200]
    assert [one["notice_id"] for one in heard()] == ["n-1"]


def test_a_body_in_base64_is_signed_as_it_was_sent(functions: Functions, heard: Callable[[], list[Json]]) -> None:
    body = json.dumps(NOTICE)
    event = request(base64.b64encode(body.encode()).decode(), signed(body)) | {"isBase64Encoded": True}

    assert status(functions.load("take_webhook"), event) == 200
    assert len(heard()) == 1


@pytest.mark.parametrize(
    "headers",
    [
        dict,
        lambda: {"x-carrier-signature": "t=,v1="},
        lambda: {"x-carrier-signature": "t=1772443800"},
        lambda: {"x-carrier-signature": "t=²,v1=00"},
        lambda: {"x-carrier-signature": "t=1772443800,v1=ö"},
        lambda: signed(json.dumps(NOTICE), secret="guessed"),  # noqa: S106 - of this test
        lambda: signed("another body"),
        lambda: signed(json.dumps(NOTICE), age=310),
        lambda: signed(json.dumps(NOTICE), age=-310),
    ],
    ids=["none", "empty", "half", "no time", "no HMAC", "another secret", "another body", "too old", "too new"],
)
def test_what_is_not_signed_by_the_carrier_is_refused(
    headers: Callable[[], dict[str, str]], log: Log, functions: Functions, heard: Callable[[], list[Json]]
) -> None:
    assert status(functions.load("take_webhook"), request(json.dumps(NOTICE), headers())) == 401
    assert heard() == []
    (line,) = [line for line in log.lines() if line["message"] == "Refused"]
    assert line["reason"]


@pytest.mark.parametrize(
    ("body", "method", "answered"),
    [
        ("{not json", "POST", 422),
        (json.dumps(NOTICE | {"status": "LOST"}), "POST", 422),
        (json.dumps(NOTICE | {"parcel": {"number": "1"}}), "POST", 422),
        ("x" * 65_537, "POST", 413),
        (json.dumps(NOTICE), "GET", 405),
    ],
    ids=["no JSON", "another status", "without an order", "too large", "no POST"],
)
def test_what_the_carrier_must_not_send_again_is_answered_4xx(
    body: str, method: str, answered: int, functions: Functions, heard: Callable[[], list[Json]]
) -> None:
    assert status(functions.load("take_webhook"), request(body, signed(body), method=method)) == answered
    assert heard() == []


def test_what_did_not_reach_the_bus_is_answered_500_and_taken_when_it_comes_again(
    log: Log, functions: Functions, heard: Callable[[], list[Json]], monkeypatch: pytest.MonkeyPatch
) -> None:
    take_webhook, body = functions.load("take_webhook"), json.dumps(NOTICE)
    refusal = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure", "ErrorMessage": "later"}]}
    with monkeypatch.context() as broken:
        broken.setattr(take_webhook.handler.events, "put_events", lambda **_: refusal)
        assert status(take_webhook, request(body, signed(body))) == 500
    assert "InternalFailure later" in next(
        line["reason"] for line in log.lines() if line["message"] == "Webhook failed"
    )
    assert heard() == []

    assert status(take_webhook, request(body, signed(body))) == 200
    assert len(heard()) == 1
