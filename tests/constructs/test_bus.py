"""A bus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from eventyard.constructs import Bus, Topic

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.xdist_group("cdk")


def test_a_bus_without_a_name_gets_one_that_is_known_before_deployment(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]
) -> None:
    stack = new_stack()
    Bus(stack, "Commerce")

    assert isinstance(synthesized(stack).the("Events::EventBus")["Name"], str)


def test_events_that_cannot_be_encrypted_with_the_users_key_go_to_a_dead_letter_queue(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]
) -> None:
    from aws_cdk import aws_kms  # noqa: PLC0415 (after the constructs have found their Node)

    stack = new_stack()
    Bus(stack, "Commerce", name="commerce", kms_key=aws_kms.Key(stack, "Own"))

    resources = synthesized(stack)
    assert "CommerceDeadLetters" in resources.the("Events::EventBus")["DeadLetterConfig"]["Arn"]
    statements = resources.statements("SQS::QueuePolicy", "CommerceDeadLettersPolicy", service="events.amazonaws.com")
    sources = [statement["Condition"]["ArnLike"]["aws:SourceArn"] for statement in statements]
    assert ["arn:aws:events:us-east-1:111111111111:event-bus/commerce"] in sources


def test_the_topics_of_a_stack_share_a_key_that_is_rotated(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]
) -> None:
    from aws_cdk import aws_kms  # noqa: PLC0415 (after the constructs have found their Node)

    stack = new_stack()
    Topic(stack, "Orders")
    Topic(stack, "Returns")
    Topic(stack, "Secrets", master_key=aws_kms.Key(stack, "Own"))

    resources = synthesized(stack)
    key = {
        name: topic["KmsMasterKeyId"] for name, topic in ((n[:-8], t) for n, t in resources.of("SNS::Topic").items())
    }
    assert key["Orders"] == key["Returns"] != key["Secrets"]
    assert resources.the("KMS::Key", "TopicKey")["EnableKeyRotation"] is True
