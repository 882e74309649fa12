"""Queues and the functions that Lambda polls them for; waiting for messages in the cloud's time."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from eventyard.local import Fate, LocalCloud

if TYPE_CHECKING:
    from tests.local.conftest import Bodies, Deploy, Function, Json

RECORD = "import json\ndef handle(event, context):\n    print('GOT' + json.dumps(event))\n"
PICKY = """
    import json
    def handle(event, context):
        bodies = [record["body"] for record in event["Records"]]
        print("GOT" + json.dumps(bodies))
        return {"batchItemFailures": [
            {"itemIdentifier": record["messageId"]} for record in event["Records"] if "bad" in record["body"]
        ]}
"""


class Consume(Protocol):
    """Deploys the queues `orders` and `dead`, and the function `Take` that consumes the first."""

    def __call__(self, code: str, *, queue: Json | None = None, mapping: Json | None = None, redrive: int = 0) -> None:
        """`queue` and `mapping` are CloudFormation's properties, `redrive` is maxReceiveCount."""


@pytest.fixture
def consume(deploy: Deploy, function: Function) -> Consume:

    def deployed(code: str, *, queue: Json | None = None, mapping: Json | None = None, redrive: int = 0) -> None:
        properties: Json = {"QueueName": "orders", "VisibilityTimeout": 60, **(queue or {})}
        dead_letters: Json = {"QueueName": "dead"}
        if "FifoQueue" in properties:
            dead_letters = {"QueueName": "dead.fifo", "FifoQueue": True}
        if redrive:
            dead = {"Fn::GetAtt": ["Dead", "Arn"]}
            properties["RedrivePolicy"] = {"deadLetterTargetArn": dead, "maxReceiveCount": redrive}
        deploy(
            {
                **function("Take", code),
                "Orders": {"Type": "AWS::SQS::Queue", "Properties": properties},
                "Dead": {"Type": "AWS::SQS::Queue", "Properties": dead_letters},
                "Intake": {
                    "Type": "AWS::Lambda::EventSourceMapping",
                    "Properties": {
                        "EventSourceArn": {"Fn::GetAtt": ["Orders", "Arn"]},
                        "FunctionName": {"Ref": "Take"},
                        **(mapping or {}),
                    },
                },
            }
        )

    return deployed


def send(cloud: LocalCloud, *bodies: str, queue: str = "orders", **more: Any) -> list[str]:  # noqa: ANN401 - SendMessage's fields
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    return [sqs.send_message(QueueUrl=url, MessageBody=body, **more)["MessageId"] for body in bodies]


def got(cloud: LocalCloud, function: str = "Take") -> list[Any]:
    """What the function printed after GOT, invocation by invocation."""
    logs, group = cloud.client("logs"), f"/aws/lambda/{function}"
    lines = [
        line["message"]
        for stream in logs.describe_log_streams(logGroupName=group)["logStreams"]
        for line in logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True)[
            "events"
        ]
    ]
    return [json.loads(line.removeprefix("GOT")) for line in lines if line.startswith("GOT")]


def test_a_function_gets_the_batch_of_aws(cloud: LocalCloud, consume: Consume) -> None:
    # https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
    consume(RECORD)
    attributes: Json = {
        "country": {"DataType": "String", "StringValue": "DE"},
        "key": {"DataType": "Binary", "BinaryValue": b"\x00\x01"},
    }
    (message_id,) = send(cloud, "hello", MessageAttributes=attributes)
    cloud.settle()
    ((event,),) = [[event] for event in got(cloud)]
    (record,) = event["Records"]
    assert record.pop("receiptHandle")
    assert record.pop("md5OfMessageAttributes")
    assert record["attributes"].pop("SenderId")
    assert record == {
        "messageId": message_id,
        "body": "hello",
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1767225600000",
            "ApproximateFirstReceiveTimestamp": "1767225600000",
        },
        "messageAttributes": {
            "country": {"stringValue": "DE", "stringListValues": [], "binaryListValues": [], "dataType": "String"},
            "key": {"binaryValue": "AAE=", "stringListValues": [], "binaryListValues": [], "dataType": "Binary"},
        },
        "md5OfBody": "5d41402abc4b2a76b9719d911017c592",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:111111111111:orders",
        "awsRegion": "us-east-1",
    }


