"""What may be sent to a queue, and what SQS answers otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.local.boxes import Box, refused

if TYPE_CHECKING:
    from eventyard.local import LocalCloud

MIB = 1_048_576
TEXT = {"DataType": "String", "StringValue": "x"}


# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
@pytest.mark.parametrize(
    ("fields", "code", "words"),
    [
        ({"MessageBody": ""}, "MissingParameter", "MessageBody"),
        ({"MessageBody": "\x00"}, "InvalidMessageContents", "Invalid characters"),
        ({"MessageBody": "a\x0bb"}, "InvalidMessageContents", "#x9 | #xA | #xD"),
        ({"MessageBody": "a\uffff"}, "InvalidMessageContents", "Invalid characters"),
        ({"DelaySeconds": 901}, "InvalidParameterValue", "Value 901 for parameter DelaySeconds"),
        ({"DelaySeconds": -1}, "InvalidParameterValue", "must be >= 0 and <= 900"),
        ({"MessageBody": "x" * (MIB + 1)}, "InvalidParameterValue", "Message must be shorter than 1048576 bytes"),
        ({"MessageBody": "é" * (MIB // 2 + 1)}, "InvalidParameterValue", "Message must be shorter than"),
        ({"MessageBody": "x" * MIB, "MessageAttributes": {"a": TEXT}}, "InvalidParameterValue", "must be shorter than"),
        ({"MessageDeduplicationId": "a"}, "InvalidParameterValue", "not valid for this queue type"),
        ({"MessageGroupId": "a b"}, "InvalidParameterValue", "1 to 128 in length"),
        (
            {"MessageAttributes": {f"a{n}": TEXT for n in range(11)}},
            "InvalidParameterValue",
            "Number of message attributes [11] exceeds the allowed maximum [10].",
        ),
        ({"MessageAttributes": {"a b": TEXT}}, "InvalidParameterValue", "name 'a b' is invalid"),
        ({"MessageAttributes": {"AWS.a": TEXT}}, "InvalidParameterValue", "name 'AWS.a' is invalid"),
        ({"MessageAttributes": {"a..b": TEXT}}, "InvalidParameterValue", "name 'a..b' is invalid"),
        ({"MessageAttributes": {"a": {**TEXT, "DataType": "Text"}}}, "InvalidParameterValue", "set of supported type"),
        ({"MessageAttributes": {"a": {**TEXT, "StringValue": ""}}}, "InvalidParameterValue", "non-empty"),
        ({"MessageAttributes": {"a": {**TEXT, "DataType": "Number"}}}, "InvalidParameterValue", "to a number"),
        ({"MessageAttributes": {"a": {**TEXT, "StringValue": "\x01"}}}, "InvalidMessageContents", "Invalid characters"),
    ],
)
def test_a_message_is_refused_with_awss_code(cloud: LocalCloud, fields: dict[str, Any], code: str, words: str) -> None:
    box = Box(cloud)
    actual, message = refused(lambda: box.send(**{"body": fields.get("MessageBody", "hello"), **without_body(fields)}))
    assert actual == code
    assert words in message
    assert box.counts() == (0, 0, 0)


@pytest.mark.parametrize(
    ("fields", "code", "words"),
    [
        ({}, "MissingParameter", "MessageGroupId"),
        ({"MessageGroupId": "g"}, "InvalidParameterValue", "ContentBasedDeduplication"),
        (
            {"MessageGroupId": "g", "MessageDeduplicationId": "d", "DelaySeconds": 1},
            "InvalidParameterValue",
            "DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.",
        ),
        ({"MessageGroupId": "g", "MessageDeduplicationId": "d" * 129}, "InvalidParameterValue", "1 to 128 in length"),
    ],
)
def test_a_fifo_queue_refuses_with_awss_code(cloud: LocalCloud, fields: dict[str, Any], code: str, words: str) -> None:
    box = Box(cloud, "orders.fifo")
    actual, message = refused(lambda: box.send(**fields))
    assert actual == code
    assert words in message


def without_body(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != "MessageBody"}


def test_the_largest_message_is_taken_and_a_queue_may_allow_less(cloud: LocalCloud) -> None:
    box = Box(cloud)
    box.send("x" * MIB)
    box.set(MaximumMessageSize="1024")
    assert "shorter than 1024 bytes" in refused(lambda: box.send("x" * 1025))[1]
    box.send("x" * 1024)
    assert box.counts() == (2, 0, 0)


def test_all_the_letters_that_are_allowed_arrive(cloud: LocalCloud) -> None:
    box = Box(cloud)
    body = "\t\n\r <&>\"' é \ud7ff\ue000\ufffd\U0001f600\U0010ffff"
    box.send(body)
    assert box.bodies() == [body]


def test_a_group_on_a_standard_queue_is_kept_and_blocks_nobody(cloud: LocalCloud) -> None:
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
    box = Box(cloud)
    box.send("1", MessageGroupId="tenant")
    box.send("2", MessageGroupId="tenant")
    (first,), (second,) = box.receive(1), box.receive(1)
    assert [one["Attributes"]["MessageGroupId"] for one in (first, second)] == ["tenant", "tenant"]


def test_what_is_sent_along_comes_along(cloud: LocalCloud) -> None:
    box = Box(cloud)
    attributes = {
        "city": {"DataType": "String", "StringValue": "Łódź"},
        "weight": {"DataType": "Number.kg", "StringValue": "-1.5e3"},
        "key": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    }
    trace = {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-2-3"}}
    sent = box.send("hello", MessageAttributes=attributes, MessageSystemAttributes=trace)
    (received,) = box.receive()
    assert received["MessageAttributes"] == attributes
    # Computed with another implementation of AWS's algorithm (moto's).
    assert received["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"] == "f85d343674d785aa14aec2a648145159"
    assert received["Attributes"]["AWSTraceHeader"] == "Root=1-2-3"
    assert received["MessageId"] == sent["MessageId"]
    assert set(sent) >= {"MD5OfMessageSystemAttributes", "MD5OfMessageBody"}


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ([], []),
        (["All"], ["a.x", "a.y", "b"]),
        ([".*"], ["a.x", "a.y", "b"]),
        (["a.*"], ["a.x", "a.y"]),
        (["b"], ["b"]),
    ],
)
def test_only_the_attributes_that_are_asked_for_are_shown(
    cloud: LocalCloud, wanted: list[str], names: list[str]
) -> None:
    box = Box(cloud)
    box.send(MessageAttributes={"a.x": TEXT, "a.y": TEXT, "b": TEXT})
    (received,) = box.receive(MessageAttributeNames=wanted, MessageSystemAttributeNames=["SentTimestamp"])
    assert sorted(received.get("MessageAttributes", {})) == names
    assert list(received["Attributes"]) == ["SentTimestamp"]


# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([], "EmptyBatchRequest"),
        ([{"Id": str(n), "MessageBody": "x"} for n in range(11)], "TooManyEntriesInBatchRequest"),
        ([{"Id": "a", "MessageBody": "x"}, {"Id": "a", "MessageBody": "y"}], "BatchEntryIdsNotDistinct"),
        ([{"Id": "a b", "MessageBody": "x"}], "InvalidBatchEntryId"),
        ([{"Id": "a" * 81, "MessageBody": "x"}], "InvalidBatchEntryId"),
        ([{"Id": str(n), "MessageBody": "x" * (MIB // 2 + 1)} for n in range(2)], "BatchRequestTooLong"),
    ],
)
def test_a_batch_is_refused_as_a_whole(cloud: LocalCloud, entries: list[dict[str, str]], code: str) -> None:
    box = Box(cloud)
    actual, _ = refused(lambda: box.sqs.send_message_batch(QueueUrl=box.url, Entries=entries))
    assert actual == code
    assert box.counts() == (0, 0, 0)


def test_a_message_of_a_batch_that_is_refused_fails_alone(cloud: LocalCloud) -> None:
    box = Box(cloud, MaximumMessageSize="1024")
    answer = box.send_batch(
        {"MessageBody": "good"},
        {"MessageBody": "x" * 1025},
        {"MessageBody": "\x00"},
        {"MessageBody": "late", "DelaySeconds": 1000},
        {"MessageBody": "fine", "DelaySeconds": 10},
    )
    failed = {one["Id"]: (one["Code"], one["SenderFault"]) for one in answer["Failed"]}
    assert failed == {
        "1": ("InvalidParameterValue", True),
        "2": ("InvalidMessageContents", True),
        "3": ("InvalidParameterValue", True),
    }
    assert [one["Id"] for one in answer["Successful"]] == ["0", "4"]
    assert box.counts() == (1, 0, 1)


def test_a_batch_for_a_fifo_queue_keeps_its_order_and_wants_a_group_for_each(cloud: LocalCloud) -> None:
    box = Box(cloud, "orders.fifo", ContentBasedDeduplication="true")
    answer = box.send_batch(*({"MessageBody": str(n), "MessageGroupId": "g"} for n in range(10)))
    numbers = [int(one["SequenceNumber"]) for one in answer["Successful"]]
    assert numbers == sorted(numbers)
    assert box.bodies() == [str(n) for n in range(10)]
    entries = ({"MessageBody": "a", "MessageGroupId": "g"}, {"MessageBody": "b"})
    assert refused(lambda: box.send_batch(*entries))[0] == "MissingParameter"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DelaySeconds", "901"),
        ("MaximumMessageSize", "1023"),
        ("MaximumMessageSize", "1048577"),
        ("MessageRetentionPeriod", "59"),
        ("MessageRetentionPeriod", "1209601"),
        ("ReceiveMessageWaitTimeSeconds", "21"),
        ("VisibilityTimeout", "43201"),
        ("VisibilityTimeout", "-1"),
    ],
)
def test_an_attribute_of_a_queue_out_of_its_range_is_refused(cloud: LocalCloud, name: str, value: str) -> None:
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
    box = Box(cloud)
    before = box.attribute(name)
    assert refused(lambda: box.set(**{name: value}))[0] == "InvalidAttributeValue"
    assert refused(lambda: Box(cloud, "other", **{name: value}))[0] == "InvalidAttributeValue"
    assert box.attribute(name) == before
