"""Rules, topics and their targets in different stacks, in every direction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from eventyard.constructs import Bus, Function, Queue, Route, Subscription, Topic

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("cdk")

PLACED = {"source": ["shop.web"]}


def depends(on: Any, stack: Any) -> bool:  # noqa: ANN401 (Stacks)
    return on.stack_name in {other.stack_name for other in stack.dependencies}


def test_a_rule_targets_a_queue_of_a_stack_that_depends_on_the_buss(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]
) -> None:
    buses, orders = new_stack("Buses"), new_stack("Orders")
    bus, queue = Bus(buses, "Commerce"), Queue(orders, "Placed")
    orders.add_dependency(buses)

    bus.route("Placed", PLACED, to=queue)

    (target,) = synthesized(orders).the("Events::Rule")["Targets"]
    assert "Placed" in target["Arn"]
    assert not depends(orders, buses)


@pytest.mark.parametrize("said", ["by reference", "by add_dependency"])
def test_a_rule_targets_a_queue_of_a_stack_that_the_buss_depends_on(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any], said: str
) -> None:
    from aws_cdk import CfnOutput  # noqa: PLC0415 (after the constructs have found their Node)

    buses, orders = new_stack("Buses"), new_stack("Orders")
    bus, queue = Bus(buses, "Commerce", name="commerce"), Queue(orders, "Placed")
    if said == "by add_dependency":
        buses.add_dependency(orders)
        bus.route("Placed", PLACED, to=queue)
    else:
        CfnOutput(buses, "Elsewhere", value=queue.queue_url)
        bus.route("Placed", PLACED, to=queue, scope=bus)

    (target,) = synthesized(buses).the("Events::Rule")["Targets"]
    assert target["Arn"].startswith("import:Orders")
    (statement,) = synthesized(orders).statements("SQS::QueuePolicy", "PlacedPolicy", service="events.amazonaws.com")
    assert statement["Condition"]["ArnLike"]["aws:SourceArn"] == [
        "arn:aws:events:us-east-1:111111111111:rule/commerce/*"
    ]


@pytest.mark.parametrize("kind", ["queue", "topic", "function", "log group"])
def test_a_rule_of_the_buss_stack_reaches_every_kind_of_target_elsewhere(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any], code: Path, kind: str
) -> None:
    from aws_cdk import aws_logs  # noqa: PLC0415 (after the constructs have found their Node)

    make: dict[str, Callable[[Any], Any]] = {
        "queue": lambda stack: Queue(stack, "Target"),
        "topic": lambda stack: Topic(stack, "Target"),
        "function": lambda stack: Function(stack, "Target", handler=code),
        "log group": lambda stack: aws_logs.LogGroup(stack, "Target"),
    }
    buses, others = new_stack("Buses"), new_stack("Others")
    buses.add_dependency(others)

    Route(buses, "Placed", bus=Bus(buses, "Commerce"), pattern=PLACED, to=make[kind](others))

    assert synthesized(buses).the("Events::Rule")["Targets"]


def test_a_native_bus_without_a_name_makes_no_cycle_either(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]
) -> None:
    from aws_cdk import aws_events  # noqa: PLC0415 (after the constructs have found their Node)

    buses, orders = new_stack("Buses"), new_stack("Orders")
    bus = aws_events.EventBus(buses, "Commerce", event_bus_name=None)
    imported = aws_events.EventBus.from_event_bus_arn(
        orders, "Elsewhere", "arn:aws:events:us-east-1:111111111111:event-bus/elsewhere"
    )
    queue = Queue(orders, "Placed")
    buses.add_dependency(orders)

    Route(buses, "Placed", bus=bus, pattern=PLACED, to=queue)
    Route(orders, "FromElsewhere", bus=imported, pattern=PLACED, to=queue)

    (statement,) = synthesized(orders).statements("SQS::QueuePolicy", "PlacedPolicy", service="events.amazonaws.com")
    sources = statement["Condition"]["ArnLike"]["aws:SourceArn"]
    # What CloudFormation will call the bus is unknown here, so it is all rules of the account.
    assert sources == ["arn:aws:events:us-east-1:111111111111:rule/*"]


@pytest.mark.parametrize("owner", ["topic's", "queue's"])
def test_a_subscription_lives_in_either_stack(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any], owner: str
) -> None:
    topics, queues = new_stack("Topics"), new_stack("Queues")
    topic, queue = Topic(topics, "Orders"), Queue(queues, "Placed")
    first, second = (topics, queues) if owner == "topic's" else (queues, topics)
    first.add_dependency(second)

    Subscription(first, "Hears", listens_to=topic, to=queue)

    assert synthesized(first).the("SNS::Subscription")["Protocol"] == "sqs"
