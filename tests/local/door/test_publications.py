"""Publish and PublishBatch: what SNS refuses, and what is just inside its limits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from eventyard.local import LocalCloud
    from tests.local.door.conftest import Refusal

KIB = 1_024


def text(value: str, kind: str = "String") -> dict[str, str]:
    return {"DataType": kind, "StringValue": value}


def make(cloud: LocalCloud, name: str, **attributes: str) -> str:
    if name.endswith(".fifo"):
        attributes = {"FifoTopic": "true", **attributes}
    return str(cloud.client("sns").create_topic(Name=name, Attributes=attributes)["TopicArn"])


def attribute_case(name: str, attribute: dict[str, Any], says: str) -> tuple[dict[str, Any], str, str]:
    return {"MessageAttributes": {name: attribute}}, "ParameterValueInvalid", says


NO_GROUP = "Invalid parameter: The MessageGroupId parameter is required for FIFO topics"
BAD_MESSAGES: list[tuple[dict[str, Any], str, str]] = [
    ({"Message": ""}, "InvalidParameter", "Invalid parameter: Empty message"),
    ({"Message": "x" * (256 * KIB + 1)}, "InvalidParameter", "Invalid parameter: Message too long"),
    ({"Message": "é" * (128 * KIB) + "x"}, "InvalidParameter", "Invalid parameter: Message too long"),
    (
        {"Message": "x" * (256 * KIB - 10), "MessageAttributes": {"name": text("v")}},
        "InvalidParameter",
        "Invalid parameter: Message too long",
    ),
    ({"Subject": ""}, "InvalidParameter", "Invalid parameter: Subject"),
    ({"Subject": "s" * 101}, "InvalidParameter", "Invalid parameter: Subject"),
    ({"Subject": "two\nlines"}, "InvalidParameter", "Invalid parameter: Subject"),
    ({"Subject": "a\ttab"}, "InvalidParameter", "Invalid parameter: Subject"),
    ({"MessageStructure": "xml"}, "InvalidParameter", "MessageStructure"),
    ({"MessageStructure": "json"}, "InvalidParameter", "Message Structure - JSON message body failed to parse"),
    (
        {"MessageStructure": "json", "Message": '{"default": "a", "default": "b"}'},
        "InvalidParameter",
        "Message Structure - JSON message body failed to parse",
    ),
    (
        {"MessageStructure": "json", "Message": '{"sqs": "a"}'},
        "InvalidParameter",
        "Message Structure - No default entry in JSON message body",
    ),
    (
        {"MessageStructure": "json", "Message": '{"default": {"a": 1}}'},
        "InvalidParameter",
        "Message Structure - No default entry in JSON message body",
    ),
    (
        {"MessageDeduplicationId": "d"},
        "InvalidParameter",
        "The request includes MessageDeduplicationId parameter that is not valid for this topic type",
    ),
    ({"MessageGroupId": "a group"}, "InvalidParameter", "MessageGroupId Reason"),
    ({"MessageGroupId": "g" * 129}, "InvalidParameter", "MessageGroupId Reason"),
    attribute_case(
        "a b", text("v"), "Invalid non-alphanumeric character '#x20' was found in the message attribute name"
    ),
    attribute_case("naïve", text("v"), "Invalid non-alphanumeric character '#xEF'"),
    attribute_case(".a", text("v"), "starting with character '.'"),
    attribute_case("a.", text("v"), "ending with character '.'"),
    attribute_case("a..b", text("v"), "successive '.'"),
    attribute_case("a" * 257, text("v"), "less than 256 bytes"),
    attribute_case("aws.a", text("v"), "reserved prefix"),
    attribute_case("Amazon.a", text("v"), "reserved prefix"),
    attribute_case("a", text("v", "Text"), "has an invalid message attribute type"),
    attribute_case("a", text("v", "string"), "has an invalid message attribute type"),
    attribute_case(
        "a", text(""), "must contain non-empty message attribute value for message attribute type 'String'."
    ),
    attribute_case("a", {"DataType": "String"}, "must contain non-empty message attribute value"),
    attribute_case("a", {"DataType": "Binary", "StringValue": "v"}, "with type 'Binary' must use field 'Binary'."),
    attribute_case("a", {"DataType": "String", "BinaryValue": b"v"}, "with type 'String' must use field 'String'."),
    attribute_case("a", text("one", "Number"), "Could not cast message attribute 'a' value to number."),
    attribute_case("a", text("1,5", "Number"), "Could not cast"),
    attribute_case("a", text("nan", "Number"), "Could not cast"),
    attribute_case("a", text("1_000", "Number"), "Could not cast"),
]


@pytest.mark.parametrize(("message", "code", "says"), BAD_MESSAGES)
def test_a_message_that_sns_refuses_is_refused(
    cloud: LocalCloud, refusal: Refusal, message: dict[str, Any], code: str, says: str
) -> None:
    topic = make(cloud, "news")
    found, told = refusal(cloud.client("sns").publish, TopicArn=topic, **{"Message": "hello", **message})
    assert (found, says in told) == (code, True), told
    assert cloud.ledger.events == []


GOOD_MESSAGES: list[dict[str, Any]] = [
    {"Message": "x" * (256 * KIB)},
    {"Message": "x" * (256 * KIB - 11), "MessageAttributes": {"name": text("v")}},
    {"Subject": "s" * 100},
    {"Subject": " Grüße"},
    {"MessageStructure": "json", "Message": '{"default": "", "sqs": 1}'},
    {"MessageGroupId": "g" * 128},
    {"MessageAttributes": {"a" * 256: text("v")}},
    {"MessageAttributes": {"AWS.SNS.SMS.SenderID": text("shop")}},
    {"MessageAttributes": {f"n{number}": text("v") for number in range(20)}},
    {"MessageAttributes": {"a": text('["x"]', "String.Array"), "b": text("x", "String.label")}},
    {"MessageAttributes": {"a": {"DataType": "Binary.png", "BinaryValue": b"\x00\xff"}}},
    *({"MessageAttributes": {"a": text(number, "Number")}} for number in ("0", "-1", "+1.5", "1.", ".5", "1e10")),
]


@pytest.mark.parametrize("message", GOOD_MESSAGES)
def test_a_message_just_inside_the_limits_is_taken(cloud: LocalCloud, message: dict[str, Any]) -> None:
    answer = cloud.client("sns").publish(TopicArn=make(cloud, "news"), **{"Message": "hello", **message})
    assert [event.id for event in cloud.ledger.events] == [answer["MessageId"]]


def test_a_topic_for_large_messages_takes_up_to_its_own_size(cloud: LocalCloud, refusal: Refusal) -> None:
    sns = cloud.client("sns")
    large, small = make(cloud, "large", MaximumMessageSize="1048576"), make(cloud, "small", MaximumMessageSize="1024")
    sns.publish(TopicArn=large, Message="x" * 1_048_576)
    sns.publish(TopicArn=small, Message="x" * 1_024)
    too_long = ("InvalidParameter", "Invalid parameter: Message too long")
    assert refusal(sns.publish, TopicArn=large, Message="x" * 1_048_577) == too_long
    assert refusal(sns.publish, TopicArn=small, Message="x" * 1_025) == too_long


@pytest.mark.parametrize("size", ["", "many", "1023", "1048577", "-1", "1024.5"])
def test_a_topics_size_is_one_kibibyte_to_one_mebibyte(cloud: LocalCloud, refusal: Refusal, size: str) -> None:
    sns = cloud.client("sns")
    code, told = refusal(sns.create_topic, Name="news", Attributes={"MaximumMessageSize": size})
    assert (code, "MaximumMessageSize" in told) == ("InvalidParameter", True)
    topic = make(cloud, "news", MaximumMessageSize="1024")
    change = {"TopicArn": topic, "AttributeName": "MaximumMessageSize"}
    assert refusal(sns.set_topic_attributes, **change, AttributeValue=size)[0] == "InvalidParameter"
    sns.set_topic_attributes(**change, AttributeValue="1048576")
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["MaximumMessageSize"] == "1048576"


def test_a_topic_with_an_http_subscription_does_not_grow_over_256_kib(cloud: LocalCloud, refusal: Refusal) -> None:
    sns, topic = cloud.client("sns"), make(cloud, "news")
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint="http://localhost")
    change = {"TopicArn": topic, "AttributeName": "MaximumMessageSize"}
    assert refusal(sns.set_topic_attributes, **change, AttributeValue="262145")[0] == "InvalidParameter"
    sns.set_topic_attributes(**change, AttributeValue="262144")


@pytest.mark.parametrize(
    ("to", "code", "says"),
    [
        ({}, "InvalidParameter", "TopicArn or TargetArn Reason: no value for required parameter"),
        ({"TopicArn": "news"}, "InvalidParameter", "TopicArn Reason: An ARN must have at least 6 elements, not 1"),
        ({"TargetArn": "a:b"}, "InvalidParameter", "TargetArn Reason: An ARN must have at least 6 elements, not 2"),
        ({"TopicArn": "arn:aws:sqs:us-east-1:111111111111:news"}, "InvalidParameter", "Invalid parameter: TopicArn"),
        ({"TopicArn": "arn:aws:sns:eu-west-1:111111111111:news"}, "InvalidParameter", "Invalid parameter: TopicArn"),
        ({"TopicArn": "arn:aws:sns:us-east-1:111111111111:nowhere"}, "NotFound", "Topic does not exist"),
        ({"TopicArn": "arn:aws:sns:us-east-1:999999999999:news"}, "NotFound", "Topic does not exist"),
        ({"PhoneNumber": "none"}, "InvalidParameter", "PhoneNumber Reason: none is not valid to publish to"),
        (
            {"PhoneNumber": "+15550100", "TopicArn": "arn:aws:sns:us-east-1:111111111111:news"},
            "InvalidParameter",
            "only one",
        ),
    ],
)
def test_a_message_to_nobody_is_refused(
    cloud: LocalCloud, refusal: Refusal, to: dict[str, str], code: str, says: str
) -> None:
    make(cloud, "news")
    found, told = refusal(cloud.client("sns").publish, Message="hello", **to)
    assert (found, says in told) == (code, True), told


def test_a_topic_may_be_named_as_the_target(cloud: LocalCloud) -> None:
    cloud.client("sns").publish(TargetArn=make(cloud, "news"), Message="hello")
    assert len(cloud.ledger.events) == 1


@pytest.mark.parametrize(
    ("content_based", "message", "says"),
    [
        ("false", {"MessageDeduplicationId": "d"}, NO_GROUP),
        ("true", {}, NO_GROUP),
        ("false", {"MessageGroupId": "g"}, "either have ContentBasedDeduplication enabled or MessageDeduplicationId"),
        ("true", {"MessageGroupId": "g", "MessageDeduplicationId": "d" * 129}, "MessageDeduplicationId Reason"),
        ("true", {"MessageGroupId": "g", "MessageDeduplicationId": "a b"}, "MessageDeduplicationId Reason"),
    ],
)
def test_a_fifo_topic_needs_a_group_and_a_deduplication_id(
    cloud: LocalCloud, refusal: Refusal, content_based: str, message: dict[str, str], says: str
) -> None:
    topic = make(cloud, "orders.fifo", ContentBasedDeduplication=content_based)
    sns = cloud.client("sns")
    code, told = refusal(sns.publish, TopicArn=topic, Message="hello", **message)
    assert (code, says in told) == ("InvalidParameter", True), told
    given = {"MessageGroupId": "g", "MessageDeduplicationId": "d" * 128}
    sns.publish(TopicArn=topic, Message="hello", **given)


def entries(count: int, **more: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - an entry's own fields
    return [{"Id": f"e{number}", "Message": "hello", **more} for number in range(count)]


@pytest.mark.parametrize(
    ("batch", "code"),
    [
        ([], "EmptyBatchRequest"),
        (entries(11), "TooManyEntriesInBatchRequest"),
        ([*entries(1), *entries(1)], "BatchEntryIdsNotDistinct"),
        ([{"Id": "a b", "Message": "hello"}], "InvalidBatchEntryId"),
        ([{"Id": "i" * 81, "Message": "hello"}], "InvalidBatchEntryId"),
        (entries(2, Message="x" * (128 * KIB + 1)), "BatchRequestTooLong"),
        (entries(2, MessageAttributes={"a": text("")}), "ParameterValueInvalid"),
    ],
)
def test_a_batch_as_a_whole_is_refused(cloud: LocalCloud, refusal: Refusal, batch: list[Any], code: str) -> None:
    publish = cloud.client("sns").publish_batch
    assert refusal(publish, TopicArn=make(cloud, "news"), PublishBatchRequestEntries=batch)[0] == code
    assert cloud.ledger.events == []


def test_a_batch_just_inside_the_limits_is_taken(cloud: LocalCloud) -> None:
    sns, topic = cloud.client("sns"), make(cloud, "news")
    ten = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries(10))
    full = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries(2, Message="x" * (128 * KIB)))
    named = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[{"Id": "i-_" * 26, "Message": "hello"}])
    assert [len(answer["Successful"]) for answer in (ten, full, named)] == [10, 2, 1]
    assert len(cloud.ledger.events) == 13


def test_a_batch_to_a_topic_that_is_not_there_is_refused(cloud: LocalCloud, refusal: Refusal) -> None:
    nowhere = "arn:aws:sns:us-east-1:111111111111:nowhere"
    publish = cloud.client("sns").publish_batch
    assert refusal(publish, TopicArn=nowhere, PublishBatchRequestEntries=entries(1))[0] == "NotFound"


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"Message": ""}, "Invalid parameter: Empty message"),
        ({"Subject": "two\nlines"}, "Invalid parameter: Subject"),
        ({"MessageStructure": "json"}, "Invalid parameter: Message Structure - JSON message body failed to parse"),
        ({"MessageDeduplicationId": "d"}, "MessageDeduplicationId parameter that is not valid for this topic type"),
    ],
)
def test_a_bad_entry_of_a_batch_fails_by_its_id_and_the_others_go_through(
    cloud: LocalCloud, entry: dict[str, str], says: str
) -> None:
    good, bad, last = entries(3)
    answer = cloud.client("sns").publish_batch(
        TopicArn=make(cloud, "news"), PublishBatchRequestEntries=[good, {**bad, **entry}, last]
    )
    assert [one["Id"] for one in answer["Successful"]] == ["e0", "e2"]
    (failed,) = answer["Failed"]
    assert (failed["Id"], failed["Code"], failed["SenderFault"]) == ("e1", "InvalidParameter", True)
    assert says in failed["Message"]
    assert [event.id for event in cloud.ledger.events] == [one["MessageId"] for one in answer["Successful"]]


def test_a_batch_to_a_fifo_topic_needs_a_group_in_every_entry(cloud: LocalCloud, refusal: Refusal) -> None:
    topic = make(cloud, "orders.fifo", ContentBasedDeduplication="true")
    one, other = entries(2)
    publish = cloud.client("sns").publish_batch
    batch = [{**one, "MessageGroupId": "g"}, other]
    assert refusal(publish, TopicArn=topic, PublishBatchRequestEntries=batch) == ("InvalidParameter", NO_GROUP)


def test_what_a_message_carries_arrives(cloud: LocalCloud) -> None:
    sns, sqs, topic = cloud.client("sns"), cloud.client("sqs"), make(cloud, "news")
    url = sqs.create_queue(QueueName="news")["QueueUrl"]
    sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint="arn:aws:sqs:us-east-1:111111111111:news",
        Attributes={"RawMessageDelivery": "true"},
    )
    carried = {"a": text("v"), "n": text("1.5", "Number")}
    entry = {"Id": "one", "Message": json.dumps({"n": 1}), "MessageAttributes": carried}
    sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[entry])
    cloud.settle()
    (message,) = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert (message["Body"], message["MessageAttributes"]) == ('{"n": 1}', carried)
