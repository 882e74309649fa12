"""Alarms go off by what flows, and off again, while time passes."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from eventyard.local import Fate
from tests.local.authority.scene import service, statement
from tests.local.boxes import Box

if TYPE_CHECKING:
    from eventyard.local import LocalCloud
    from tests.local.alarms.conftest import Room
    from tests.local.authority.scene import Scene

DEPTH, AGE = "AWS/SQS ApproximateNumberOfMessagesVisible", "AWS/SQS ApproximateAgeOfOldestMessage"
ORDERS = {"QueueName": "orders"}
MAXIMUM = {"Statistic": "Maximum"}


def put_event(cloud: LocalCloud) -> None:
    entry = {"Source": "shop", "DetailType": "OrderPlaced", "Detail": "{}"}
    cloud.client("events").put_events(Entries=[entry])
    cloud.settle()


def test_a_new_alarm_has_insufficient_data_until_a_minute_is_over(cloud: LocalCloud, room: Room) -> None:
    Box(cloud)
    room.put("waiting", DEPTH, ORDERS, **MAXIMUM)
    cloud.advance(seconds=59)
    assert room.state("waiting") == "INSUFFICIENT_DATA"
    cloud.advance(seconds=1)
    assert room.state("waiting") == "OK"


def test_an_alarm_on_depth_goes_off_and_is_over_when_the_queue_is_empty(cloud: LocalCloud, room: Room) -> None:
    queue = Box(cloud)
    room.put("waiting", DEPTH, ORDERS, **MAXIMUM)
    cloud.advance(minutes=5)
    queue.send()
    cloud.advance(minutes=1)
    assert room.state("waiting") == "ALARM"
    assert "1 out of the last 1 datapoints [1.0 (01/01/26 00:05:00)]" in room.described("waiting")["StateReason"]
    cloud.advance(hours=30)
    assert room.state("waiting") == "ALARM"
    (message,) = queue.receive()
    queue.delete(message)
    cloud.advance(minutes=1)
    assert room.state("waiting") == "OK"


def test_a_message_in_flight_does_not_count_as_visible_until_it_is_again(cloud: LocalCloud, room: Room) -> None:
    queue = Box(cloud, VisibilityTimeout="600")
    room.put("waiting", DEPTH, ORDERS, **MAXIMUM)
    queue.send()
    queue.receive()
    cloud.advance(minutes=9)
    assert room.state("waiting") == "OK"
    cloud.advance(minutes=3)
    assert room.state("waiting") == "ALARM"


def test_an_alarm_on_age_goes_off_while_nothing_but_time_passes(cloud: LocalCloud, room: Room) -> None:
    queue = Box(cloud)
    room.put("old", AGE, ORDERS, Statistic="Maximum", Threshold=600)
    cloud.advance(seconds=30)
    queue.send()
    cloud.advance(minutes=10)
    assert room.state("old") == "OK"
    cloud.advance(minutes=1)
    assert room.state("old") == "ALARM"
    (message,) = queue.receive(1)
    cloud.advance(minutes=1)
    assert room.state("old") == "ALARM"  # in flight it is still there
    queue.delete(message)
    cloud.advance(minutes=5)
    assert room.state("old") == "OK"


def test_three_of_five_datapoints(cloud: LocalCloud, room: Room) -> None:
    room.put("failures", "Shop Failures", {}, EvaluationPeriods=5, DatapointsToAlarm=3)
    cloudwatch = cloud.client("cloudwatch")
    states = []
    for value in (1, 0, 1, 0, 1, 0, 0):
        cloudwatch.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "Failures", "Value": value}])
        cloud.advance(minutes=1)
        states.append(room.state("failures"))
    assert states == ["OK", "OK", "OK", "OK", "ALARM", "OK", "OK"]


def test_a_single_datapoint_counts_for_as_long_as_cloudwatch_looks_back(cloud: LocalCloud, room: Room) -> None:
    # alarms-and-missing-data.html: what is missing is left out as long as a datapoint further back takes its place.
    room.put("failures", "Shop Failures", {})
    cloud.client("cloudwatch").put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "Failures", "Value": 1}])
    states = []
    for _ in range(4):
        cloud.advance(minutes=1)
        states.append(room.state("failures"))
    assert states == ["ALARM", "ALARM", "ALARM", "OK"]


def test_a_longer_period_ends_with_every_minute(cloud: LocalCloud, room: Room) -> None:
    room.put("failures", "Shop Failures", {}, Period=300, Threshold=3)
    for minutes in (2, 2, 1):
        cloud.client("cloudwatch").put_metric_data(
            Namespace="Shop", MetricData=[{"MetricName": "Failures", "Value": 1}]
        )
        cloud.advance(minutes=minutes)
    assert room.state("failures") == "ALARM"
    cloud.advance(minutes=1)
    # The first of the three has left the five minutes.
    assert room.state("failures") == "OK"


def test_an_alarm_on_a_rule_that_fails(cloud: LocalCloud, room: Room, scene: Scene) -> None:
    events = cloud.client("events")
    events.put_rule(Name="orders", EventPattern='{"source": ["shop"]}')
    events.put_targets(Rule="orders", Targets=[{"Id": "t", "Arn": scene.queue("warehouse")}])
    room.put("lost", "AWS/Events FailedInvocations", {"RuleName": "orders"})
    put_event(cloud)
    cloud.advance(minutes=1)
    assert room.state("lost") == "ALARM"
    cloud.ledger.expect_drops("warehouse")
    cloud.advance(minutes=10)
    assert room.state("lost") == "OK"


def test_an_error_rate_by_metric_math(cloud: LocalCloud, room: Room, scene: Scene) -> None:
    scene.function("work", code="def handle(event, context): return 1 / event['by']")
    functions = cloud.client("lambda")
    of_work = {"Namespace": "AWS/Lambda", "Dimensions": [{"Name": "FunctionName", "Value": "work"}]}
    metrics = [
        {
            "Id": id_,
            "MetricStat": {"Metric": {**of_work, "MetricName": name}, "Period": 60, "Stat": "Sum"},
            "ReturnData": False,
        }
        for id_, name in (("errors", "Errors"), ("all", "Invocations"))
    ]
    cloud.client("cloudwatch").put_metric_alarm(
        AlarmName="rate",
        Metrics=[*metrics, {"Id": "rate", "Expression": "100 * errors / all"}],
        EvaluationPeriods=1,
        Threshold=50,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )
    for by in (1, 0, 1, 1):
        functions.invoke(FunctionName="work", Payload=json.dumps({"by": by}))
    cloud.advance(minutes=1)
    assert room.state("rate") == "OK"
    for by in (0, 0, 1):
        functions.invoke(FunctionName="work", Payload=json.dumps({"by": by}))
    cloud.advance(minutes=1)
    assert room.state("rate") == "ALARM"


def test_a_state_that_somebody_sets_is_put_right_at_the_next_evaluation(cloud: LocalCloud, room: Room) -> None:
    Box(cloud)
    room.put("waiting", DEPTH, ORDERS, **MAXIMUM)
    cloud.advance(minutes=10)
    cloud.client("cloudwatch").set_alarm_state(AlarmName="waiting", StateValue="ALARM", StateReason="a test")
    assert room.state("waiting") == "ALARM"
    cloud.advance(minutes=1)
    assert room.state("waiting") == "OK"


def test_an_alarm_that_is_put_again_keeps_its_state(cloud: LocalCloud, room: Room) -> None:
    queue = Box(cloud)
    room.put("waiting", DEPTH, ORDERS, **MAXIMUM)
    queue.send()
    cloud.advance(minutes=1)
    room.put("waiting", DEPTH, ORDERS, **MAXIMUM, Threshold=2)
    assert room.state("waiting") == "ALARM"
    cloud.advance(minutes=1)
    assert room.state("waiting") == "OK"


def test_a_queue_that_nobody_uses_has_no_datapoints_after_six_hours(cloud: LocalCloud, room: Room) -> None:
    Box(cloud)
    room.put("waiting", DEPTH, ORDERS, **MAXIMUM, TreatMissingData="missing")
    cloud.advance(hours=5)
    assert room.state("waiting") == "OK"
    cloud.advance(hours=2)
    assert room.state("waiting") == "INSUFFICIENT_DATA"


def test_a_composite_alarm_follows_its_alarms_at_once(cloud: LocalCloud, room: Room) -> None:
    queue = Box(cloud)
    room.put("waiting", DEPTH, ORDERS, **MAXIMUM)
    room.put("quiet", "Shop Failures", {})
    room.compose("losing", "ALARM(waiting) OR ALARM(quiet)")
    room.compose("all", 'ALARM("losing") AND NOT ALARM("quiet")')
    cloud.advance(minutes=1)
    assert (room.state("losing"), room.state("all")) == ("OK", "OK")
    queue.send()
    cloud.advance(minutes=1)
    assert (room.state("losing"), room.state("all")) == ("ALARM", "ALARM")


@pytest.mark.parametrize("rule", ["ALARM(nobody)", "ALARM(waiting", "waiting"])
def test_a_rule_about_what_is_not_there_is_refused(room: Room, rule: str) -> None:
    room.put("waiting", DEPTH, ORDERS)
    with pytest.raises(ClientError, match="AlarmRule"):
        room.compose("losing", rule)


def test_settle_does_not_wait_for_alarms(cloud: LocalCloud, room: Room) -> None:
    queue = Box(cloud)
    room.put("old", AGE, ORDERS, **MAXIMUM, Threshold=600)
    queue.send()
    before = cloud.now
    cloud.settle()
    assert cloud.now == before


def test_days_pass_over_alarms_that_do_not_move_in_no_time(cloud: LocalCloud, room: Room) -> None:
    for number in range(100):
        queue = Box(cloud, f"queue-{number}")
        queue.send()
        room.put(f"alarm-{number}", DEPTH, {"QueueName": f"queue-{number}"}, **MAXIMUM)
    cloud.advance(minutes=10)
    began = time.process_time()
    cloud.advance(hours=24)
    # Evaluated every minute, it would be 144,000 evaluations and some seconds.
    assert time.process_time() - began < 0.5


def test_the_datapoints_are_in_getmetricdata_and_getmetricstatistics(cloud: LocalCloud, scene: Scene) -> None:
    topic = scene.topic("news")
    for _ in range(3):
        cloud.client("sns").publish(TopicArn=topic, Message="hello")
    cloud.advance(minutes=2)
    cloudwatch = cloud.client("cloudwatch")
    metric = {
        "Namespace": "AWS/SNS",
        "MetricName": "NumberOfMessagesPublished",
        "Dimensions": [{"Name": "TopicName", "Value": "news"}],
    }
    span = {"StartTime": "2026-01-01T00:00:00Z", "EndTime": "2026-01-01T00:05:00Z"}
    query = {"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
    (result,) = cloudwatch.get_metric_data(MetricDataQueries=[query], **span)["MetricDataResults"]
    assert result["Values"] == [3.0]
    (point,) = cloudwatch.get_metric_statistics(**metric, **span, Period=60, Statistics=["Sum"])["Datapoints"]
    assert point["Sum"] == 3.0


def test_a_topic_is_told_in_cloudwatchs_words(cloud: LocalCloud, room: Room, scene: Scene) -> None:
    queue = Box(cloud)
    topic = scene.topic("alerts")
    inbox = Box(cloud, "inbox", Policy=policy(statement(service("sns"), "sqs:SendMessage")))
    cloud.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=inbox.arn)
    room.put("waiting", DEPTH, ORDERS, **MAXIMUM, AlarmActions=[topic], AlarmDescription="Orders wait")
    queue.send()
    cloud.advance(minutes=1)
    (body,) = inbox.bodies()
    envelope = json.loads(body)
    assert envelope["Subject"] == 'ALARM: "waiting" in us-east-1'
    told = json.loads(envelope["Message"])
    assert told["AlarmName"] == "waiting"
    assert (told["OldStateValue"], told["NewStateValue"]) == ("INSUFFICIENT_DATA", "ALARM")
    assert told["Trigger"]["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert told["Trigger"]["Dimensions"] == [{"value": "orders", "name": "QueueName"}]


def test_a_function_is_told_if_it_lets_alarms_in(cloud: LocalCloud, room: Room, scene: Scene) -> None:
    queue = Box(cloud)
    admitted = {"Action": "lambda:InvokeFunction", "Principal": "lambda.alarms.cloudwatch.amazonaws.com"}
    code = "def handle(event, context): print(event['alarmData']['state']['value'])"
    role = scene.role("runs", trusts=service("lambda"))
    told = scene.function("told", admitted, code=code, role=role)
    shut = scene.function("shut", code=code, role=role)
    room.put("waiting", DEPTH, ORDERS, **MAXIMUM, AlarmActions=[told, shut])
    queue.send()
    cloud.advance(minutes=1)
    first, second = [d for d in cloud.ledger.deliveries if d.edge.kind == "alarm→lambda"]
    assert (first.fate, "ALARM" in first.attempts[-1].log) == (Fate.DELIVERED, True)
    assert second.fate is Fate.DROPPED
    assert "lambda.alarms.cloudwatch.amazonaws.com may not lambda:InvokeFunction" in second.reason


def test_the_actions_of_a_disabled_alarm_stay_undone(cloud: LocalCloud, room: Room, scene: Scene) -> None:
    queue = Box(cloud)
    room.put("waiting", DEPTH, ORDERS, **MAXIMUM, AlarmActions=[scene.topic("alerts")])
    cloud.client("cloudwatch").disable_alarm_actions(AlarmNames=["waiting"])
    queue.send()
    cloud.advance(minutes=1)
    assert room.state("waiting") == "ALARM"
    assert [event for event in cloud.ledger.events if event.kind == "alarm"] == []


def test_an_action_that_nobody_delivers_to_here_is_on_record(cloud: LocalCloud, room: Room) -> None:
    room.put("waiting", DEPTH, ORDERS, **MAXIMUM, AlarmActions=["arn:aws:automate:us-east-1:ec2:stop"])
    cloud.client("cloudwatch").set_alarm_state(AlarmName="waiting", StateValue="ALARM", StateReason="a test")
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries
    assert (delivery.fate, delivery.code) == (Fate.DROPPED, "NOT_EMULATED")


def policy(*statements: dict[str, object]) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": list(statements)}
