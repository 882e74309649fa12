"""What a test makes go wrong, and what AWS would do then."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.errors import DeliveryError, EventyardError
from eventyard.local import Fate, Host, LocalCloud
from tests.local.test_retries import make_queue, only, rule_to, topic_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.local._faults import Faults
    from tests.local.conftest import Bodies, Deploy, Function, Json, Put


def test_a_name_that_nothing_has_is_refused_with_what_it_may_have_meant(cloud: LocalCloud) -> None:
    make_queue(cloud, "warehouse")
    with pytest.raises(EventyardError, match=r"there is no function, queue, .* 'warehose'") as caught:
        cloud.faults.fail("warehose")
    assert caught.value.remedy.startswith("Did you mean warehouse")


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (lambda faults: faults.fail("orders", times=0), "at least once, not 0 times"),
        (lambda faults: faults.fail("orders", chance=0), "above 0 and at most 1"),
        (lambda faults: faults.throttle("orders", chance=1.5), "above 0 and at most 1"),
    ],
)
def test_a_fault_that_never_strikes_is_refused(
    cloud: LocalCloud, fault: Callable[[Faults], None], message: str
) -> None:
    make_queue(cloud, "orders")
    with pytest.raises(EventyardError, match=message):
        fault(cloud.faults)


def test_a_function_that_fails_twice_does_its_work_the_third_time(
    cloud: LocalCloud, deploy: Deploy, function: Function, put: Put
) -> None:
    deploy(function("Work", "def handle(event, context): pass"))
    rule_to(cloud, "arn:aws:lambda:us-east-1:111111111111:function:Work")
    cloud.faults.fail("Work", times=2)
    event = put()
    cloud.settle()
    delivery = only(cloud, event)
    assert (delivery.fate, [attempt.code for attempt in delivery.attempts]) == (
        Fate.DELIVERED,
        ["Unhandled", "Unhandled", ""],
    )


def test_a_poller_whose_function_fails_finds_the_message_again(
    cloud: LocalCloud, deploy: Deploy, function: Function
) -> None:
    queue: Json = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "orders"}}
    mapping = {"EventSourceArn": {"Fn::GetAtt": ["Orders", "Arn"]}, "FunctionName": {"Ref": "Work"}}
    deploy(
        {
            **function("Work", "def handle(event, context): pass"),
            "Orders": queue,
            "Intake": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": mapping},
        }
    )
    cloud.faults.throttle("Work", times=3)
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName="orders")["QueueUrl"]
    message = sqs.send_message(QueueUrl=url, MessageBody="{}")["MessageId"]
    cloud.settle()
    delivery = only(cloud, message)
    assert (delivery.fate, len(delivery.attempts)) == (Fate.DELIVERED, 4)


def test_a_dead_letter_queue_that_fails_too_means_that_the_event_is_dropped(cloud: LocalCloud, put: Put) -> None:
    rule_to(cloud, make_queue(cloud, "orders"), DeadLetterConfig={"Arn": make_queue(cloud, "dead")})
    cloud.faults.deny("orders")
    cloud.faults.fail("dead")
    event = put()
    cloud.settle()
    delivery = only(cloud, event)
    assert (delivery.fate, delivery.code) == (Fate.DROPPED, "NO_PERMISSIONS")
    assert "Its dead-letter queue sqs:dead failed too: INTERNAL_ERROR" in delivery.reason


def test_a_delayed_delivery_comes_later(cloud: LocalCloud, put: Put) -> None:
    rule_to(cloud, make_queue(cloud, "orders"))
    began = cloud.now
    cloud.faults.delay("orders", by=90, times=1)
    put()
    cloud.settle()
    assert (cloud.now - began).total_seconds() == 90


def test_what_is_delivered_twice_is_twice_in_the_queue_and_in_the_books(
    cloud: LocalCloud, put: Put, bodies: Bodies
) -> None:
    rule_to(cloud, make_queue(cloud, "orders"))
    cloud.faults.duplicate("orders", times=1)
    event = put()
    cloud.settle()
    assert bodies("orders") == [bodies_ for bodies_ in [cloud.ledger.events[0].content] for _ in range(2)]
    assert [delivery.fate for delivery in cloud.ledger.deliveries_of(event)] == [Fate.DELIVERED, Fate.DELIVERED]


def test_deliveries_come_in_another_order_but_not_to_a_fifo_queue(cloud: LocalCloud, put: Put, bodies: Bodies) -> None:
    fifo = make_queue(cloud, "strict.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    rule_to(cloud, make_queue(cloud, "loose"))
    group = {"MessageGroupId": "g"}
    cloud.client("events").put_targets(Rule="placed", Targets=[{"Id": "f", "Arn": fifo, "SqsParameters": group}])
    cloud.faults.reorder("*", within=60)
    for number in range(20):
        put({"n": number})
    cloud.settle()
    loose, strict = ([json.loads(body)["detail"]["n"] for body in bodies(name)] for name in ("loose", "strict.fifo"))
    assert strict == list(range(20))
    assert loose != strict
    assert sorted(loose) == strict


def test_faults_end_when_they_are_cleared_or_their_time_is_over(cloud: LocalCloud, put: Put) -> None:
    rule_to(cloud, make_queue(cloud, "orders"))
    cloud.faults.deny("orders", minutes=5)
    cloud.faults.deny("sqs")
    cloud.faults.clear("sqs")
    first = put()
    cloud.advance(minutes=6)
    second = put()
    cloud.settle()
    assert [only(cloud, event).fate for event in (first, second)] == [Fate.DROPPED, Fate.DELIVERED]


def test_the_same_seed_has_the_same_chances(host: Host) -> None:
    def run(seed: int) -> str:
        with LocalCloud(host=host, enforce=False, seed=seed) as cloud:
            topic = topic_to(cloud, make_queue(cloud, "orders"))
            cloud.faults.deny("orders", chance=0.5)
            for number in range(50):
                cloud.client("sns").publish(TopicArn=topic, Message=str(number))
            cloud.settle()
            assert 5 < cloud.ledger.fates[Fate.DROPPED] < 45
            return cloud.ledger.to_json()

    first: Any = run(7)
    assert first == run(7)
    assert first != run(8)


def test_an_assertion_tells_what_became_of_an_event(cloud: LocalCloud, put: Put) -> None:
    rule_to(cloud, make_queue(cloud, "orders"))
    cloud.faults.deny("orders", times=1)
    event, other = put(), put(Source="shop.mobile")
    cloud.settle()
    cloud.ledger.assert_not_delivered(event, "orders", because="NO_PERMISSIONS")
    cloud.ledger.assert_not_delivered(other, "orders", because='source: "shop.mobile"')
    with pytest.raises(DeliveryError, match=r"was not delivered to 'orders'.*\n.*rule/placed → sqs:orders: dropped"):
        cloud.ledger.assert_delivered(event, "orders")
    with pytest.raises(DeliveryError, match="but not because of 'THROTTLING'"):
        cloud.ledger.assert_not_delivered(event, "orders", because="THROTTLING")
    third = put()
    cloud.settle()
    cloud.ledger.assert_delivered(third, "orders")
    with pytest.raises(DeliveryError, match="was delivered to 'orders'"):
        cloud.ledger.assert_not_delivered(third, "orders")
