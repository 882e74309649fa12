"""Dead-letter queues of queues, who may name them, and message move tasks out of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.local.boxes import Box, refused

if TYPE_CHECKING:
    from eventyard.local import LocalCloud

START = 1_767_225_600
MINUTE = 60_000


def with_dead_letters(cloud: LocalCloud, name: str = "orders", limit: int = 1, **attributes: str) -> tuple[Box, Box]:
    suffix = ".fifo" if name.endswith(".fifo") else ""
    dead = Box(cloud, f"dead{suffix}")
    return Box(cloud, name, RedrivePolicy=redrive(dead, limit), **attributes), dead


def redrive(dead: Box, limit: int = 1) -> dict[str, Any]:
    return {"deadLetterTargetArn": dead.arn, "maxReceiveCount": limit}


def bury(cloud: LocalCloud, box: Box) -> None:
    """Receive what is there as often as the queue allows, and once more."""
    limit = json.loads(box.attribute("RedrivePolicy") or "")["maxReceiveCount"]
    for _ in range(limit):
        assert box.receive()
        cloud.advance(seconds=30)
    assert box.receive() == []


# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html


def test_a_dead_letter_says_where_it_comes_from_and_keeps_its_count_and_its_time(cloud: LocalCloud) -> None:
    box, dead = with_dead_letters(cloud, limit=2)
    sent = box.send("hello", MessageAttributes={"a": {"DataType": "String", "StringValue": "x"}})
    bury(cloud, box)
    (letter,) = dead.receive()
    assert letter["MessageId"] == sent["MessageId"]
    assert letter["MessageAttributes"]["a"]["StringValue"] == "x"
    assert letter["Attributes"]["DeadLetterQueueSourceArn"] == box.arn
    # Of all queues: API_ReceiveMessage, ApproximateReceiveCount.
    assert letter["Attributes"]["ApproximateReceiveCount"] == "3"
    assert letter["Attributes"]["SentTimestamp"] == f"{START}000"


def test_others_are_received_in_the_place_of_a_dead_letter(cloud: LocalCloud) -> None:
    box, dead = with_dead_letters(cloud)
    box.send("old")
    box.receive()
    box.send("new")
    cloud.advance(seconds=30)
    assert box.bodies(1) == ["new"]
    assert dead.bodies() == ["old"]


def test_a_standard_dead_letter_keeps_the_age_it_has(cloud: LocalCloud) -> None:
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
    box, dead = with_dead_letters(cloud, VisibilityTimeout="8640")
    dead.set(MessageRetentionPeriod=str(4 * 86_400))
    box.send()
    box.receive()
    cloud.advance(days=1)
    assert box.receive() == []
    cloud.advance(days=3, seconds=-1)
    assert dead.counts() == (1, 0, 0)
    cloud.advance(seconds=1)
    assert dead.counts() == (0, 0, 0)


def test_a_fifo_dead_letter_begins_anew(cloud: LocalCloud) -> None:
    # As above, and for the deduplication id:
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
    box, dead = with_dead_letters(cloud, "orders.fifo", ContentBasedDeduplication="true")
    dead.set(MessageRetentionPeriod=str(4 * 86_400))
    box.send(MessageGroupId="g")
    (received,) = box.receive()
    cloud.advance(days=1)
    assert box.receive() == []
    cloud.advance(days=4, seconds=-1)
    (letter,) = dead.receive(VisibilityTimeout=0)
    assert letter["Attributes"]["SentTimestamp"] == str((START + 86_400) * 1000)
    assert letter["Attributes"]["MessageDeduplicationId"] == received["MessageId"]
    assert letter["Attributes"]["MessageGroupId"] == "g"
    cloud.advance(seconds=1)
    assert dead.counts() == (0, 0, 0)


def test_the_next_of_a_fifo_group_goes_on_when_the_first_is_a_dead_letter(cloud: LocalCloud) -> None:
    box, dead = with_dead_letters(cloud, "orders.fifo", ContentBasedDeduplication="true")
    box.send("bad", MessageGroupId="g")
    box.send("good", MessageGroupId="g")
    assert box.bodies(1) == ["bad"]
    cloud.advance(seconds=30)
    assert box.bodies() == ["good"]
    assert dead.bodies() == ["bad"]


def test_without_its_dead_letter_queue_a_message_stays(cloud: LocalCloud) -> None:
    box, dead = with_dead_letters(cloud)
    dead.sqs.delete_queue(QueueUrl=dead.url)
    box.send()
    for _ in range(3):
        assert box.bodies() == ["hello"]
        cloud.advance(seconds=30)


@pytest.mark.parametrize(("name", "dead"), [("orders", "dead.fifo"), ("orders.fifo", "dead")])
def test_both_queues_are_of_one_type(cloud: LocalCloud, name: str, dead: str) -> None:
    target = Box(cloud, dead)
    code, words = refused(lambda: Box(cloud, name, RedrivePolicy=redrive(target)))
    assert code == "InvalidParameterValue"
    assert "same type" in words


# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html, RedriveAllowPolicy


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [
        ({"redrivePermission": "allowAll"}, True),
        ({"redrivePermission": "denyAll"}, False),
        ({"redrivePermission": "byQueue", "sourceQueueArns": ["arn:aws:sqs:us-east-1:111111111111:orders"]}, True),
        ({"redrivePermission": "byQueue", "sourceQueueArns": ["arn:aws:sqs:us-east-1:111111111111:other"]}, False),
    ],
)
def test_a_queue_says_whose_dead_letter_queue_it_may_be(
    cloud: LocalCloud,
    policy: dict[str, Any],
    allowed: bool,  # noqa: FBT001 - parametrized
) -> None:
    dead, box = Box(cloud, "dead", RedriveAllowPolicy=policy), Box(cloud)
    assert json.loads(dead.attribute("RedriveAllowPolicy") or "") == policy
    if allowed:
        box.set(RedrivePolicy=redrive(dead))
    else:
        assert refused(lambda: box.set(RedrivePolicy=redrive(dead)))[0] == "InvalidParameterValue"
    dead.set(RedriveAllowPolicy="")
    assert dead.attribute("RedriveAllowPolicy") is None
    box.set(RedrivePolicy=redrive(dead))


@pytest.mark.parametrize(
    "policy",
    [
        "no json",
        {},
        {"redrivePermission": "some"},
        {"redrivePermission": "byQueue"},
        {"redrivePermission": "byQueue", "sourceQueueArns": ["arn"] * 11},
        {"redrivePermission": "denyAll", "sourceQueueArns": ["arn"]},
    ],
)
def test_a_permission_that_makes_no_sense_is_refused(cloud: LocalCloud, policy: object) -> None:
    box = Box(cloud)
    text = policy if isinstance(policy, str) else json.dumps(policy)
    assert refused(lambda: box.set(RedriveAllowPolicy=text))[0] == "InvalidParameterValue"


# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html


def tasks(dead: Box, most: int = 10) -> list[dict[str, Any]]:
    return list(dead.sqs.list_message_move_tasks(SourceArn=dead.arn, MaxResults=most)["Results"])


def test_dead_letters_go_back_to_where_they_came_from(cloud: LocalCloud) -> None:
    box, dead = with_dead_letters(cloud)
    other = Box(cloud, "other", RedrivePolicy=redrive(dead))
    ids = [box.send("one")["MessageId"], other.send("two")["MessageId"]]
    for one in (box, other):
        bury(cloud, one)
    assert dead.counts() == (2, 0, 0)
    handle = dead.sqs.start_message_move_task(SourceArn=dead.arn)["TaskHandle"]
    (running,) = tasks(dead)
    assert (running["Status"], running["TaskHandle"]) == ("RUNNING", handle)
    cloud.settle()
    (task,) = tasks(dead)
    assert task == {
        "Status": "COMPLETED",
        "SourceArn": dead.arn,
        "ApproximateNumberOfMessagesMoved": 2,
        "ApproximateNumberOfMessagesToMove": 2,
        "StartedTimestamp": (START + 60) * 1000,
    }
    (first,) = box.receive()
    assert (first["Body"], other.bodies(), dead.counts()) == ("one", ["two"], (0, 0, 0))
    # They are new messages: sqs-configure-dead-letter-queue-redrive, and may be received as often as any.
    assert first["MessageId"] not in ids
    assert first["Attributes"]["SentTimestamp"] == str((START + 60) * 1000)
    assert first["Attributes"]["ApproximateReceiveCount"] == "1"
    assert "DeadLetterQueueSourceArn" not in first["Attributes"]
    cloud.advance(seconds=30)
    assert box.receive() == []
    assert dead.bodies() == ["one"]


def test_a_task_moves_so_many_a_second_to_a_queue_of_your_choice_until_it_is_cancelled(cloud: LocalCloud) -> None:
    box, dead = with_dead_letters(cloud)
    box.send_batch(*({"MessageBody": str(n)} for n in range(10)))
    bury(cloud, box)
    target = Box(cloud, "again")
    handle = dead.sqs.start_message_move_task(
        SourceArn=dead.arn, DestinationArn=target.arn, MaxNumberOfMessagesPerSecond=2
    )["TaskHandle"]
    cloud.advance(seconds=2)
    (task,) = tasks(dead)
    assert (task["ApproximateNumberOfMessagesMoved"], task["Status"]) == (6, "RUNNING")
    assert (task["DestinationArn"], task["MaxNumberOfMessagesPerSecond"]) == (target.arn, 2)
    code, _ = refused(lambda: dead.sqs.start_message_move_task(SourceArn=dead.arn))
    assert code == "InvalidParameterValue"
    assert dead.sqs.cancel_message_move_task(TaskHandle=handle)["ApproximateNumberOfMessagesMoved"] == 6
    cloud.settle()
    assert (target.counts(), dead.counts()) == ((6, 0, 0), (4, 0, 0))
    assert target.bodies() == ["0", "1", "2", "3", "4", "5"]
    (task,) = tasks(dead)
    assert task["Status"] == "CANCELLED"
    assert "TaskHandle" not in task
    assert refused(lambda: dead.sqs.cancel_message_move_task(TaskHandle=handle))[0] == "UnsupportedOperation"
    dead.sqs.start_message_move_task(SourceArn=dead.arn)
    cloud.settle()
    assert [one["Status"] for one in tasks(dead)] == ["COMPLETED", "CANCELLED"]
    assert [one["Status"] for one in tasks(dead, most=1)] == ["COMPLETED"]


def test_fifo_dead_letters_go_back_in_their_order(cloud: LocalCloud) -> None:
    box, dead = with_dead_letters(cloud, "orders.fifo", ContentBasedDeduplication="true")
    for body in ("1", "2", "3"):
        box.send(body, MessageGroupId="g")
    bury(cloud, box)
    dead.sqs.start_message_move_task(SourceArn=dead.arn)
    cloud.settle()
    assert box.bodies() == ["1", "2", "3"]


def test_what_a_rule_or_a_user_put_there_cannot_go_back(cloud: LocalCloud) -> None:
    _, dead = with_dead_letters(cloud)
    dead.send("nobody's")
    dead.sqs.start_message_move_task(SourceArn=dead.arn)
    cloud.settle()
    (task,) = tasks(dead)
    assert (task["Status"], task["FailureReason"]) == ("FAILED", "CouldNotDetermineMessageSource")
    assert dead.bodies() == ["nobody's"]


def test_a_task_fails_when_its_destination_is_deleted(cloud: LocalCloud) -> None:
    box, dead = with_dead_letters(cloud)
    box.send()
    bury(cloud, box)
    target = Box(cloud, "again")
    dead.sqs.start_message_move_task(SourceArn=dead.arn, DestinationArn=target.arn)
    target.sqs.delete_queue(QueueUrl=target.url)
    cloud.settle()
    (task,) = tasks(dead)
    assert (task["Status"], task["FailureReason"]) == ("FAILED", "AWS.SimpleQueueService.NonExistentQueue")
    assert dead.bodies() == ["hello"]


NOWHERE = "arn:aws:sqs:us-east-1:111111111111:nowhere"


@pytest.mark.parametrize(
    ("fields", "code", "words"),
    [
        ({"SourceArn": NOWHERE}, "ResourceNotFoundException", "SourceArn parameter doesn't exist"),
        ({"DestinationArn": NOWHERE}, "ResourceNotFoundException", "DestinationArn parameter doesn't exist"),
        ({"SourceArn": NOWHERE.replace("nowhere", "orders")}, "InvalidParameterValue", "configured as a Dead Letter"),
        ({"DestinationArn": NOWHERE.replace("nowhere", "a.fifo")}, "InvalidParameterValue", "of the same type"),
        ({"MaxNumberOfMessagesPerSecond": 501}, "InvalidParameterValue", "MaxNumberOfMessagesPerSecond"),
    ],
)
def test_a_task_is_refused_with_awss_code(cloud: LocalCloud, fields: dict[str, Any], code: str, words: str) -> None:
    _, dead = with_dead_letters(cloud)
    Box(cloud, "a.fifo")
    actual, message = refused(lambda: dead.sqs.start_message_move_task(**{"SourceArn": dead.arn, **fields}))
    assert actual == code
    assert words in message


def test_only_tasks_there_are_can_be_cancelled(cloud: LocalCloud) -> None:
    box, dead = with_dead_letters(cloud)
    handle = dead.sqs.start_message_move_task(SourceArn=dead.arn)["TaskHandle"]
    sqs = box.sqs
    assert refused(lambda: sqs.cancel_message_move_task(TaskHandle="x"))[0] == "InvalidParameterValue"
    dead.sqs.delete_queue(QueueUrl=dead.url)
    assert refused(lambda: sqs.cancel_message_move_task(TaskHandle=handle))[0] == "ResourceNotFoundException"
    Box(cloud, "dead")
    code, words = refused(lambda: sqs.cancel_message_move_task(TaskHandle=handle))
    assert (code, words) == ("ResourceNotFoundException", "Task does not exist.")
