"""However many rules and topics come, policies stay within AWS's limits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.constructs import Bus, Function, Queue, Subscription, Topic

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("cdk")

# https://docs.aws.amazon.com/general/latest/gr/sqs-service.html and .../lambda/latest/dg/gettingstarted-limits.html
QUEUE_POLICY_BYTES, QUEUE_POLICY_STATEMENTS = 8_192, 20
FUNCTION_POLICY_BYTES = 20_480


def as_statement(permission: dict[str, Any]) -> dict[str, Any]:
    """What Lambda writes into a function's policy for one permission."""
    return {
        "Sid": "X" * 60,
        "Effect": "Allow",
        "Principal": {"Service": permission["Principal"]},
        "Action": permission["Action"],
        "Resource": permission["FunctionName"],
        "Condition": {
            "StringEquals": {"AWS:SourceAccount": permission["SourceAccount"]},
            "ArnLike": {"AWS:SourceArn": permission["SourceArn"]},
        },
    }


@pytest.mark.parametrize("topics", [20, 100])
def test_many_topics_on_one_queue_keep_its_policy_within_the_limits(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any], topics: int
) -> None:
    stack = new_stack("OrderFanoutOfTheWholeShop")
    queue, dead = Queue(stack, "Everything"), Queue(stack, "Dead")
    for number in range(topics):
        topic = Topic(stack, f"ConcernNumber{number}")
        Subscription(stack, f"Hears{number}", listens_to=topic, to=queue, dead_letter_queue=dead)

    for name in ("EverythingPolicy", "DeadPolicy"):
        document = synthesized(stack).the("SQS::QueuePolicy", name)["PolicyDocument"]
        assert len(json.dumps(document)) <= QUEUE_POLICY_BYTES
        assert len(document["Statement"]) <= QUEUE_POLICY_STATEMENTS


def test_few_topics_are_admitted_by_name(new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]) -> None:
    stack = new_stack()
    queue = Queue(stack, "All", listens_to=[Topic(stack, "Orders"), Topic(stack, "Returns")])
    assert queue.dead_letters is not None

    (statement,) = synthesized(stack).statements("SQS::QueuePolicy", "AllPolicy", service="sns.amazonaws.com")
    first, second = statement["Condition"]["ArnLike"]["aws:SourceArn"]
    assert "Shop-Orders" in first
    assert "Shop-Returns" in second


def test_a_hundred_rules_on_one_function_keep_its_policy_within_the_limit(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any], code: Path
) -> None:
    stack = new_stack()
    bus, function, dead = Bus(stack, "Commerce"), Function(stack, "Audit", handler=code), Queue(stack, "Dead")
    for number in range(100):
        bus.route(f"Rule{number}", {"source": [f"shop.{number}"]}, to=function, dead_letter_queue=dead)

    resources = synthesized(stack)
    statements = [as_statement(permission) for permission in resources.of("Lambda::Permission").values()]
    assert len(json.dumps({"Version": "2012-10-17", "Statement": statements})) <= FUNCTION_POLICY_BYTES
    assert len(json.dumps(resources.the("SQS::QueuePolicy", "DeadPolicy"))) <= QUEUE_POLICY_BYTES
    assert len(resources.of("Events::Rule")) == len({str(rule) for rule in resources.of("Events::Rule").values()})


def test_a_function_of_several_topics_admits_the_topics_of_its_account(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any], code: Path
) -> None:
    stack = new_stack()
    Function(stack, "Audit", handler=code, listens_to=[Topic(stack, "Orders"), Topic(stack, "Returns")])

    permission = synthesized(stack).the("Lambda::Permission")
    assert permission["SourceArn"] == "arn:aws:sns:us-east-1:111111111111:*"
    assert permission["SourceAccount"] == "111111111111"