def test_messages_come_in_batches_and_are_gone_when_the_function_returns(
    cloud: LocalCloud,
    consume: Consume,
    bodies: Bodies,
) -> None:
    consume(PICKY, mapping={"BatchSize": 4})
    send(cloud, *(str(n) for n in range(10)))
    cloud.settle()
    assert sorted(len(batch) for batch in got(cloud)) == [2, 4, 4]
    assert bodies("orders") == []
    assert cloud.ledger.fates[Fate.DELIVERED] == 10


def test_a_batching_window_gathers_messages_and_a_full_batch_does_not_wait(cloud: LocalCloud, consume: Consume) -> None:
    consume(PICKY, mapping={"BatchSize": 3, "MaximumBatchingWindowInSeconds": 20})
    send(cloud, "1")
    cloud.advance(seconds=15)
    send(cloud, "2")
    cloud.advance(seconds=4)
    assert cloud.ledger.deliveries == []
    cloud.advance(seconds=1)
    assert got(cloud) == [["1", "2"]]
    send(cloud, "3", "4", "5")
    cloud.advance(seconds=0)
    assert got(cloud) == [["1", "2"], ["3", "4", "5"]]


def test_only_what_a_filter_wants_reaches_the_function_and_the_rest_is_deleted(
    cloud: LocalCloud,
    consume: Consume,
    bodies: Bodies,
) -> None:
    # https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html
    consume(PICKY, mapping={"FilterCriteria": {"Filters": [{"Pattern": '{"body": {"kind": ["order"]}}'}]}})
    send(cloud, '{"kind": "order", "n": 1}', '{"kind": "question"}', "no json", '{"kind": "order", "n": 2}')
    cloud.settle()
    assert [json.loads(body)["n"] for batch in got(cloud) for body in batch] == [1, 2]
    assert bodies("orders") == []
    assert sum(cloud.ledger.filtered.values()) == 2


def test_what_the_function_reports_as_failed_comes_again_and_then_is_a_dead_letter(
    cloud: LocalCloud,
    consume: Consume,
    bodies: Bodies,
) -> None:
    consume(PICKY, mapping={"FunctionResponseTypes": ["ReportBatchItemFailures"]}, redrive=3)
    good, bad = send(cloud, "good", "bad")
    cloud.settle()
    assert got(cloud) == [["good", "bad"], ["bad"], ["bad"]]
    assert bodies("dead") == ["bad"]
    (one,), (other,) = (cloud.ledger.deliveries_of(message) for message in (good, bad))
    assert one.fate is Fate.DELIVERED
    assert (other.fate, other.code, len(other.attempts)) == (Fate.DEAD_LETTERED, "BatchItemFailure", 3)
    moments = [attempt.time - other.attempts[0].time for attempt in other.attempts]
    assert moments == [0, 60, 120]


@pytest.mark.parametrize(
    "answer",
    [
        '{"batchItemFailures": [{"itemIdentifier": ""}]}',
        '{"batchItemFailures": [{"itemIdentifier": None}]}',
        '{"batchItemFailures": [{"id": "x"}]}',
        '{"batchItemFailures": [{"itemIdentifier": "somebody else"}]}',
        '{"batchItemFailures": "all"}',
        '"text"',
    ],
)
def test_an_answer_that_makes_no_sense_fails_the_whole_batch(
    cloud: LocalCloud,
    consume: Consume,
    bodies: Bodies,
    answer: str,
) -> None:
    # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    code = f"def handle(event, context):\n    return {answer}\n"
    consume(code, mapping={"FunctionResponseTypes": ["ReportBatchItemFailures"]}, redrive=1)
    send(cloud, "one", "two")
    cloud.settle()
    assert sorted(bodies("dead")) == ["one", "two"]


