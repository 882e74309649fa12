"""The books: one fate each, and they always balance."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventyard.errors import DeliveryError
from eventyard.local import Edge, Event, Fate, Host, Ledger, LocalCloud
from eventyard.local._clock import VirtualClock

if TYPE_CHECKING:
    from tests.local.conftest import Deploy, Function, Json, Put

EDGE = Edge("rule→sqs", "arn:aws:events:us-east-1:111111111111:rule/placed", "arn:aws:sqs:us-east-1:111111111111:q")


@pytest.fixture
def ledger() -> Ledger:
    """With one event in it, `e`."""
    written = Ledger(VirtualClock())
    written.record(Event("e", "event", "bus", "OrderPlaced from shop.web", "{}", 0.0))
    return written


def test_a_delivery_has_one_fate(ledger: Ledger) -> None:
    delivery = ledger.begin("e", EDGE)
    ledger.end(delivery.number, Fate.DELIVERED)
    with pytest.raises(DeliveryError, match="ended twice: delivered, then dropped"):
        ledger.end(delivery.number, Fate.DROPPED)
    assert ledger.fates == {Fate.PENDING: 0, Fate.DELIVERED: 1, Fate.DEAD_LETTERED: 0, Fate.DROPPED: 0}


def test_the_books_do_not_hold_while_something_is_under_way(ledger: Ledger) -> None:
    delivery = ledger.begin("e", EDGE)
    assert str(ledger.balance) == "1 matched = 0 delivered + 0 dead-lettered + 0 dropped + 1 pending"
    with pytest.raises(DeliveryError, match="do not balance: 1 matched") as caught:
        ledger.assert_sound()
    assert "settle" in caught.value.remedy
    ledger.end(delivery.number, Fate.DELIVERED)
    assert ledger.balance.holds
    ledger.assert_sound()


def test_each_account_has_books_of_its_own_and_they_add_up_to_all(ledger: Ledger) -> None:
    """A hand-over to another account is in the sender's books, what follows there in the receiver's."""
    ours, theirs = "111111111111", "222222222222"
    mirror = f"arn:aws:events:eu-west-1:{theirs}:event-bus/mirror"
    crossing = ledger.begin("e", Edge("rule→events", f"arn:aws:events:us-east-1:{ours}:rule/all", mirror))
    ledger.end(crossing.number, Fate.DELIVERED)
    ledger.record(Event("f", "event", mirror, "OrderPlaced from shop.web", "{}", 0.0))
    there = f"arn:aws:events:eu-west-1:{theirs}:rule/mirror/all"
    onward = ledger.begin("e", Edge("rule→sqs", there, f"arn:aws:sqs:eu-west-1:{theirs}:q"), crossing.number)

    assert ledger.balance_of(ours).holds
    assert str(ledger.balance_of(theirs)) == "1 matched = 0 delivered + 0 dead-lettered + 0 dropped + 1 pending"
    ledger.end(onward.number, Fate.DEAD_LETTERED)
    both = ledger.balance_of(ours), ledger.balance_of(theirs)
    assert all(balance.holds for balance in both)
    assert sum(balance.matched for balance in both) == ledger.balance.matched == 2
    assert ledger.balance_of(theirs).events == 1
    assert ledger.balance_of("444444444444").matched == 0
    assert {ours, theirs} <= set(ledger.accounts)


def test_an_unexpected_drop_is_told_with_its_reason_and_an_expected_one_is_forgiven(ledger: Ledger) -> None:
    delivery = ledger.begin("e", EDGE)
    ledger.end(delivery.number, Fate.DROPPED, "NO_RESOURCE", "there is no queue.")
    with pytest.raises(DeliveryError, match=r"rule/placed → .*:q: NO_RESOURCE there is no queue\."):
        ledger.assert_sound()
    ledger.expect_drops("another")
    with pytest.raises(DeliveryError):
        ledger.assert_sound()
    ledger.expect_drops(":q")
    ledger.assert_sound()


def test_what_was_read_does_not_change(ledger: Ledger) -> None:
    ledger.begin("e", EDGE)
    (before,) = ledger.deliveries
    ledger.attempted(before.number, "THROTTLING", "later")
    ledger.end(before.number, Fate.DELIVERED)
    assert (before.fate, before.attempts) == (Fate.PENDING, ())
    (after,) = ledger.deliveries_of("e")
    assert (after.fate, [attempt.code for attempt in after.attempts]) == (Fate.DELIVERED, ["THROTTLING"])


def test_an_event_that_nobody_knows_has_no_story(ledger: Ledger) -> None:
    with pytest.raises(DeliveryError, match="knows no event 'x'") as caught:
        ledger.story("x")
    assert "EventId" in caught.value.remedy


def test_a_story_tells_the_whole_way_hop_by_hop(
    cloud: LocalCloud, deploy: Deploy, put: Put, function: Function
) -> None:
    code = """
        import boto3
        def handle(event, context):
            entry = {"Source": "shop.warehouse", "DetailType": "OrderShipped", "Detail": "{}"}
            boto3.client("events").put_events(Entries=[entry])
    """
    arn: Json = {"Fn::GetAtt": ["Orders", "Arn"]}
    deploy(
        {
            **function("Ship", code),
            "News": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "news"}},
            "Orders": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "orders"}},
            "Hears": {
                "Type": "AWS::SNS::Subscription",
                "Properties": {"TopicArn": {"Ref": "News"}, "Protocol": "sqs", "Endpoint": arn},
            },
            "Intake": {
                "Type": "AWS::Lambda::EventSourceMapping",
                "Properties": {"EventSourceArn": arn, "FunctionName": {"Ref": "Ship"}},
            },
            "Placed": {
                "Type": "AWS::Events::Rule",
                "Properties": {
                    "Name": "placed",
                    "EventPattern": {"source": ["shop.web"]},
                    "Targets": [{"Id": "news", "Arn": {"Ref": "News"}}],
                },
            },
        }
    )
    event = put()
    cloud.settle()
    story = cloud.ledger.story(event)
    assert [line.strip() for line in str(story).splitlines()][:4] == [
        "00:00:00 OrderPlaced from shop.web → event-bus/default",
        "rule/placed → sns:news: delivered",
        "sns:news → sqs:orders: delivered",
        "sqs:orders → lambda:Ship: delivered",
    ]
    assert "which led to: 00:00:00 OrderShipped from shop.warehouse → event-bus/default" in str(story)
    assert [d.edge.kind for d in story.deliveries] == ["rule→sns", "sns→sqs", "sqs→lambda"]
    assert [d.parent for d in story.deliveries] == [None, story.deliveries[0].number, story.deliveries[1].number]


@dataclass(frozen=True)
class Target:
    """A rule's target or a topic's subscriber: a queue that is there, or not; with a dead-letter queue, or not."""

    queue: int
    exists: bool
    dead_letters: bool


KINDS = st.sets(st.sampled_from(["a", "b", "c"]), min_size=1)
TARGETS = st.builds(Target, st.integers(0, 2), st.booleans(), st.booleans())
RULES = st.lists(st.tuples(KINDS, st.lists(TARGETS, max_size=2), st.booleans()), max_size=4)
SUBSCRIBER = st.tuples(st.one_of(st.none(), KINDS), TARGETS)
SUBSCRIPTIONS = st.lists(SUBSCRIBER, max_size=3, unique_by=lambda one: one[1].queue)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(rules=RULES, subscriptions=SUBSCRIPTIONS, events=st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=6))
def test_whatever_is_connected_to_whatever_the_books_balance(
    host: Host, rules: list[Any], subscriptions: list[Any], events: list[str]
) -> None:
    with LocalCloud(host=host, enforce=False) as cloud:
        build(cloud, rules, subscriptions)
        for kind in events:
            detail = json.dumps({"kind": kind})
            cloud.client("events").put_events(Entries=[{"Source": "shop", "DetailType": "t", "Detail": detail}])
        cloud.settle()
        ledger, balance = cloud.ledger, cloud.ledger.balance
        into_queues = [d for d in ledger.deliveries if d.edge.kind in {"rule→sqs", "sns→sqs"}]
        arrived = [d for d in into_queues if d.fate is Fate.DELIVERED]
        assert balance.holds
        assert balance.events == len(events)
        assert messages(cloud, "queue-") == len(arrived)
        assert messages(cloud, "dead") == balance.dead_lettered
        assert all(len(d.attempts) == 1 for d in ledger.deliveries)
        asked = sum(len(targets) + to_topic for kind in events for kinds, targets, to_topic in rules if kind in kinds)
        published = sum(to_topic for kind in events for kinds, _, to_topic in rules if kind in kinds)
        assert len(ledger.deliveries) + sum(ledger.filtered.values()) == asked + published * len(subscriptions)


def build(cloud: LocalCloud, rules: list[Any], subscriptions: list[Any]) -> None:
    events, sns, sqs = cloud.client("events"), cloud.client("sns"), cloud.client("sqs")
    for name in ("queue-0", "queue-1", "queue-2", "dead"):
        sqs.create_queue(QueueName=name)
    topic = sns.create_topic(Name="topic")["TopicArn"]
    for kinds, target in subscriptions:
        attributes = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": arn("dead")})} if target.dead_letters else {}
        if kinds:
            policy = {"detail": {"kind": sorted(kinds)}}
            attributes |= {"FilterPolicyScope": "MessageBody", "FilterPolicy": json.dumps(policy)}
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=endpoint(target), Attributes=attributes)
    for number, (kinds, targets, to_topic) in enumerate(rules):
        pattern = json.dumps({"detail": {"kind": sorted(kinds)}})
        events.put_rule(Name=f"rule-{number}", EventPattern=pattern)
        wanted = [
            {
                "Id": str(position),
                "Arn": endpoint(target),
                **({"DeadLetterConfig": {"Arn": arn("dead")}} if target.dead_letters else {}),
            }
            for position, target in enumerate(targets)
        ]
        wanted += [{"Id": "topic", "Arn": topic}] if to_topic else []
        if wanted:
            events.put_targets(Rule=f"rule-{number}", Targets=wanted)


def arn(queue: str) -> str:
    return f"arn:aws:sqs:us-east-1:111111111111:{queue}"


def endpoint(target: Target) -> str:
    return arn(f"{'queue' if target.exists else 'gone'}-{target.queue}")


def messages(cloud: LocalCloud, prefix: str) -> int:
    sqs = cloud.client("sqs")
    return sum(
        int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]["ApproximateNumberOfMessages"])
        for url in sqs.list_queues(QueueNamePrefix=prefix).get("QueueUrls", [])
    )


def test_of_old_events_the_counts_stay_and_of_new_ones_all() -> None:
    ledger = Ledger(VirtualClock(), keep=3)
    for number in range(10):
        ledger.record(Event(f"e{number}", "event", "bus", "OrderPlaced", "{}", 0.0))
        ledger.end(ledger.begin(f"e{number}", EDGE).number, Fate.DELIVERED)
    assert [event.id for event in ledger.events] == ["e7", "e8", "e9"]
    assert [delivery.event_id for delivery in ledger.deliveries] == ["e7", "e8", "e9"]
    assert (ledger.balance.events, ledger.balance.delivered, ledger.flows[EDGE][Fate.DELIVERED]) == (10, 10, 10)
    with pytest.raises(DeliveryError, match="knows no event 'e1'"):
        ledger.story("e1")


def test_an_old_event_is_kept_until_its_last_delivery_has_its_fate() -> None:
    ledger = Ledger(VirtualClock(), keep=2)
    ledger.record(Event("slow", "event", "bus", "OrderPlaced", "{}", 0.0))
    slow = ledger.begin("slow", EDGE)
    for number in range(5):
        ledger.record(Event(f"e{number}", "event", "bus", "OrderPlaced", "{}", 0.0))
    assert "slow" in [event.id for event in ledger.events]
    ledger.attempted(slow.number, "THROTTLING", "later")
    ledger.end(slow.number, Fate.DROPPED, "THROTTLING", "too often")
    assert [event.id for event in ledger.events] == ["e3", "e4"]
    assert ledger.balance.holds
    with pytest.raises(DeliveryError, match="THROTTLING too often"):
        ledger.assert_sound()


def test_a_delivery_of_a_forgotten_event_is_in_the_books_nevertheless() -> None:
    ledger = Ledger(VirtualClock(), keep=1)
    for name in ("old", "new"):
        ledger.record(Event(name, "event", "bus", "OrderPlaced", "{}", 0.0))
    late = ledger.begin("old", EDGE)
    assert [delivery.number for delivery in ledger.deliveries] == [late.number]
    ledger.end(late.number, Fate.DELIVERED)
    assert (ledger.deliveries, ledger.balance.matched, ledger.balance.holds) == ([], 1, True)


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["", "A", "B"])), max_size=60))
def test_attempts_read_like_a_list_of_them(steps: list[tuple[int, str]]) -> None:
    ledger = Ledger(VirtualClock())
    ledger.record(Event("e", "event", "bus", "OrderPlaced", "{}", 0.0))
    number = ledger.begin("e", EDGE).number
    expected: list[tuple[float, str]] = []
    views = []
    for time, (_, code) in enumerate(steps):
        views.append((list(expected), ledger.deliveries[0].attempts))
        ledger.attempted(number, code, at=float(time))
        expected.append((float(time), code))
    views.append((expected, ledger.deliveries[0].attempts))
    for wanted, seen in views:
        assert [(attempt.time, attempt.code) for attempt in seen] == wanted
        assert len(seen) == len(wanted)
        assert [(one.time, one.code) for one in seen[-2:]] == wanted[-2:]


def test_expected_drops_may_be_named_by_their_reason(ledger: Ledger) -> None:
    ledger.end(ledger.begin("e", EDGE).number, Fate.DROPPED, "NO_PERMISSIONS", "no statement.")
    ledger.expect_drops(because="THROTTLING")
    with pytest.raises(DeliveryError, match="NO_PERMISSIONS"):
        ledger.assert_sound()
    ledger.expect_drops(because="NO_PERMISSIONS")
    ledger.assert_sound()


def test_no_message_has_the_id_of_an_event(eventyard_host: Host) -> None:
    """Both follow from the seed; were they the same ones, one would take the other's place in the books."""
    with LocalCloud(host=eventyard_host, seed=1) as cloud:
        sqs = cloud.client("sqs")
        url = sqs.create_queue(QueueName="orders")["QueueUrl"]
        entry = {"Source": "shop.web", "DetailType": "OrderPlaced", "Detail": "{}"}
        for _ in range(20):
            sqs.send_message(QueueUrl=url, MessageBody="one")
            cloud.client("events").put_events(Entries=[entry])
        assert len({event.id for event in cloud.ledger.events}) == cloud.ledger.balance.events == 40
