import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from eventyard.policies import Kind, Policy, PolicyError, Request, evaluate

QUEUE = "arn:aws:sqs:us-east-1:111111111111:orders"
EVENTS = "events.amazonaws.com"
ATTACHED = {
    "Version": "2012-10-17",
    "Id": "orders",
    "Statement": {"Effect": "Allow", "Principal": {"Service": EVENTS}, "Action": "sqs:SendMessage", "Resource": QUEUE},
}
STATEMENT = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE}
OWN = {"Version": "2012-10-17", "Statement": STATEMENT}
REQUEST = Request(principal=EVENTS, action="sqs:SendMessage", resource=QUEUE)


def test_a_policy_may_be_text_an_object_or_parsed_before() -> None:
    for document in (ATTACHED, json.dumps(ATTACHED), Policy.parse(ATTACHED), Policy.parse(json.dumps(ATTACHED))):
        assert evaluate(REQUEST, resource=[document]).allowed


def test_a_parsed_policy_is_asked_without_its_document() -> None:
    document = json.loads(json.dumps(ATTACHED))
    policy = Policy.parse(document)

    document["Statement"]["Effect"] = "Deny"

    assert evaluate(REQUEST, resource=[policy])
    assert (policy.id, policy.version) == ("orders", "2012-10-17")


def test_a_decision_is_as_true_as_it_is_allowed() -> None:
    assert evaluate(REQUEST, resource=[ATTACHED])
    assert not evaluate(REQUEST)


def test_equal_decisions_are_equal() -> None:
    assert evaluate(REQUEST, resource=[ATTACHED]) == evaluate(REQUEST, resource=[json.dumps(ATTACHED)])
    assert evaluate(REQUEST).kind is Kind.IMPLICIT_DENY


@pytest.mark.parametrize(
    "principal", ["", "events", "role/r", "arn:aws:iam::1:role/r", "arn:aws:iam::111111111111:role"]
)
def test_a_principal_that_nobody_is_is_refused(principal: str) -> None:
    with pytest.raises(PolicyError) as refusal:
        evaluate(Request(principal=principal, action="sqs:SendMessage", resource=QUEUE))

    assert refusal.value.where == "Request.principal"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"action": "SendMessage"}, "Request.action"),
        ({"action": "sqs:*"}, "Request.action"),
        ({"resource": "orders"}, "Request.resource"),
        ({"context": {"a:b": object()}}, "Request.context.a:b"),
        ({"context": {"a:b": [["x"]]}}, "Request.context.a:b"),
    ],
)
def test_a_request_that_nobody_makes_is_refused(change: dict[str, Any], where: str) -> None:
    with pytest.raises(PolicyError) as refusal:
        evaluate(Request(**{"principal": EVENTS, "action": "sqs:SendMessage", "resource": QUEUE, **change}))

    assert refusal.value.where == where


def test_policies_on_the_wrong_side_are_refused() -> None:
    with pytest.raises(PolicyError, match="names no principal"):
        evaluate(REQUEST, identity=[ATTACHED])
    with pytest.raises(PolicyError, match="needs a Principal"):
        evaluate(REQUEST, resource=[OWN])
    with pytest.raises(PolicyError, match="a list of policies"):
        evaluate(REQUEST, resource=ATTACHED)


@pytest.mark.parametrize("change", [{"Resource": "*"}, {"NotPrincipal": {"AWS": "111111111111"}, "Effect": "Deny"}])
def test_a_trust_policy_has_neither_resource_nor_not_principal(change: dict[str, Any]) -> None:
    principal = {} if "NotPrincipal" in change else {"Principal": {"Service": EVENTS}}
    policy = {"Statement": [{"Effect": "Allow", **principal, "Action": "sts:AssumeRole", **change}]}
    request = Request(principal=EVENTS, action="sts:AssumeRole", resource="arn:aws:iam::111111111111:role/r")

    with pytest.raises(PolicyError) as refusal:
        evaluate(request, resource=[policy])

    assert refusal.value.where == "resource[0].Statement[0]"


def test_services_policies_may_repeat_a_sid() -> None:
    statement = {"Sid": "a", "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}

    assert len(Policy.parse({"Statement": [statement, statement]}).statements) == 2


@pytest.mark.parametrize(
    ("moment", "holds"),
    [
        (datetime(2026, 6, 1, tzinfo=UTC), True),
        (datetime(2026, 6, 1, 2, tzinfo=timezone(timedelta(hours=2))), True),
        (datetime(2026, 6, 1), True),  # noqa: DTZ001  # without a zone it is UTC
        (datetime(2026, 6, 1, 0, 0, 1, tzinfo=UTC), False),
    ],
)
def test_a_context_value_may_be_a_datetime(moment: datetime, *, holds: bool) -> None:
    for operator in ("DateEquals", "StringEquals"):
        statement = {
            **STATEMENT,
            "Principal": "*",
            "Condition": {operator: {"aws:CurrentTime": "2026-06-01T00:00:00Z"}},
        }
        request = Request(
            principal=EVENTS, action="sqs:SendMessage", resource=QUEUE, context={"aws:currenttime": moment}
        )

        assert evaluate(request, resource=[{"Statement": statement}]).allowed is holds


def test_a_caller_can_take_a_key_away_that_would_be_filled_in() -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    policy = {"Statement": {**statement, "Condition": {"Null": {"aws:ResourceAccount": "true"}}}}
    request = Request(principal=EVENTS, action="sqs:SendMessage", resource=QUEUE, context={"AWS:RESOURCEACCOUNT": None})

    assert evaluate(request, resource=[policy])
    assert not evaluate(REQUEST, resource=[policy])