@pytest.mark.parametrize("answer", ["None", "{}", '{"batchItemFailures": []}', '{"batchItemFailures": None}'])
def test_an_answer_without_failures_is_a_success(
    cloud: LocalCloud,
    consume: Consume,
    bodies: Bodies,
    answer: str,
) -> None:
    code = f"def handle(event, context):\n    return {answer}\n"
    consume(code, mapping={"FunctionResponseTypes": ["ReportBatchItemFailures"]}, redrive=1)
    send(cloud, "one", "two")
    cloud.settle()
    assert bodies("dead") == []
    assert cloud.ledger.fates[Fate.DELIVERED] == 2


def test_a_function_that_raises_gets_its_batch_again_until_the_redrive_policy_ends_it(
    cloud: LocalCloud,
    consume: Consume,
    bodies: Bodies,
) -> None:
    consume("def handle(event, context):\n    raise ValueError('no stock')\n", redrive=2)
    (message,) = send(cloud, "one")
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries_of(message)
    assert bodies("dead") == ["one"]
    assert delivery.fate is Fate.DEAD_LETTERED
    assert "no stock" in delivery.reason
    assert len(delivery.attempts) == 2
    assert "ValueError: no stock" in delivery.attempts[0].log


def test_without_a_dead_letter_queue_a_message_is_tried_until_its_retention_ends(
    cloud: LocalCloud,
    consume: Consume,
    bodies: Bodies,
) -> None:
    queue = {"MessageRetentionPeriod": 300}
    consume("def handle(event, context):\n    raise ValueError('no stock')\n", queue=queue)
    (message,) = send(cloud, "one")
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries_of(message)
    assert (delivery.fate, delivery.code) == (Fate.DROPPED, "RetentionPeriod")
    assert len(delivery.attempts) == 5
    assert bodies("orders") == []


def test_a_fifo_group_waits_behind_its_failed_message_and_others_do_not(
    cloud: LocalCloud,
    consume: Consume,
    bodies: Bodies,
) -> None:
    consume(
        PICKY,
        queue={"QueueName": "orders.fifo", "FifoQueue": True, "ContentBasedDeduplication": True},
        mapping={"FunctionResponseTypes": ["ReportBatchItemFailures"], "BatchSize": 1},
        redrive=2,
    )
    send(cloud, "bad", "after", queue="orders.fifo", MessageGroupId="mug")
    send(cloud, "other", queue="orders.fifo", MessageGroupId="pot")
    cloud.settle()
    assert got(cloud) == [["bad"], ["other"], ["bad"], ["after"]]
    assert bodies("dead.fifo") == ["bad"]


def test_a_mapping_made_later_finds_the_messages_that_are_there(
    cloud: LocalCloud, deploy: Deploy, function: Function, bodies: Bodies
) -> None:
    deploy(function("Take", PICKY))
    cloud.client("sqs").create_queue(QueueName="orders")
    send(cloud, "early")
    cloud.settle()
    mapping = cloud.client("lambda").create_event_source_mapping(
        FunctionName="Take", EventSourceArn="arn:aws:sqs:us-east-1:111111111111:orders"
    )
    cloud.settle()
    assert got(cloud) == [["early"]]
    cloud.client("lambda").update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    send(cloud, "late")
    cloud.settle()
    assert got(cloud) == [["early"]]
    cloud.client("lambda").update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    cloud.settle()
    assert got(cloud) == [["early"], ["late"]]
    cloud.client("lambda").delete_event_source_mapping(UUID=mapping["UUID"])
    send(cloud, "too late")
    cloud.settle()
    assert bodies("orders") == ["too late"]


def test_a_delayed_message_reaches_its_function_when_its_time_has_come(cloud: LocalCloud, consume: Consume) -> None:
    consume(PICKY)
    send(cloud, "later", DelaySeconds=90)
    cloud.advance(seconds=89)
    assert cloud.ledger.deliveries == []
    cloud.advance(seconds=1)
    assert got(cloud) == [["later"]]


