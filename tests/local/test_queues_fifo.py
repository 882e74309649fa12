"""FIFO queues: order, groups, deduplication, expired handles, repeated receptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.local.boxes import Box, refused

if TYPE_CHECKING:
    from eventyard.local import LocalCloud


@pytest.fixture
def fifo(cloud: LocalCloud) -> Box:
    return Box(cloud, "orders.fifo", ContentBasedDeduplication="true", VisibilityTimeout="30")


# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html


def test_a_group_waits_until_its_messages_in_flight_are_deleted_or_visible_again(cloud: LocalCloud, fifo: Box) -> None:
    for body in ("1", "2", "3"):
        fifo.send(body, MessageGroupId="mug")
    fifo.send("other", MessageGroupId="pot")
    (first,) = fifo.receive(1)
    assert fifo.bodies() == ["other"]
    fifo.delete(first)
    (second,) = fifo.receive(1)
    assert second["Body"] == "2"
    cloud.advance(seconds=30)
    assert fifo.bodies() == ["2", "3", "other"]


def test_a_reception_takes_one_group_as_far_as_it_goes_and_then_the_next(fifo: Box) -> None:
    for body, group in (("a1", "a"), ("b1", "b"), ("a2", "a"), ("c1", "c"), ("b2", "b")):
        fifo.send(body, MessageGroupId=group)
    assert fifo.bodies(3) == ["a1", "a2", "b1"]
    assert fifo.bodies() == ["c1"]


def test_a_batch_that_failed_in_part_comes_again_from_its_first_failure(cloud: LocalCloud, fifo: Box) -> None:
    for body in ("1", "2", "3", "4"):
        fifo.send(body, MessageGroupId="g")
    one, _, three = fifo.receive(3)
    fifo.delete(one)
    fifo.delete(three)
    assert fifo.receive() == []
    cloud.advance(seconds=30)
    assert fifo.bodies() == ["2", "4"]


def test_a_message_given_back_at_once_opens_its_group(fifo: Box) -> None:
    fifo.send("1", MessageGroupId="g")
    fifo.send("2", MessageGroupId="g")
    (first,) = fifo.receive(1)
    fifo.hide(first, 0)
    assert fifo.bodies() == ["1", "2"]


def test_a_delayed_message_holds_back_its_group(cloud: LocalCloud, fifo: Box) -> None:
    fifo.set(DelaySeconds="60")
    fifo.send("first", MessageGroupId="g")
    fifo.set(DelaySeconds="0")
    fifo.send("second", MessageGroupId="g")
    assert fifo.receive() == []
    cloud.advance(seconds=60)
    assert fifo.bodies() == ["first", "second"]


def test_an_expired_handle_deletes_and_hides_nothing(cloud: LocalCloud, fifo: Box) -> None:
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html
    fifo.send("1", MessageGroupId="g")
    (late,) = fifo.receive()
    cloud.advance(seconds=30)
    for call in (lambda: fifo.delete(late), lambda: fifo.hide(late, 10)):
        code, words = refused(call)
        assert code == "InvalidParameterValue"
        assert words.endswith("for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.")
    (new,) = fifo.receive()
    assert refused(lambda: fifo.delete(late))[0] == "InvalidParameterValue"
    fifo.delete(new)
    fifo.delete(new)
    assert fifo.counts() == (0, 0, 0)


def test_a_duplicate_is_answered_like_the_first_and_not_delivered(cloud: LocalCloud, fifo: Box) -> None:
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
    first = fifo.send("same", MessageGroupId="g")
    (received,) = fifo.receive()
    fifo.delete(received)
    cloud.advance(seconds=299)
    again = fifo.send("same", MessageGroupId="g")
    assert (again["MessageId"], again["SequenceNumber"]) == (first["MessageId"], first["SequenceNumber"])
    assert fifo.receive() == []
    cloud.advance(seconds=1)
    later = fifo.send("same", MessageGroupId="g")
    assert int(later["SequenceNumber"]) > int(first["SequenceNumber"])
    assert fifo.bodies() == ["same"]


def test_an_id_of_ones_own_counts_more_than_the_content(fifo: Box) -> None:
    fifo.send("same", MessageGroupId="g", MessageDeduplicationId="1")
    fifo.send("same", MessageGroupId="g", MessageDeduplicationId="2")
    fifo.send("different", MessageGroupId="g", MessageDeduplicationId="2")
    received = fifo.receive()
    assert [(one["Body"], one["Attributes"]["MessageDeduplicationId"]) for one in received] == [
        ("same", "1"),
        ("same", "2"),
    ]


def test_duplicates_are_sought_in_the_queue_or_in_the_group(cloud: LocalCloud) -> None:
    wide = Box(cloud, "wide.fifo", ContentBasedDeduplication="true")
    narrow = Box(
        cloud,
        "narrow.fifo",
        ContentBasedDeduplication="true",
        DeduplicationScope="messageGroup",
        FifoThroughputLimit="perMessageGroupId",
    )
    for box in (wide, narrow):
        box.send("same", MessageGroupId="a")
        box.send("same", MessageGroupId="b")
    assert (wide.counts()[0], narrow.counts()[0]) == (1, 2)
    assert narrow.attribute("FifoThroughputLimit") == "perMessageGroupId"


def test_a_repeated_attempt_receives_the_same_and_hides_it_anew(cloud: LocalCloud, fifo: Box) -> None:
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-receiverequestattemptid-request-parameter.html
    fifo.send("1", MessageGroupId="g")
    (first,) = fifo.receive(ReceiveRequestAttemptId="try")
    cloud.advance(seconds=20)
    (again,) = fifo.receive(ReceiveRequestAttemptId="try")
    assert again == first
    cloud.advance(seconds=29)
    assert fifo.receive(ReceiveRequestAttemptId="another") == []
    fifo.hide(first, 60)
    assert fifo.receive(ReceiveRequestAttemptId="try") == []
    fifo.delete(first)
    assert fifo.receive(ReceiveRequestAttemptId="try") == []
