"""What a rule's targets get, each as a user would look for it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.local import Fate, LocalCloud

if TYPE_CHECKING:
    from tests.local.conftest import Bodies, Deploy, Function, Json, Put

OTHER = "222222222222"


def rule_to(cloud: LocalCloud, target: str, name: str = "placed", bus: str = "default", **parameters: Any) -> None:  # noqa: ANN401 - PutTargets' fields
    events = cloud.client("events")
    events.put_rule(Name=name, EventBusName=bus, EventPattern='{"source": ["shop.web"]}')
    events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "t", "Arn": target, **parameters}])


def make_queue(cloud: LocalCloud, name: str, account: str | None = None, **attributes: str) -> str:
    cloud.client("sqs", account=account).create_queue(QueueName=name, Attributes=attributes)
    return f"arn:aws:sqs:us-east-1:{account or cloud.account}:{name}"


def test_a_queue_gets_the_whole_event_in_the_shape_of_aws(cloud: LocalCloud, bodies: Bodies) -> None:
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
    rule_to(cloud, make_queue(cloud, "orders"))
    answer = cloud.client("events").put_events(
        Entries=[
            {
                "Source": "shop.web",
                "DetailType": "OrderPlaced",
                "Detail": '{"order": {"id": "o-1", "total": 12.50, "gift": null}}',
                "Resources": ["arn:aws:shop:::order/o-1"],
                "Time": datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC),
            }
        ]
    )
    cloud.settle()
    (body,) = bodies("orders")
    assert json.loads(body) == {
        "version": "0",
        "id": answer["Entries"][0]["EventId"],
        "detail-type": "OrderPlaced",
        "source": "shop.web",
        "account": "111111111111",
        "time": "2026-03-01T12:30:15Z",
        "region": "us-east-1",
        "resources": ["arn:aws:shop:::order/o-1"],
        "detail": {"order": {"id": "o-1", "total": 12.50, "gift": None}},
    }
    assert list(json.loads(body)) == [
        "version",
        "id",
        "detail-type",
        "source",
        "account",
        "time",
        "region",
        "resources",
        "detail",
    ]


def test_an_event_without_a_time_has_that_of_the_cloud(cloud: LocalCloud, put: Put, bodies: Bodies) -> None:
    rule_to(cloud, make_queue(cloud, "orders"))
    cloud.advance(minutes=90)
    put()
    cloud.settle()
    assert json.loads(bodies("orders")[0])["time"] == "2026-01-01T01:30:00Z"


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"Input": '{"fixed": true}'}, '{"fixed":true}'),
        ({"InputPath": "$.detail.id"}, '"o-1"'),
        (
            {
                "InputTransformer": {
                    "InputPathsMap": {"id": "$.detail.id"},
                    "InputTemplate": '{"order": <id>, "rule": <aws.events.rule-name>}',
                }
            },
            '{"order":"o-1","rule":"placed"}',
        ),
    ],
    ids=["Input", "InputPath", "InputTransformer"],
)
def test_a_target_gets_what_its_input_makes_of_the_event(
    cloud: LocalCloud, put: Put, bodies: Bodies, parameters: Json, expected: str
) -> None:
    rule_to(cloud, make_queue(cloud, "orders"), **parameters)
    put({"id": "o-1"})
    cloud.settle()
    (body,) = bodies("orders")
    assert json.loads(body) == json.loads(expected)


def test_a_fifo_queue_gets_events_in_order_in_the_group_that_the_target_names(cloud: LocalCloud, put: Put) -> None:
    queue = make_queue(cloud, "orders.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    rule_to(cloud, queue, SqsParameters={"MessageGroupId": "orders"})
    for number in range(5):
        put({"n": number})
    cloud.settle()
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName="orders.fifo")["QueueUrl"]
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])["Messages"]
    assert [json.loads(message["Body"])["detail"]["n"] for message in messages] == [0, 1, 2, 3, 4]
    assert {message["Attributes"]["MessageGroupId"] for message in messages} == {"orders"}


def test_a_fifo_queue_that_does_not_deduplicate_by_content_refuses_a_rules_events(cloud: LocalCloud, put: Put) -> None:
    queue = make_queue(cloud, "orders.fifo", FifoQueue="true")
    rule_to(cloud, queue, SqsParameters={"MessageGroupId": "orders"})
    event = put()
    cloud.settle()
    (lost,) = cloud.ledger.deliveries_of(event)
    assert (lost.fate, lost.code) == (Fate.DROPPED, "SDK_CLIENT_ERROR")
    assert "deduplication" in lost.reason


def test_a_target_that_is_a_fifo_queue_needs_a_group(cloud: LocalCloud) -> None:
    queue = make_queue(cloud, "orders.fifo", FifoQueue="true")
    with pytest.raises(cloud.client("events").exceptions.ClientError, match="SqsParameters"):
        rule_to(cloud, queue)


def test_a_rule_takes_no_sixth_target(cloud: LocalCloud) -> None:
    events = cloud.client("events")
    events.put_rule(Name="placed", EventPattern='{"source": ["shop.web"]}')
    targets = [{"Id": str(n), "Arn": f"arn:aws:sqs:us-east-1:111111111111:q{n}"} for n in range(6)]
    events.put_targets(Rule="placed", Targets=targets[:5])
    events.put_targets(Rule="placed", Targets=targets[:5])
    with pytest.raises(events.exceptions.LimitExceededException):
        events.put_targets(Rule="placed", Targets=targets[5:])


def test_a_bus_of_another_account_needs_a_role(cloud: LocalCloud) -> None:
    with pytest.raises(cloud.client("events").exceptions.ClientError, match="RoleArn is required"):
        rule_to(cloud, f"arn:aws:events:us-east-1:{OTHER}:event-bus/partner")


def test_a_function_gets_the_event_and_its_log_is_kept(
    cloud: LocalCloud, deploy: Deploy, put: Put, function: Function
) -> None:
    code = "import json\ndef handle(event, context):\n    print('got', event['detail']['id'])\n"
    deploy(function("Ship", code))
    rule_to(cloud, "arn:aws:lambda:us-east-1:111111111111:function:Ship")
    event = put({"id": "o-7"})
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries_of(event)
    logs = cloud.client("logs")
    (stream,) = logs.describe_log_streams(logGroupName="/aws/lambda/Ship")["logStreams"]
    told = logs.get_log_events(logGroupName="/aws/lambda/Ship", logStreamName=stream["logStreamName"])["events"]
    assert delivery.fate is Fate.DELIVERED
    assert "got o-7\n" in delivery.attempts[0].log
    assert "got o-7" in [line["message"] for line in told]


def test_a_topic_passes_the_event_on(cloud: LocalCloud, put: Put, bodies: Bodies) -> None:
    topic = cloud.client("sns").create_topic(Name="orders")["TopicArn"]
    cloud.client("sns").subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=make_queue(cloud, "warehouse"),
        Attributes={"RawMessageDelivery": "true"},
    )
    rule_to(cloud, topic)
    event = put({"id": 1})
    cloud.settle()
    (body,) = bodies("warehouse")
    assert json.loads(body)["id"] == event
    first, second = cloud.ledger.deliveries_of(event)
    assert (first.edge.kind, second.edge.kind, second.parent) == ("rule→sns", "sns→sqs", first.number)


def test_a_log_group_gets_a_log_event(cloud: LocalCloud, put: Put) -> None:
    logs = cloud.client("logs")
    logs.create_log_group(logGroupName="/aws/events/audit")
    rule_to(cloud, "arn:aws:logs:us-east-1:111111111111:log-group:/aws/events/audit")
    event = put({"id": 1})
    cloud.settle()
    (stream,) = logs.describe_log_streams(logGroupName="/aws/events/audit")["logStreams"]
    (told,) = logs.get_log_events(logGroupName="/aws/events/audit", logStreamName=stream["logStreamName"])["events"]
    assert json.loads(told["message"])["id"] == event


def test_a_bus_of_another_account_and_region_gets_the_event_as_it_was(cloud: LocalCloud, put: Put) -> None:
    theirs = cloud.client("events", account=OTHER, region="eu-central-1")
    bus = theirs.create_event_bus(Name="partner")["EventBusArn"]
    theirs.put_rule(Name="all", EventBusName="partner", EventPattern='{"account": ["111111111111"]}')
    sqs = cloud.client("sqs", account=OTHER, region="eu-central-1")
    url = sqs.create_queue(QueueName="partner")["QueueUrl"]
    target = f"arn:aws:sqs:eu-central-1:{OTHER}:partner"
    theirs.put_targets(Rule="all", EventBusName="partner", Targets=[{"Id": "q", "Arn": target}])
    rule_to(cloud, bus, RoleArn="arn:aws:iam::111111111111:role/forward")
    event = put({"id": 1})
    cloud.settle()
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    arrived = json.loads(message["Body"])
    assert (arrived["id"], arrived["account"], arrived["region"]) == (event, "111111111111", "us-east-1")
    assert [d.edge.kind for d in cloud.ledger.deliveries_of(event)] == ["rule→events", "rule→sqs"]


def test_an_event_makes_no_third_hop(cloud: LocalCloud, put: Put, bodies: Bodies) -> None:
    events = cloud.client("events")
    second = events.create_event_bus(Name="second")["EventBusArn"]
    third = events.create_event_bus(Name="third")["EventBusArn"]
    rule_to(cloud, second)
    rule_to(cloud, third, name="on", bus="second", DeadLetterConfig={"Arn": make_queue(cloud, "dead")})
    rule_to(cloud, make_queue(cloud, "end"), name="end", bus="third")
    event = put()
    cloud.settle()
    fates = [(d.fate, d.code) for d in cloud.ledger.deliveries_of(event)]
    assert fates == [(Fate.DELIVERED, ""), (Fate.DEAD_LETTERED, "THIRD_ACCOUNT_HOP_DETECTED")]
    assert bodies("end") == []
    assert len(bodies("dead")) == 1


def test_every_target_of_a_rule_has_its_own_fate(cloud: LocalCloud, put: Put, bodies: Bodies) -> None:
    rule_to(cloud, make_queue(cloud, "orders"))
    gone = "arn:aws:sqs:us-east-1:111111111111:gone"
    cloud.client("events").put_targets(Rule="placed", Targets=[{"Id": "gone", "Arn": gone}])
    event = put()
    cloud.settle()
    assert {d.edge.target.rsplit(":", 1)[-1]: d.fate for d in cloud.ledger.deliveries_of(event)} == {
        "orders": Fate.DELIVERED,
        "gone": Fate.DROPPED,
    }
    assert len(bodies("orders")) == 1


def test_a_rule_that_is_disabled_changed_or_deleted_no_longer_delivers(
    cloud: LocalCloud, put: Put, bodies: Bodies
) -> None:
    events = cloud.client("events")
    rule_to(cloud, make_queue(cloud, "orders"))
    put({"n": 1})
    events.disable_rule(Name="placed")
    put({"n": 2})
    events.enable_rule(Name="placed")
    put({"n": 3})
    events.put_rule(Name="placed", EventPattern='{"source": ["shop.mobile"]}')
    put({"n": 4})
    put({"n": 5}, Source="shop.mobile")
    events.remove_targets(Rule="placed", Ids=["t"])
    put({"n": 6}, Source="shop.mobile")
    cloud.settle()
    assert [json.loads(body)["detail"]["n"] for body in bodies("orders")] == [1, 3, 5]


def test_what_fails_at_a_rule_is_in_its_dead_letter_queue_with_the_reason(cloud: LocalCloud, put: Put) -> None:
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    gone = "arn:aws:sqs:us-east-1:111111111111:gone"
    rule_to(cloud, gone, DeadLetterConfig={"Arn": make_queue(cloud, "dead")}, InputPath="$.detail")
    event = put({"id": 1})
    cloud.settle()
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName="dead")["QueueUrl"]
    (message,) = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert json.loads(message["Body"])["id"] == event
    attributes = {
        name: (value["DataType"], value["StringValue"]) for name, value in message["MessageAttributes"].items()
    }
    assert attributes == {
        "RULE_ARN": ("String", "arn:aws:events:us-east-1:111111111111:rule/placed"),
        "TARGET_ARN": ("String", gone),
        "ERROR_CODE": ("String", "NO_RESOURCE"),
        "ERROR_MESSAGE": ("String", f"there is no queue {gone}."),
        "RETRY_ATTEMPTS": ("String", "0"),
    }
    (delivery,) = cloud.ledger.deliveries_of(event)
    assert (delivery.fate, delivery.code) == (Fate.DEAD_LETTERED, "NO_RESOURCE")


def test_an_input_that_makes_no_json_is_a_dead_letter(cloud: LocalCloud, put: Put, bodies: Bodies) -> None:
    transformer = {"InputPathsMap": {"lines": "$.detail.lines"}, "InputTemplate": '{"lines": "<lines>"}'}
    dead = {"Arn": make_queue(cloud, "dead")}
    rule_to(cloud, make_queue(cloud, "orders"), InputTransformer=transformer, DeadLetterConfig=dead)
    event = put({"lines": [{"sku": "mug"}]})
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries_of(event)
    assert (delivery.fate, delivery.code) == (Fate.DEAD_LETTERED, "INVALID_JSON")
    assert bodies("orders") == []
    assert len(bodies("dead")) == 1


def test_a_target_that_nobody_emulates_is_dropped_with_a_reason(cloud: LocalCloud, put: Put) -> None:
    rule_to(
        cloud, "arn:aws:states:us-east-1:111111111111:stateMachine:ship", RoleArn="arn:aws:iam::111111111111:role/r"
    )
    event = put()
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries_of(event)
    assert (delivery.fate, delivery.code) == (Fate.DROPPED, "NOT_EMULATED")
    assert "states" in delivery.reason
