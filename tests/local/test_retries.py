"""How often and how long AWS tries again, and what follows: a day, six hours or 23 days of it in a moment."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.local import Fate
from eventyard.local._retries import SNS_TO_AWS, SNS_TO_PEOPLE, Schedule, event_bridge, lambda_throttles, sns_to_http

if TYPE_CHECKING:
    from eventyard.local import Delivery, LocalCloud
    from tests.local.conftest import Bodies, Deploy, Function, Json, Put


def make_queue(cloud: LocalCloud, name: str, **attributes: str) -> str:
    """A queue's ARN."""
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return str(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"])


def rule_to(cloud: LocalCloud, arn: str, **target: Any) -> None:  # noqa: ANN401 - PutTargets' own fields
    events = cloud.client("events")
    events.put_rule(Name="placed", EventPattern='{"source": ["shop.web"]}')
    events.put_targets(Rule="placed", Targets=[{"Id": "t", "Arn": arn, **target}])


def topic_to(cloud: LocalCloud, arn: str, topic: str = "news", protocol: str = "sqs", **attributes: str) -> str:
    """The ARN of a topic with one subscriber."""
    sns = cloud.client("sns")
    fifo = {"FifoTopic": "true"} if topic.endswith(".fifo") else {}
    made = str(sns.create_topic(Name=topic, Attributes=fifo)["TopicArn"])
    sns.subscribe(TopicArn=made, Protocol=protocol, Endpoint=arn, Attributes=attributes)
    return made


def only(cloud: LocalCloud, event_id: str) -> Delivery:
    (delivery,) = cloud.ledger.deliveries_of(event_id)
    return delivery


def lasted(delivery: Delivery) -> timedelta:
    return timedelta(seconds=delivery.attempts[-1].time - delivery.attempts[0].time)


def tags(cloud: LocalCloud, queue: str) -> dict[str, str]:
    """The message attributes of a queue's one message."""
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    (message,) = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    return {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}


def test_eventbridge_tries_185_times_more_within_a_day(cloud: LocalCloud, put: Put) -> None:
    rule_to(cloud, make_queue(cloud, "orders"), DeadLetterConfig={"Arn": make_queue(cloud, "dead")})
    cloud.faults.throttle("orders")
    event = put()
    cloud.settle()
    delivery = only(cloud, event)
    assert (delivery.fate, delivery.code, len(delivery.attempts)) == (Fate.DEAD_LETTERED, "THROTTLING", 186)
    assert timedelta(hours=18) < lasted(delivery) < timedelta(hours=24)
    told = tags(cloud, "dead")
    assert told["EXHAUSTED_RETRY_CONDITION"] == "MaximumRetryAttempts"
    assert (told["RETRY_ATTEMPTS"], told["ERROR_CODE"]) == ("185", "THROTTLING")


def test_eventbridge_gives_up_when_the_event_is_too_old(cloud: LocalCloud, put: Put) -> None:
    dead = {"Arn": make_queue(cloud, "dead")}
    rule_to(cloud, make_queue(cloud, "orders"), RetryPolicy={"MaximumEventAgeInSeconds": 60}, DeadLetterConfig=dead)
    began = cloud.now
    cloud.faults.outage("sqs", hours=1)
    cloud.faults.clear("sqs")
    cloud.faults.outage("orders", hours=1)
    event = put()
    cloud.settle()
    assert only(cloud, event).fate is Fate.DEAD_LETTERED
    assert cloud.now - began == timedelta(seconds=60)
    assert tags(cloud, "dead")["EXHAUSTED_RETRY_CONDITION"] == "MaximumEventAgeInSeconds"


def test_an_outage_that_ends_in_time_delays_and_loses_nothing(cloud: LocalCloud, put: Put, bodies: Bodies) -> None:
    rule_to(cloud, make_queue(cloud, "orders"))
    began = cloud.now
    cloud.faults.outage("sqs", minutes=10)
    event = put()
    cloud.settle()
    delivery = only(cloud, event)
    assert (delivery.fate, delivery.attempts[-1].code) == (Fate.DELIVERED, "")
    assert len(delivery.attempts) > 5
    assert timedelta(minutes=10) <= cloud.now - began < timedelta(minutes=30)
    assert len(bodies("orders")) == 1


def test_a_rule_without_retries_tries_once(cloud: LocalCloud, put: Put) -> None:
    rule_to(cloud, make_queue(cloud, "orders"), RetryPolicy={"MaximumRetryAttempts": 0})
    cloud.faults.fail("orders", times=1)
    event = put()
    cloud.settle()
    delivery = only(cloud, event)
    assert (delivery.fate, len(delivery.attempts)) == (Fate.DROPPED, 1)


def test_what_is_denied_is_not_tried_again(cloud: LocalCloud, put: Put) -> None:
    rule_to(cloud, make_queue(cloud, "orders"))
    cloud.faults.deny("orders")
    event = put()
    cloud.settle()
    delivery = only(cloud, event)
    assert (delivery.fate, delivery.code, len(delivery.attempts)) == (Fate.DROPPED, "NO_PERMISSIONS", 1)


def test_sns_tries_a_queue_for_23_days(cloud: LocalCloud) -> None:
    # https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
    redrive = json.dumps({"deadLetterTargetArn": make_queue(cloud, "dead")})
    topic = topic_to(cloud, make_queue(cloud, "orders"), RedrivePolicy=redrive)
    cloud.faults.fail("orders")
    message = cloud.client("sns").publish(TopicArn=topic, Message="hello")["MessageId"]
    cloud.settle()
    delivery = only(cloud, message)
    assert (delivery.fate, len(delivery.attempts)) == (Fate.DEAD_LETTERED, 100_016)
    assert [attempt.time - delivery.attempts[0].time for attempt in delivery.attempts[:7]] == [0, 0, 0, 0, 1, 2, 3]
    assert timedelta(days=23) < lasted(delivery) < timedelta(days=24)


def test_time_stops_in_the_middle_of_a_schedule(cloud: LocalCloud) -> None:
    topic = topic_to(cloud, make_queue(cloud, "orders"))
    cloud.faults.fail("orders")
    message = cloud.client("sns").publish(TopicArn=topic, Message="hello")["MessageId"]
    cloud.advance(days=1)
    tried = len(only(cloud, message).attempts)
    assert (only(cloud, message).fate, 4000 < tried < 4400) == (Fate.PENDING, True)
    cloud.faults.clear()
    cloud.settle()
    assert (only(cloud, message).fate, len(only(cloud, message).attempts)) == (Fate.DELIVERED, tried + 1)


def test_lambda_tries_for_six_hours_what_it_cannot_begin(
    cloud: LocalCloud, deploy: Deploy, function: Function, put: Put
) -> None:
    dead: Json = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "dead"}}
    code = "def handle(event, context): pass"
    letters = {"TargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}}
    deploy({**function("Work", code, ReservedConcurrentExecutions=0, DeadLetterConfig=letters), "Dead": dead})
    rule_to(cloud, "arn:aws:lambda:us-east-1:111111111111:function:Work")
    began = cloud.now
    event = put()
    cloud.settle()
    delivery = only(cloud, event)
    assert (delivery.fate, delivery.code) == (Fate.DEAD_LETTERED, "TooManyRequestsException")
    assert cloud.now - began == timedelta(hours=6)
    assert [int(b.time - a.time) for a, b in zip(delivery.attempts, delivery.attempts[1:11], strict=False)] == [
        *(1, 2, 4, 8, 16, 32, 64, 128, 256, 300),
    ]


def test_a_function_that_was_throttled_for_a_while_does_its_work(
    cloud: LocalCloud, deploy: Deploy, function: Function, put: Put
) -> None:
    deploy(function("Work", "def handle(event, context): pass"))
    rule_to(cloud, "arn:aws:lambda:us-east-1:111111111111:function:Work")
    cloud.faults.throttle("Work", times=20)
    event = put()
    cloud.settle()
    delivery = only(cloud, event)
    assert (delivery.fate, len(delivery.attempts)) == (Fate.DELIVERED, 21)


def test_a_fifo_group_waits_behind_its_message_that_is_tried_again(cloud: LocalCloud, bodies: Bodies) -> None:
    arn = make_queue(cloud, "orders.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    topic = topic_to(cloud, arn, "news.fifo", RawMessageDelivery="true")
    cloud.faults.fail("orders", times=5)
    for text, group in (("a1", "a"), ("a2", "a"), ("b1", "b")):
        cloud.client("sns").publish(TopicArn=topic, Message=text, MessageGroupId=group, MessageDeduplicationId=text)
    cloud.settle()
    arrived = bodies("orders.fifo")
    assert sorted(arrived) == ["a1", "a2", "b1"]
    assert arrived.index("a1") < arrived.index("a2")
    assert cloud.ledger.balance.holds


def test_what_a_fifo_topic_cannot_deliver_is_in_its_fifo_dead_letter_queue(cloud: LocalCloud, bodies: Bodies) -> None:
    queue = make_queue(cloud, "orders.fifo", FifoQueue="true")
    dead = make_queue(cloud, "dead.fifo", FifoQueue="true")  # as the queue itself, it deduplicates by ids alone
    topic = topic_to(cloud, queue, "news.fifo", RedrivePolicy=json.dumps({"deadLetterTargetArn": dead}))
    cloud.faults.deny("orders")
    for text in ("a1", "a2"):
        cloud.client("sns").publish(TopicArn=topic, Message=text, MessageGroupId="a", MessageDeduplicationId=text)
    cloud.settle()
    assert {delivery.fate for delivery in cloud.ledger.deliveries} == {Fate.DEAD_LETTERED}
    # One of a group at a time, as everywhere.
    assert [json.loads(body)["Message"] for body in bodies("dead.fifo")] == ["a1", "a2"]


@pytest.mark.parametrize(
    ("schedule", "retries", "at_least", "at_most"),
    [
        (event_bridge({}), 185, timedelta(hours=18), timedelta(hours=24)),
        (event_bridge({"MaximumRetryAttempts": 3}), 3, timedelta(seconds=3), timedelta(seconds=7)),
        (SNS_TO_AWS, 100_015, timedelta(days=23), timedelta(days=24)),
        (SNS_TO_PEOPLE, 50, timedelta(hours=6), timedelta(hours=7)),
        (sns_to_http({}), 3, timedelta(seconds=60), timedelta(seconds=60)),
        (sns_to_http({"numRetries": 5, "numNoDelayRetries": 5}), 5, timedelta(0), timedelta(0)),
        (
            sns_to_http(
                {"numRetries": 3, "minDelayTarget": 1, "maxDelayTarget": 100, "backoffFunction": "exponential"}
            ),
            3,
            timedelta(seconds=110),
            timedelta(seconds=112),
        ),
    ],
)
def test_schedules_have_the_length_that_aws_gives_them(
    schedule: Schedule, retries: int, at_least: timedelta, at_most: timedelta
) -> None:
    delays: list[float] = []
    while (delay := schedule.delay(len(delays) + 1, chance=0.5)) is not None:
        delays.append(delay)
    assert len(delays) == retries
    assert at_least <= timedelta(seconds=sum(delays)) <= at_most


@pytest.mark.parametrize("curve", ["linear", "arithmetic", "geometric", "exponential"])
@pytest.mark.parametrize("first", [0, 1, 20])
def test_every_curve_of_sns_grows_from_the_least_to_the_most_delay(curve: str, first: int) -> None:
    policy = {"numRetries": 10, "minDelayTarget": first, "maxDelayTarget": 300, "backoffFunction": curve}
    schedule = sns_to_http(policy)
    delays = [schedule.delay(retry, 0) or 0.0 for retry in range(1, 11)]
    assert delays == sorted(delays)
    assert delays[0] == first
    assert delays[-1] == pytest.approx(300)


def test_a_throttled_invocation_waits_five_minutes_at_most() -> None:
    schedule = lambda_throttles(21_600)
    assert max(schedule.delay(retry, 0) or 0 for retry in range(1, 100)) == 300
