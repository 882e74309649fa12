"""What CloudWatch counts of each hop, by AWS's names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.local.authority.scene import service, statement
from tests.local.boxes import Box

if TYPE_CHECKING:
    from eventyard.local import LocalCloud
    from tests.local.authority.scene import Scene

OK = "def handle(event, context): pass"
BAD = "def handle(event, context): raise ValueError('no stock')"


def counted(cloud: LocalCloud, namespace: str, **dimensions: str) -> dict[str, float]:
    """The sums of all metrics with these dimensions."""
    cloud.advance(minutes=1)
    cloudwatch, found = cloud.client("cloudwatch"), dict[str, float]()
    wanted = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    for metric in cloudwatch.list_metrics(Namespace=namespace, Dimensions=wanted)["Metrics"]:
        if len(metric["Dimensions"]) != len(wanted):
            continue
        answer = cloudwatch.get_metric_statistics(
            **metric, StartTime="2026-01-01", EndTime="2026-01-10", Period=86_400 * 10, Statistics=["Sum"]
        )
        found[metric["MetricName"]] = sum(point["Sum"] for point in answer["Datapoints"])
    return found


def rule(cloud: LocalCloud, target: str, bus: str = "default", **more: object) -> None:
    events = cloud.client("events")
    events.put_rule(Name="orders", EventBusName=bus, EventPattern='{"source": ["shop"]}')
    events.put_targets(Rule="orders", EventBusName=bus, Targets=[{"Id": "t", "Arn": target, **more}])


def put(cloud: LocalCloud, bus: str = "default") -> None:
    entry = {"Source": "shop", "DetailType": "OrderPlaced", "Detail": "{}", "EventBusName": bus}
    cloud.client("events").put_events(Entries=[entry])
    cloud.settle()


def test_a_rule_of_the_default_bus_goes_by_its_name_alone(cloud: LocalCloud, scene: Scene) -> None:
    rule(cloud, scene.queue("warehouse", statement(service("events"), "sqs:SendMessage")))
    put(cloud)
    assert counted(cloud, "AWS/Events", RuleName="orders") == {
        "MatchedEvents": 1,
        "TriggeredRules": 1,
        "Invocations": 1,
    }


def test_a_rule_of_another_bus_goes_by_the_buss_name_too(cloud: LocalCloud, scene: Scene) -> None:
    scene.bus("commerce")
    dead = scene.queue("dead", statement(service("events"), "sqs:SendMessage"))
    rule(cloud, scene.queue("warehouse"), "commerce", DeadLetterConfig={"Arn": dead})
    put(cloud, "commerce")
    assert counted(cloud, "AWS/Events", EventBusName="commerce", RuleName="orders") == {
        "MatchedEvents": 1,
        "TriggeredRules": 1,
        "Invocations": 1,
        "FailedInvocations": 1,
        "InvocationsSentToDlq": 1,
    }


def test_a_dead_letter_queue_that_admits_nobody_counts_as_such(cloud: LocalCloud, scene: Scene) -> None:
    rule(cloud, scene.queue("warehouse"), DeadLetterConfig={"Arn": scene.queue("dead")})
    put(cloud)
    found = counted(cloud, "AWS/Events", RuleName="orders")
    assert (found["FailedInvocations"], found["InvocationsFailedToBeSentToDlq"]) == (1, 1)
    assert "InvocationsSentToDlq" not in found


def test_a_function_that_fails_is_no_failure_of_the_rule_that_invoked_it(cloud: LocalCloud, scene: Scene) -> None:
    invoke = {"Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"}
    rule(cloud, scene.function("work", invoke, code=BAD))
    put(cloud)
    assert "FailedInvocations" not in counted(cloud, "AWS/Events", RuleName="orders")
    assert counted(cloud, "AWS/Lambda", FunctionName="work") == {
        "Invocations": 3,
        "Errors": 3,
        "AsyncEventsReceived": 1,
        "AsyncEventsDropped": 1,
    }


def test_throttles_are_no_invocations(cloud: LocalCloud, scene: Scene) -> None:
    function = scene.function("work", code=OK)
    cloud.faults.throttle("work", times=2)
    cloud.client("lambda").invoke(FunctionName=function, InvocationType="Event", Payload="{}")
    cloud.settle()
    found = counted(cloud, "AWS/Lambda", FunctionName="work")
    assert (found["Throttles"], found["Invocations"], found["Errors"]) == (2, 1, 0)


def test_a_topic_counts_what_it_delivers_filters_and_gives_up(cloud: LocalCloud, scene: Scene) -> None:
    topic, sns = scene.topic("news"), cloud.client("sns")
    dead = scene.queue("dead", statement(service("sns"), "sqs:SendMessage"))
    letters = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": dead})}
    open_ = scene.queue("open", statement(service("sns"), "sqs:SendMessage"))
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=open_)
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=scene.queue("shut"), Attributes=letters)
    filtered = {"FilterPolicy": '{"kind": ["other"]}'}
    other = scene.queue("other", statement(service("sns"), "sqs:SendMessage"))
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=other, Attributes=filtered)
    sns.publish(TopicArn=topic, Message="hello")
    cloud.settle()
    assert counted(cloud, "AWS/SNS", TopicName="news") == {
        "NumberOfMessagesPublished": 1,
        "NumberOfNotificationsFilteredOut": 1,
        "NumberOfNotificationsDelivered": 1,
        "NumberOfNotificationsFailed": 1,
        "NumberOfNotificationsRedrivenToDlq": 1,
    }


def test_the_age_in_a_dead_letter_queue_counts_from_when_the_message_came_there(cloud: LocalCloud) -> None:
    dead = Box(cloud, "dead")
    redrive = {"deadLetterTargetArn": dead.arn, "maxReceiveCount": 1}
    orders = Box(cloud, "orders", RedrivePolicy=redrive, VisibilityTimeout="0")
    orders.send()
    cloud.advance(hours=3)
    orders.receive()
    orders.receive()
    cloud.advance(minutes=2)
    query = {
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateAgeOfOldestMessage",
        "Dimensions": [{"Name": "QueueName", "Value": "dead"}],
    }
    answer = cloud.client("cloudwatch").get_metric_statistics(
        **query, StartTime="2026-01-01", EndTime="2026-01-02", Period=60, Statistics=["Maximum"]
    )
    assert [point["Maximum"] for point in answer["Datapoints"]] == [60.0, 120.0]


def test_messages_sent_and_deleted_are_counted_and_those_that_a_redrive_policy_moves_are_not(cloud: LocalCloud) -> None:
    dead = Box(cloud, "dead")
    orders = Box(cloud, RedrivePolicy={"deadLetterTargetArn": dead.arn, "maxReceiveCount": 1}, VisibilityTimeout="0")
    orders.send("a")
    orders.send("b")
    first, second = orders.receive()
    orders.delete(first)
    orders.receive()
    found = counted(cloud, "AWS/SQS", QueueName="orders")
    assert (found["NumberOfMessagesSent"], found["NumberOfMessagesDeleted"]) == (2, 1)
    assert "NumberOfMessagesSent" not in counted(cloud, "AWS/SQS", QueueName="dead")
    assert second["Body"] == "b"
