"""Receiving, hiding, deleting: visibility timeouts, receipt handles, delays, retention, purges, waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from eventyard.local.messages import Mailbox
from tests.local.boxes import Box, refused

if TYPE_CHECKING:
    from eventyard.local import LocalCloud

START = 1_767_225_600


# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
@pytest.mark.parametrize(
    "fields",
    [
        {"MaxNumberOfMessages": 0},
        {"MaxNumberOfMessages": 11},
        {"VisibilityTimeout": -1},
        {"VisibilityTimeout": 43_201},
        {"WaitTimeSeconds": -1},
        {"WaitTimeSeconds": 21},
        {"ReceiveRequestAttemptId": "a"},
    ],
)
def test_a_reception_out_of_range_is_refused(cloud: LocalCloud, fields: dict[str, Any]) -> None:
    box = Box(cloud)
    code, words = refused(lambda: box.sqs.receive_message(QueueUrl=box.url, **fields))
    ((name, value),) = fields.items()
    assert code == "InvalidParameterValue"
    assert words.startswith(f"Value {value} for parameter {name} is invalid.")


def test_a_message_counts_its_receptions_and_has_a_new_handle_for_each(cloud: LocalCloud) -> None:
    box = Box(cloud, VisibilityTimeout="10")
    box.send()
    cloud.advance(seconds=5)
    seen = []
    for _ in range(3):
        seen += box.receive()
        cloud.advance(seconds=10)
    assert [one["Attributes"]["ApproximateReceiveCount"] for one in seen] == ["1", "2", "3"]
    assert {one["Attributes"]["SentTimestamp"] for one in seen} == {f"{START}000"}
    assert {one["Attributes"]["ApproximateFirstReceiveTimestamp"] for one in seen} == {f"{START + 5}000"}
    assert len({one["ReceiptHandle"] for one in seen}) == 3


@pytest.mark.parametrize("seconds", [0, 1, 43_200])
def test_a_reception_may_say_how_long_its_messages_are_hidden(cloud: LocalCloud, seconds: int) -> None:
    box = Box(cloud, VisibilityTimeout="30")
    box.send()
    box.receive(VisibilityTimeout=seconds)
    if seconds:
        assert box.counts() == (0, 1, 0)
        cloud.advance(seconds=seconds - 1)
        assert box.receive() == []
        cloud.advance(seconds=1)
    assert box.counts() == (1, 0, 0)
    assert box.bodies() == ["hello"]


def test_visibility_is_changed_from_now_on_and_only_for_this_reception(cloud: LocalCloud) -> None:
    box = Box(cloud, VisibilityTimeout="30")
    box.send()
    (message,) = box.receive()
    cloud.advance(seconds=15)
    box.hide(message, 10)
    cloud.advance(seconds=9)
    assert box.receive() == []
    cloud.advance(seconds=1)
    (again,) = box.receive()
    cloud.advance(seconds=29)
    assert box.receive() == []
    box.hide(again, 0)
    assert box.bodies() == ["hello"]


def test_what_is_not_in_flight_cannot_be_hidden(cloud: LocalCloud) -> None:
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
    box = Box(cloud)
    box.send()
    (message,) = box.receive()
    cloud.advance(seconds=30)
    assert refused(lambda: box.hide(message, 10))[0] == "MessageNotInflight"
    (message,) = box.receive()
    box.delete(message)
    code, words = refused(lambda: box.hide(message, 10))
    assert code == "InvalidParameterValue"
    assert "not available for visibility timeout change" in words
    assert refused(lambda: box.hide(message, 43_201))[0] == "InvalidParameterValue"


def test_a_message_is_hidden_for_twelve_hours_after_its_reception_at_most(cloud: LocalCloud) -> None:
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
    box = Box(cloud)
    box.send()
    cloud.advance(hours=20)
    (message,) = box.receive()
    box.hide(message, 43_200)
    cloud.advance(hours=1)
    code, words = refused(lambda: box.hide(message, 43_200))
    assert code == "InvalidParameterValue"
    assert "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]" in words
    box.hide(message, 11 * 3600)


def test_a_standard_queue_deletes_by_an_old_handle_and_forgives_what_is_gone(cloud: LocalCloud) -> None:
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html
    box = Box(cloud)
    box.send()
    (old,) = box.receive()
    cloud.advance(seconds=30)
    (new,) = box.receive()
    box.delete(old)
    cloud.advance(seconds=30)
    assert box.counts() == (0, 0, 0)
    box.delete(new)
    box.delete(old)


def test_a_handle_is_good_for_its_own_queue_only(cloud: LocalCloud) -> None:
    box, other = Box(cloud), Box(cloud, "other")
    box.send()
    other.send()
    (message,) = box.receive()
    assert refused(lambda: other.delete(message))[0] == "ReceiptHandleIsInvalid"
    for made_up in ("x", "AAAA", message["ReceiptHandle"][:-4], "B" + message["ReceiptHandle"][1:]):
        assert refused(lambda text=made_up: box.delete({"ReceiptHandle": text}))[0] == "ReceiptHandleIsInvalid"  # type: ignore[misc]  # bound now
    assert box.counts() == (0, 1, 0)


def test_batches_of_deletions_and_of_timeouts_answer_entry_by_entry(cloud: LocalCloud) -> None:
    box = Box(cloud)
    box.send_batch(*({"MessageBody": str(n)} for n in range(4)))
    first, second, third, _ = box.receive()
    entries = [
        {"Id": "a", "ReceiptHandle": first["ReceiptHandle"], "VisibilityTimeout": 0},
        {"Id": "b", "ReceiptHandle": second["ReceiptHandle"], "VisibilityTimeout": 43_201},
        {"Id": "c", "ReceiptHandle": "nonsense", "VisibilityTimeout": 1},
    ]
    answer = box.sqs.change_message_visibility_batch(QueueUrl=box.url, Entries=entries)
    assert [one["Id"] for one in answer["Successful"]] == ["a"]
    failed = {one["Id"]: one["Code"] for one in answer["Failed"]}
    assert failed == {"b": "InvalidParameterValue", "c": "ReceiptHandleIsInvalid"}
    assert box.bodies() == ["0"]
    entries = [{"Id": one["Body"], "ReceiptHandle": one["ReceiptHandle"]} for one in (second, third)]
    entries.append({"Id": "x", "ReceiptHandle": "nonsense"})
    answer = box.sqs.delete_message_batch(QueueUrl=box.url, Entries=entries)
    assert [one["Id"] for one in answer["Successful"]] == ["1", "2"]
    assert [(one["Id"], one["Code"]) for one in answer["Failed"]] == [("x", "ReceiptHandleIsInvalid")]
    assert box.counts() == (0, 2, 0)


@pytest.mark.parametrize("call", ["delete_message_batch", "change_message_visibility_batch"])
def test_these_batches_have_the_limits_of_batches(cloud: LocalCloud, call: str) -> None:
    box = Box(cloud)

    def of(*ids: str) -> str:
        entries = [{"Id": one, "ReceiptHandle": "x", "VisibilityTimeout": 1} for one in ids]
        if call == "delete_message_batch":
            entries = [{"Id": one["Id"], "ReceiptHandle": "x"} for one in entries]
        return refused(lambda: getattr(box.sqs, call)(QueueUrl=box.url, Entries=entries))[0]

    assert of() == "EmptyBatchRequest"
    assert of(*map(str, range(11))) == "TooManyEntriesInBatchRequest"
    assert of("a", "a") == "BatchEntryIdsNotDistinct"


def test_delays_are_the_queues_unless_the_message_has_its_own(cloud: LocalCloud) -> None:
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html
    box = Box(cloud, DelaySeconds="60")
    box.send("queue's")
    box.send("now", DelaySeconds=0)
    box.send("longer", DelaySeconds=900)
    assert box.counts() == (1, 0, 2)
    assert box.bodies(VisibilityTimeout=3600) == ["now"]
    box.set(DelaySeconds="0")
    cloud.advance(seconds=59)
    assert box.receive() == []
    cloud.advance(seconds=1)
    assert box.bodies(VisibilityTimeout=3600) == ["queue's"]
    cloud.advance(seconds=840)
    assert box.bodies() == ["longer"]


def test_retention_counts_from_sending_and_ends_for_messages_in_flight_too(cloud: LocalCloud) -> None:
    box = Box(cloud, MessageRetentionPeriod="3600")
    box.send("early")
    cloud.advance(minutes=30)
    box.send("late")
    (early, _) = box.receive(VisibilityTimeout=7200)
    cloud.advance(minutes=30)
    assert box.counts() == (0, 1, 0)
    box.delete(early)
    # A shorter period counts for what is there: API_SetQueueAttributes, MessageRetentionPeriod.
    box.set(MessageRetentionPeriod="60")
    assert box.counts() == (0, 0, 0)


def test_a_purge_empties_the_queue_and_is_refused_within_a_minute(cloud: LocalCloud) -> None:
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html
    box = Box(cloud)
    box.send("in flight")
    (held,) = box.receive()
    box.send("there")
    box.send("delayed", DelaySeconds=10)
    box.sqs.purge_queue(QueueUrl=box.url)
    assert box.counts() == (0, 0, 0)
    box.delete(held)
    box.send("after")
    assert refused(lambda: box.sqs.purge_queue(QueueUrl=box.url))[0] == "PurgeQueueInProgress"
    cloud.advance(seconds=60)
    box.sqs.purge_queue(QueueUrl=box.url)
    assert box.receive() == []


def test_a_deleted_queue_made_again_is_another_one(cloud: LocalCloud) -> None:
    box = Box(cloud)
    box.send()
    (message,) = box.receive()
    box.sqs.delete_queue(QueueUrl=box.url)
    again = Box(cloud)
    again.send("new")
    assert again.counts() == (1, 0, 0)
    assert refused(lambda: again.delete(message))[0] == "ReceiptHandleIsInvalid"


def test_waiting_ends_at_the_moment_a_message_shows_itself(cloud: LocalCloud) -> None:
    box = Box(cloud)
    box.send("delayed", DelaySeconds=7)
    (message,) = box.receive(WaitTimeSeconds=20)
    assert (cloud.now.second, message["Body"]) == (7, "delayed")
    box.hide(message, 5)
    assert box.bodies(WaitTimeSeconds=20) == ["delayed"]
    assert cloud.now.second == 12
    assert box.receive(WaitTimeSeconds=20) == []
    assert cloud.now.second == 32


def test_the_queue_may_say_how_long_receptions_wait(cloud: LocalCloud) -> None:
    box = Box(cloud, ReceiveMessageWaitTimeSeconds="9")
    assert box.receive() == []
    assert cloud.now.second == 9
    assert box.receive(WaitTimeSeconds=0) == []
    assert cloud.now.second == 9


def test_waiting_goes_on_when_all_there_is_becomes_a_dead_letter(cloud: LocalCloud) -> None:
    dead = Box(cloud, "dead")
    box = Box(cloud, RedrivePolicy={"deadLetterTargetArn": dead.arn, "maxReceiveCount": 1})
    box.send("worn out")
    box.receive(VisibilityTimeout=3)
    box.send("later", DelaySeconds=10)
    assert box.bodies(WaitTimeSeconds=20) == ["later"]
    assert cloud.now.second == 10
    assert dead.bodies() == ["worn out"]


@pytest.mark.parametrize("name", ["orders", "orders.fifo"])
def test_no_more_than_120000_messages_are_in_flight(cloud: LocalCloud, name: str) -> None:
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
    from eventyard.local.moto_seam._mailboxes import find_mailbox  # noqa: PLC0415 - filling it through the API takes minutes

    box = Box(cloud, name)
    mailbox = find_mailbox(box.arn)
    assert isinstance(mailbox, Mailbox)
    for number in range(120_001):
        mailbox.send("x", group=str(number), deduplication=str(number), carried="filler")
    assert len(mailbox.receive(119_999)) == 119_999
    assert len(box.receive()) == 1
    assert box.counts() == (1, 120_000, 0)
    if name == "orders":
        assert refused(box.receive)[0] == "OverLimit"
    # A FIFO queue, or one that waits, answers nothing.
    assert box.receive(WaitTimeSeconds=1) == []
