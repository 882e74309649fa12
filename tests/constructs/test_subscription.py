"""A topic's hand-over to queues and functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from eventyard.constructs import Function, Queue, Selection, Subscription, Topic, Worker
from eventyard.errors import EventyardError, PatternError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("cdk")


def test_a_policy_over_the_body_is_filtered_by_the_body(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]
) -> None:
    stack = new_stack()
    Queue(stack, "Warehouse", listens_to=Topic(stack, "Orders").only({"detail": {"country": ["DE", "FR"]}}))

    subscription = synthesized(stack).the("SNS::Subscription")
    assert subscription["FilterPolicy"] == {"detail": {"country": ["DE", "FR"]}}
    assert subscription["FilterPolicyScope"] == "MessageBody"


def test_a_policy_over_attributes_is_filtered_by_attributes(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]
) -> None:
    stack = new_stack()
    Queue(stack, "Care", listens_to=Topic(stack, "Notices").only(urgency=["high"]), raw=True)

    subscription = synthesized(stack).the("SNS::Subscription")
    assert subscription["FilterPolicy"] == {"urgency": ["high"]}
    assert subscription["FilterPolicyScope"] == "MessageAttributes"
    assert subscription["RawMessageDelivery"] is True


@pytest.mark.parametrize("arguments", [((), {}), (({"detail": {"a": ["b"]}},), {"urgency": ["high"]})])
def test_a_selection_is_by_body_or_by_attributes(new_stack: Callable[..., Any], arguments: tuple[Any, Any]) -> None:
    positional, named = arguments
    topic = Topic(new_stack(), "Orders")

    with pytest.raises(EventyardError, match="one of the two"):
        topic.only(*positional, **named)


def test_a_wrong_filter_policy_fails_at_synth_with_its_path(new_stack: Callable[..., Any]) -> None:
    stack = new_stack()

    with pytest.raises(PatternError, match=r"HearsOrders: detail\.total"):
        Queue(stack, "Big", listens_to=Topic(stack, "Orders").only({"detail": {"total": [{"bigger": 1}]}}))


def test_the_queue_and_the_dead_letter_queue_admit_this_topic_only(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]
) -> None:
    stack = new_stack()
    Queue(stack, "Warehouse", listens_to=Topic(stack, "Orders"))

    resources = synthesized(stack)
    assert "HearsOrdersDeadLetters" in resources.the("SNS::Subscription")["RedrivePolicy"]["deadLetterTargetArn"]
    for queue in ("WarehousePolicy", "WarehouseHearsOrdersDeadLettersPolicy"):
        (statement,) = resources.statements("SQS::QueuePolicy", queue, service="sns.amazonaws.com")
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "111111111111"}
        (source,) = statement["Condition"]["ArnLike"]["aws:SourceArn"]
        assert "Shop-Orders" in source


def test_a_fifo_topic_is_heard_through_fifo_queues_up_to_the_last_dead_letter(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any], code: Path
) -> None:
    stack = new_stack()
    movements = Topic(stack, "Movements", fifo=True)
    Worker(stack, "Stock", handler=code, listens_to=movements.only(kind=["reserved"]), raw=True)

    resources = synthesized(stack)
    assert resources.the("SNS::Topic")["TopicName"].endswith(".fifo")
    assert {name for name, queue in resources.of("SQS::Queue").items() if not queue.get("FifoQueue")} == set()


def test_a_function_hears_no_fifo_topic_and_nothing_raw(new_stack: Callable[..., Any], code: Path) -> None:
    stack = new_stack()
    function = Function(stack, "Thanks", handler=code)

    with pytest.raises(EventyardError, match="queues only"):
        Subscription(stack, "Ordered", listens_to=Topic(stack, "Movements", fifo=True), to=function)
    with pytest.raises(EventyardError, match="envelope"):
        Subscription(stack, "Raw", listens_to=Topic(stack, "Orders"), to=function, raw=True)


def test_a_queue_under_awss_own_key_is_refused_because_nothing_would_arrive(new_stack: Callable[..., Any]) -> None:
    from aws_cdk import aws_sqs  # noqa: PLC0415 (after the constructs have found their Node)

    stack = new_stack()
    queue = aws_sqs.Queue(stack, "Locked", encryption=aws_sqs.QueueEncryption.KMS_MANAGED)

    with pytest.raises(EventyardError, match="alias/aws/sqs"):
        Subscription(stack, "Hears", listens_to=Topic(stack, "Orders"), to=queue)


def test_a_queue_under_the_users_key_admits_the_topic_to_the_key(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]
) -> None:
    from aws_cdk import aws_kms  # noqa: PLC0415 (after the constructs have found their Node)

    stack = new_stack()
    key = aws_kms.Key(stack, "Own")
    Queue(stack, "Locked", encryption_master_key=key, listens_to=Topic(stack, "Orders"))

    (statement,) = synthesized(stack).statements("KMS::Key", "Own", service="sns.amazonaws.com")
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "111111111111"}


def test_native_topics_queues_and_functions_join_in(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]
) -> None:
    from aws_cdk import aws_lambda, aws_sns, aws_sqs  # noqa: PLC0415 (after the constructs have found their Node)

    stack = new_stack()
    topic = aws_sns.Topic.from_topic_arn(stack, "Orders", "arn:aws:sns:us-east-1:111111111111:orders")
    function = aws_lambda.Function(
        stack,
        "Native",
        runtime=aws_lambda.Runtime.PYTHON_3_13,
        handler="index.handle",
        code=aws_lambda.Code.from_inline("def handle(event, context): ..."),
    )
    Subscription(stack, "ToQueue", listens_to=Selection(topic, {"a": ["b"]}), to=aws_sqs.Queue(stack, "Queue"))
    Subscription(stack, "ToFunction", listens_to=topic, to=function)
    worker = Worker(stack, "Worker", handler=function, listens_to=topic)

    resources = synthesized(stack)
    assert {heard["TopicArn"] for heard in resources.of("SNS::Subscription").values()} == {topic.topic_arn}
    assert worker.function is function
    # Lambda's own default timeout is 3 seconds.
    assert resources.the("SQS::Queue", "WorkerQueue")["VisibilityTimeout"] == 18


ACCOUNTANT = "https://accountant.example.com/bookings"


def test_an_endpoint_is_tried_for_most_of_an_hour_before_its_message_is_a_dead_letter(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]
) -> None:
    stack = new_stack()
    payments = Topic(stack, "Payments")
    Subscription(stack, "Accountant", listens_to=payments.only({"detail": {"amount": [1]}}), to=ACCOUNTANT)

    subscription = synthesized(stack).the("SNS::Subscription")
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("https", ACCOUNTANT)
    assert subscription["RawMessageDelivery"] is False  # raw messages have no signature
    assert subscription["FilterPolicy"] == {"detail": {"amount": [1]}}
    assert "AccountantDeadLetters" in subscription["RedrivePolicy"]["deadLetterTargetArn"]
    retries = subscription["DeliveryPolicy"]["healthyRetryPolicy"]
    assert retries["numRetries"] * retries["maxDelayTarget"] <= 3_600  # more, and SNS refuses the policy


def test_the_delivery_policy_of_an_endpoint_can_be_said(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]
) -> None:
    stack = new_stack()
    slow = {"throttlePolicy": {"maxReceivesPerSecond": 2}}
    Subscription(stack, "Accountant", listens_to=Topic(stack, "Payments"), to=ACCOUNTANT, delivery_policy=slow)

    assert synthesized(stack).the("SNS::Subscription")["DeliveryPolicy"] == slow


@pytest.mark.parametrize(
    ("url", "fifo", "why"),
    [("http://accountant.example.com", False, "is not HTTPS"), (ACCOUNTANT, True, "delivers to queues only")],
)
def test_an_endpoint_that_could_not_be_subscribed_fails_at_synth(
    new_stack: Callable[..., Any],
    url: str,
    fifo: bool,  # noqa: FBT001 (a parameter of the test)
    why: str,
) -> None:
    stack = new_stack()

    with pytest.raises(EventyardError, match=why):
        Subscription(stack, "Accountant", listens_to=Topic(stack, "Payments", fifo=fifo), to=url)