def test_waiting_for_a_message_takes_the_clouds_time_and_none_of_yours(cloud: LocalCloud) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    before, begun = cloud.now, time.monotonic()
    answer = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
    assert "Messages" not in answer
    assert time.monotonic() - begun < 5
    assert (cloud.now - before).total_seconds() == 20


def test_waiting_ends_with_the_message_that_arrives_meanwhile(cloud: LocalCloud) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    send(cloud, "in a while", DelaySeconds=7)
    events = cloud.client("events")
    events.put_rule(Name="placed", EventPattern='{"source": ["shop.web"]}')
    target = "arn:aws:sqs:us-east-1:111111111111:orders"
    events.put_targets(Rule="placed", Targets=[{"Id": "q", "Arn": target, "InputPath": "$.detail"}])
    events.put_events(Entries=[{"Source": "shop.web", "DetailType": "t", "Detail": '{"n": 1}'}])
    (first,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    assert first["Body"] == '{"n":1}'
    assert cloud.now.second == 0


def test_a_function_may_wait_for_messages_while_the_cloud_is_busy_with_it(
    cloud: LocalCloud, deploy: Deploy, function: Function
) -> None:
    code = """
        import boto3, json
        def handle(event, context):
            sqs = boto3.client("sqs")
            url = sqs.get_queue_url(QueueName=event)["QueueUrl"]
            answer = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
            print("GOT" + json.dumps([message["Body"] for message in answer.get("Messages", [])]))
    """
    deploy(function("Take", code))
    for name in ("empty", "full"):
        cloud.client("sqs").create_queue(QueueName=name)
        invocation = json.dumps(name).encode()
        cloud.client("lambda").invoke(FunctionName="Take", InvocationType="Event", Payload=invocation)
    send(cloud, "hello", queue="full")
    cloud.settle()
    assert got(cloud) == [[], ["hello"]]


def test_a_message_is_there_again_when_its_visibility_ends(cloud: LocalCloud) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="orders", Attributes={"VisibilityTimeout": "30"})["QueueUrl"]
    send(cloud, "hello")
    (first,) = sqs.receive_message(QueueUrl=url)["Messages"]
    cloud.advance(seconds=29)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    cloud.advance(seconds=1)
    (second,) = sqs.receive_message(QueueUrl=url, AttributeNames=["ApproximateReceiveCount"])["Messages"]
    assert second["Attributes"]["ApproximateReceiveCount"] == "2"
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=second["ReceiptHandle"], VisibilityTimeout=0)
    (third,) = sqs.receive_message(QueueUrl=url)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])
    sqs.delete_message(QueueUrl=url, ReceiptHandle=third["ReceiptHandle"])
    cloud.advance(hours=1)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    with pytest.raises(sqs.exceptions.ReceiptHandleIsInvalid):
        sqs.delete_message(QueueUrl=url, ReceiptHandle="never given")


def test_a_message_older_than_its_queues_retention_is_gone(cloud: LocalCloud) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="orders", Attributes={"MessageRetentionPeriod": "60"})["QueueUrl"]
    send(cloud, "hello")
    cloud.advance(seconds=61)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"]
    assert attributes["ApproximateNumberOfMessages"] == "0"


def test_consumers_of_your_own_find_dead_letters_after_the_redrive_policys_count(
    cloud: LocalCloud, bodies: Bodies
) -> None:
    sqs = cloud.client("sqs")
    sqs.create_queue(QueueName="dead")
    redrive = {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:111111111111:dead", "maxReceiveCount": 2}
    url = sqs.create_queue(QueueName="orders", Attributes={"RedrivePolicy": json.dumps(redrive)})["QueueUrl"]
    send(cloud, "hello")
    for _ in range(2):
        assert "Messages" in sqs.receive_message(QueueUrl=url)
        cloud.advance(seconds=30)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    assert bodies("dead") == ["hello"]
