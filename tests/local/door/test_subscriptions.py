"""Subscribe and SetSubscriptionAttributes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from eventyard.local import LocalCloud
    from tests.local.door.conftest import Refusal

QUEUE = "arn:aws:sqs:us-east-1:111111111111:orders"
FUNCTION = "arn:aws:lambda:us-east-1:111111111111:function:ship"
STREAM = "arn:aws:firehose:us-east-1:111111111111:deliverystream/orders"
ROLE = "arn:aws:iam::111111111111:role/sender"
NESTED = '{"detail":{"total":[{"numeric":[">",100]}]}}'


def make(cloud: LocalCloud, name: str = "news", **attributes: str) -> str:
    if name.endswith(".fifo"):
        attributes["FifoTopic"] = "true"
    return str(cloud.client("sns").create_topic(Name=name, Attributes=attributes)["TopicArn"])


def redrive(queue: str) -> str:
    return json.dumps({"deadLetterTargetArn": queue})


@pytest.mark.parametrize(
    ("topic", "protocol", "endpoint", "says"),
    [
        ("news", "pigeon", "home", "Amazon SNS does not support this protocol string: pigeon"),
        ("news", "http", "https://shop.example", "Endpoint must match the specified protocol"),
        ("news", "https", "shop.example", "Endpoint must match the specified protocol"),
        ("news", "sqs", "orders", "SQS endpoint ARN"),
        ("news", "sqs", FUNCTION, "SQS endpoint ARN"),
        ("news", "lambda", QUEUE, "Endpoint Reason"),
        ("news", "firehose", QUEUE, "Endpoint Reason"),
        ("news", "application", QUEUE, "Endpoint Reason"),
        ("news", "email", "nobody", "Endpoint Reason"),
        ("news", "sms", "nobody", "Endpoint Reason"),
        ("news", "sqs", f"{QUEUE}.fifo", "FIFO SQS Queues can not be subscribed to standard SNS topics"),
        ("orders.fifo", "lambda", FUNCTION, "FIFO topics deliver to SQS queues only"),
        ("orders.fifo", "http", "http://localhost", "FIFO topics deliver to SQS queues only"),
        ("news", "firehose", STREAM, "SubscriptionRoleArn is required"),
    ],
)
def test_an_endpoint_that_does_not_go_with_its_protocol_or_topic_is_refused(  # noqa: PLR0917 - pytest's own way
    cloud: LocalCloud, refusal: Refusal, topic: str, protocol: str, endpoint: str, says: str
) -> None:
    sns = cloud.client("sns")
    code, message = refusal(sns.subscribe, TopicArn=make(cloud, topic), Protocol=protocol, Endpoint=endpoint)
    assert (code, says in message) == ("InvalidParameter", True), message
    assert sns.list_subscriptions()["Subscriptions"] == []


@pytest.mark.parametrize(
    ("topic", "protocol", "endpoint"),
    [
        ("news", "sqs", QUEUE),
        ("news", "sqs", "arn:aws:sqs:eu-west-1:222222222222:theirs"),
        ("news", "lambda", f"{FUNCTION}:live"),
        ("news", "http", "http://localhost:8080/news"),
        ("news", "https", "https://shop.example"),
        ("news", "email", "shop@example.com"),
        ("news", "sms", "+1-555-0100"),
        ("orders.fifo", "sqs", f"{QUEUE}.fifo"),
        ("orders.fifo", "sqs", QUEUE),
    ],
)
def test_an_endpoint_that_goes_with_its_protocol_is_taken(
    cloud: LocalCloud, topic: str, protocol: str, endpoint: str
) -> None:
    sns = cloud.client("sns")
    arn = sns.subscribe(TopicArn=make(cloud, topic), Protocol=protocol, Endpoint=endpoint, ReturnSubscriptionArn=True)
    found = sns.get_subscription_attributes(SubscriptionArn=arn["SubscriptionArn"])["Attributes"]
    assert found["Endpoint"] == endpoint


BAD_ATTRIBUTES = [
    ("Colour", "red", "AttributeName"),
    ("FilterPolicyScope", "Body", "FilterPolicyScope: Invalid value [Body]. Please use either MessageBody or"),
    ("RawMessageDelivery", "yes", "RawMessageDelivery: Invalid value [yes]. Must be true or false."),
    ("FilterPolicy", "{", "FilterPolicy: "),
    ("FilterPolicy", "[]", "FilterPolicy: "),
    ("FilterPolicy", '{"store":"here"}', "FilterPolicy: store: "),
    ("FilterPolicy", '{"store":[]}', "FilterPolicy: store: "),
    ("FilterPolicy", '{"store":[{"prefiks":"a"}]}', "FilterPolicy: store[0]: "),
    ("FilterPolicy", NESTED, "FilterPolicy: detail: "),
    ("FilterPolicy", json.dumps({f"k{number}": ["v"] for number in range(6)}), "keys"),
    ("FilterPolicy", json.dumps({f"k{n}": [str(v) for v in range(6)] for n in range(3)}), "combinations"),
    ("FilterPolicy", "[" * 20_000, "FilterPolicy: "),
    ("RedrivePolicy", "{", "RedrivePolicy: failed to parse JSON."),
    ("RedrivePolicy", "{}", "RedrivePolicy: deadLetterTargetArn is an invalid arn"),
    ("RedrivePolicy", redrive("dead"), "RedrivePolicy: deadLetterTargetArn is an invalid arn"),
    ("RedrivePolicy", redrive(FUNCTION), "RedrivePolicy: deadLetterTargetArn is an invalid arn"),
    ("RedrivePolicy", redrive(QUEUE.replace("us-east-1", "eu-west-1")), "must be in Region us-east-1"),
    ("RedrivePolicy", redrive(f"{QUEUE}.fifo"), "must use a standard queue"),
    ("DeliveryPolicy", "fast", "DeliveryPolicy: failed to parse JSON."),
    ("SubscriptionRoleArn", "sender", "SubscriptionRoleArn"),
]


@pytest.mark.parametrize(("name", "value", "says"), BAD_ATTRIBUTES)
def test_an_attribute_that_sns_refuses_is_refused_and_nothing_is_subscribed_or_changed(
    cloud: LocalCloud, refusal: Refusal, name: str, value: str, says: str
) -> None:
    sns, topic = cloud.client("sns"), make(cloud)
    queue = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": QUEUE}
    code, message = refusal(sns.subscribe, **queue, Attributes={name: value})
    assert (code, says in message) == ("InvalidParameter", True), message
    assert message.startswith("Invalid parameter: Attributes Reason: ")
    assert sns.list_subscriptions()["Subscriptions"] == []
    arn = sns.subscribe(**queue)["SubscriptionArn"]
    before = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    change = sns.set_subscription_attributes
    code, message = refusal(change, SubscriptionArn=arn, AttributeName=name, AttributeValue=value)
    assert (code, says in message) == ("InvalidParameter", True), message
    assert "Attributes Reason" not in message
    assert sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"] == before


@pytest.mark.parametrize(
    "attributes",
    [
        {"FilterPolicy": NESTED, "FilterPolicyScope": "MessageBody"},
        {"FilterPolicy": json.dumps({f"k{number}": ["v"] for number in range(5)})},
        {"FilterPolicy": json.dumps({"a": [str(v) for v in range(150)]})},
        {"FilterPolicy": '{"$or":[{"a":["x"]},{"ip":[{"cidr":"10.0.0.0/8"}]}]}'},
        {"RawMessageDelivery": "true"},
        {"RedrivePolicy": redrive(QUEUE)},
        {"FilterPolicy": ""},
    ],
)
def test_attributes_just_inside_the_rules_are_taken(cloud: LocalCloud, attributes: dict[str, str]) -> None:
    sns = cloud.client("sns")
    arn = sns.subscribe(TopicArn=make(cloud), Protocol="sqs", Endpoint=QUEUE, Attributes=attributes)["SubscriptionArn"]
    found = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert {name: found.get(name, "") for name in attributes} == attributes


@pytest.mark.parametrize(("protocol", "endpoint"), [("lambda", FUNCTION), ("email", "shop@example.com")])
def test_raw_delivery_is_for_queues_http_and_firehose_only(
    cloud: LocalCloud, refusal: Refusal, protocol: str, endpoint: str
) -> None:
    sns = cloud.client("sns")
    raw = {"RawMessageDelivery": "true"}
    assert refusal(sns.subscribe, TopicArn=make(cloud), Protocol=protocol, Endpoint=endpoint, Attributes=raw) == (
        "InvalidParameter",
        f"Invalid parameter: Attributes Reason: Delivery protocol [{protocol}] does not support raw message delivery.",
    )


def test_a_fifo_topics_fifo_queue_has_a_fifo_dead_letter_queue(cloud: LocalCloud, refusal: Refusal) -> None:
    sns, topic = cloud.client("sns"), make(cloud, "orders.fifo")
    queue = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": f"{QUEUE}.fifo"}
    _, message = refusal(sns.subscribe, **queue, Attributes={"RedrivePolicy": redrive(QUEUE)})
    assert "must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic" in message
    sns.subscribe(**queue, Attributes={"RedrivePolicy": redrive(f"{QUEUE}.fifo")})


def test_a_firehose_stream_needs_a_role(cloud: LocalCloud) -> None:
    cloud.client("sns").subscribe(
        TopicArn=make(cloud), Protocol="firehose", Endpoint=STREAM, Attributes={"SubscriptionRoleArn": ROLE}
    )


def test_a_scope_changes_only_to_one_that_the_policy_fits(cloud: LocalCloud, refusal: Refusal) -> None:
    sns = cloud.client("sns")
    body = {"FilterPolicy": NESTED, "FilterPolicyScope": "MessageBody"}
    arn = sns.subscribe(TopicArn=make(cloud), Protocol="sqs", Endpoint=QUEUE, Attributes=body)["SubscriptionArn"]
    change: dict[str, Any] = {"SubscriptionArn": arn, "AttributeName": "FilterPolicyScope"}
    code, _ = refusal(sns.set_subscription_attributes, **change, AttributeValue="MessageAttributes")
    assert code == "InvalidParameter"
    sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName="FilterPolicy", AttributeValue="")
    sns.set_subscription_attributes(**change, AttributeValue="MessageAttributes")


def test_a_subscription_that_is_there_already_keeps_its_arn_and_its_attributes(
    cloud: LocalCloud, refusal: Refusal
) -> None:
    sns = cloud.client("sns")
    policy = {"FilterPolicy": '{"a": ["x"]}', "RawMessageDelivery": "true"}
    queue = {"TopicArn": make(cloud), "Protocol": "sqs", "Endpoint": QUEUE}
    first = sns.subscribe(**queue, Attributes=policy)["SubscriptionArn"]
    assert sns.subscribe(**queue)["SubscriptionArn"] == first
    assert sns.subscribe(**queue, Attributes={**policy, "FilterPolicy": '{"a":["x"]}'})["SubscriptionArn"] == first
    assert refusal(sns.subscribe, **queue, Attributes={"RawMessageDelivery": "false"}) == (
        "InvalidParameter",
        "Invalid parameter: Attributes Reason: Subscription already exists with different attributes",
    )


def test_a_fifo_topic_has_a_hundred_subscriptions(cloud: LocalCloud, refusal: Refusal) -> None:
    sns, topic = cloud.client("sns"), make(cloud, "orders.fifo")
    for number in range(100):
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"{QUEUE}{number}")
    code, _ = refusal(sns.subscribe, TopicArn=topic, Protocol="sqs", Endpoint=QUEUE)
    assert code == "SubscriptionLimitExceeded"


def test_a_topic_has_two_hundred_filter_policies(cloud: LocalCloud, refusal: Refusal) -> None:
    sns, topic = cloud.client("sns"), make(cloud)
    policy = {"FilterPolicy": '{"a":["x"]}'}
    for number in range(200):
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"{QUEUE}{number}", Attributes=policy)
    code, _ = refusal(sns.subscribe, TopicArn=topic, Protocol="sqs", Endpoint=QUEUE, Attributes=policy)
    assert code == "FilterPolicyLimitExceeded"
    plain = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE)["SubscriptionArn"]
    change: dict[str, Any] = {"AttributeName": "FilterPolicy", "AttributeValue": policy["FilterPolicy"]}
    code, _ = refusal(sns.set_subscription_attributes, SubscriptionArn=plain, **change)
    assert code == "FilterPolicyLimitExceeded"


def test_a_topic_for_large_messages_takes_queues_functions_and_streams(cloud: LocalCloud, refusal: Refusal) -> None:
    sns, topic = cloud.client("sns"), make(cloud, "large", MaximumMessageSize="1048576")
    code, message = refusal(sns.subscribe, TopicArn=topic, Protocol="http", Endpoint="http://localhost")
    assert (code, "256 KiB" in message) == ("InvalidParameter", True)
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=FUNCTION)


def test_what_is_not_there_is_not_found(cloud: LocalCloud, refusal: Refusal) -> None:
    sns, nowhere = cloud.client("sns"), "arn:aws:sns:us-east-1:111111111111:nowhere"
    assert refusal(sns.subscribe, TopicArn=nowhere, Protocol="sqs", Endpoint=QUEUE) == (
        "NotFound",
        "Topic does not exist",
    )
    change = sns.set_subscription_attributes
    refused = refusal(change, SubscriptionArn=f"{nowhere}:1", AttributeName="RawMessageDelivery", AttributeValue="true")
    assert refused == ("NotFound", "Subscription does not exist")
