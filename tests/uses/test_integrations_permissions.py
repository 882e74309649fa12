"""Each permission of the integrations is needed: without it they fail in the right place, and say so."""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eventyard.assembly import read, synthesize
from eventyard.local import Fate, LocalCloud
from tests.shop.day import order, payment
from tests.shop.parts import part
from tests.shop.permissions import permissions, without
from tests.uses.partners import NOTICE, STACKS, Partners, partners_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from eventyard.local import Host
    from tests.shop.permissions import Permission

    Without = Callable[..., AbstractContextManager[Partners]]

ROOT = Path(__file__).parents[2]
STACK = "Integrations"
(TEMPLATE,) = [stack.template for stack in read(synthesize(ROOT)).stacks if stack.name == STACK]
ALL = list(permissions(STACK, TEMPLATE))

# What tests/shop shows for functions, queues and topics of this kind: logs, traces, keys' administration, TLS, and what
# is done once.
_SHOWN_THERE = ("logs:", "xray:", "kms:*", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:UpdateItem")


def purpose(permission: Permission) -> str:
    """What the permission is for, by its shape."""
    action, where = permission.action, permission.logical_id
    if permission.refuses or action.startswith(_SHOWN_THERE):
        return "shown elsewhere"
    if action == "sqs:SendMessage":
        return "dead letters"
    if action == "sts:AssumeRole" and permission.principal == "lambda.amazonaws.com":
        return "shown elsewhere"
    if "TakeWebhook" in where:
        return "door" if permission.type == "AWS::Lambda::Permission" else "intake"
    if where.startswith("CommerceRoutesShippedAbroad") or "Role" in where:
        return "fulfiller"
    return "accountant"


def of(*purposes: str) -> pytest.MarkDecorator:
    chosen = [permission for permission in ALL if purpose(permission) in purposes]
    assert chosen
    return pytest.mark.parametrize("permission", chosen, ids=lambda permission: permission.id)


@pytest.fixture
def stack_without(tmp_path: Path, eventyard_host: Host) -> Without:
    @contextmanager
    def deployed(permission: Permission) -> Iterator[Partners]:
        folder = part(synthesize(ROOT), tmp_path / "cdk.out", *STACKS)
        file = folder / f"{STACK}.template.json"
        file.unlink()
        file.write_text(json.dumps(without(TEMPLATE, permission)))
        with LocalCloud(host=eventyard_host) as cloud:
            cloud.deploy(folder)
            with partners_of(cloud) as found:
                yield found
        shutil.rmtree(folder)

    return deployed


def test_nothing_is_permitted_that_no_test_here_is_about() -> None:
    found = {purpose(permission): permission for permission in ALL}
    assert set(found) == {"shown elsewhere", "dead letters", "door", "intake", "fulfiller", "accountant"}
    assert {one.action for one in ALL if purpose(one) == "fulfiller"} == {
        "events:InvokeApiDestination",
        "sts:AssumeRole",
    }
    assert {one.action for one in ALL if purpose(one) == "intake"} == {
        "dynamodb:PutItem",
        "events:PutEvents",
        "secretsmanager:GetSecretValue",
    }


@of("fulfiller")
def test_without_it_no_order_reaches_the_fulfiller_and_each_is_a_dead_letter(
    stack_without: Without, permission: Permission
) -> None:
    with stack_without(permission) as partners:
        partners.tell("OrderPlaced", order(country="US"))
        partners.cloud.settle()

        assert partners.shipments() == []
        (letter,) = partners.letters("ShippedAbroad")
        code = "FAILED_TO_ASSUME_ROLE" if permission.action == "sts:AssumeRole" else "NO_PERMISSIONS"
        assert letter["ERROR_CODE"] == code


@of("accountant")
def test_without_it_no_payment_reaches_the_accountants_topic_and_each_is_a_dead_letter(
    stack_without: Without, permission: Permission
) -> None:
    with stack_without(permission) as partners:
        partners.tell("PaymentTaken", payment())
        partners.cloud.settle()

        assert partners.books.taken == {}
        (letter,) = partners.letters("CommerceRoutesBookings")
        assert letter["ERROR_CODE"] == "NO_PERMISSIONS"


@of("door")
def test_without_it_no_carrier_gets_in(stack_without: Without, permission: Permission) -> None:
    with stack_without(permission) as partners:
        assert partners.webhook(NOTICE) == 403
        partners.cloud.settle()

        (turned_away,) = partners.to("TakeWebhook")
        assert (turned_away.fate, turned_away.code) == (Fate.DROPPED, "AccessDenied")
        assert f"may not {permission.action} on " in turned_away.reason


@of("intake")
def test_without_it_a_carrier_is_told_to_try_again_and_the_log_says_why(
    stack_without: Without, permission: Permission
) -> None:
    with stack_without(permission) as partners:
        assert partners.webhook(NOTICE) == 500
        partners.cloud.settle()

        assert partners.published() == []
        (answered,) = partners.to("TakeWebhook")
        assert "AccessDenied" in answered.attempts[-1].log
        assert permission.action in answered.attempts[-1].log


@of("dead letters")
def test_without_it_what_fails_is_lost_and_the_ledger_says_which_queue_was_closed(
    stack_without: Without, permission: Permission
) -> None:
    with stack_without(permission) as partners:
        partners.fulfiller.status = partners.accountant.status = 404
        partners.cloud.faults.deny(partners.topic.rpartition(":")[2])
        partners.tell("OrderPlaced", order(country="US"))
        partners.tell("PaymentTaken", payment())
        partners.cloud.client("sns").publish(
            TopicArn=partners.topic, Message=json.dumps({"detail": {"method": "card"}})
        )
        partners.cloud.settle()

        (lost,) = [one for one in partners.cloud.ledger.deliveries if one.fate is Fate.DROPPED]
        assert "Its dead-letter queue " in lost.reason
        assert f"{permission.principal} may not sqs:SendMessage on " in lost.reason
