"""What a topic's subscribers get, each as a user would look for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.local import Fate, LocalCloud

if TYPE_CHECKING:
    from tests.local.conftest import Bodies, Deploy, Function, Json

TOPIC = "arn:aws:sns:us-east-1:111111111111:orders"
COUNTRY: Json = {"country": {"DataType": "String", "StringValue": "DE"}}


def make_topic(cloud: LocalCloud, name: str = "orders", **attributes: str) -> str:
    return str(cloud.client("sns").create_topic(Name=name, Attributes=attributes)["TopicArn"])


def subscribe(cloud: LocalCloud, topic: str, queue: str, **attributes: str) -> str:
    fifo = {"FifoQueue": "true"} if queue.endswith(".fifo") else {}
    cloud.client("sqs").create_queue(QueueName=queue, Attributes=fifo)
    answer = cloud.client("sns").subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=f"arn:aws:sqs:us-east-1:111111111111:{queue}",
        Attributes=attributes,
        ReturnSubscriptionArn=True,
    )
    return str(answer["SubscriptionArn"])


def received(cloud: LocalCloud, queue: str) -> list[Any]:
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    answer = sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"], MessageAttributeNames=["All"]
    )
    found: list[Any] = answer.get("Messages", [])
    return found


def test_a_queue_gets_the_envelope_of_aws(cloud: LocalCloud) -> None:
    # https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
    subscription = subscribe(cloud, make_topic(cloud), "warehouse")
    cloud.advance(seconds=1.5)
    message_id = cloud.client("sns").publish(
        TopicArn=TOPIC,
        Message='{"id": "ö-1"}',
        Subject="an order",
        MessageAttributes={**COUNTRY, "key": {"DataType": "Binary", "BinaryValue": b"\x00\x01"}},
    )["MessageId"]
    cloud.settle()
    (message,) = received(cloud, "warehouse")
    envelope = json.loads(message["Body"])
    signature = envelope.pop("Signature")
    certificate = envelope.pop("SigningCertURL")
    assert envelope == {
        "Type": "Notification",
        "MessageId": message_id,
        "TopicArn": TOPIC,
        "Subject": "an order",
        "Message": '{"id": "ö-1"}',
        "Timestamp": "2026-01-01T00:00:01.500Z",
        "SignatureVersion": "1",
        "UnsubscribeURL": f"https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={subscription}",
        "MessageAttributes": {
            "country": {"Type": "String", "Value": "DE"},
            "key": {"Type": "Binary", "Value": "AAE="},
        },
    }
    assert signature
    assert certificate.startswith("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-")
    assert certificate.endswith(".pem")
    assert "MessageAttributes" not in message


def test_what_was_not_given_is_not_in_the_envelope(cloud: LocalCloud) -> None:
    subscribe(cloud, make_topic(cloud), "warehouse")
    cloud.client("sns").publish(TopicArn=TOPIC, Message="hello")
    cloud.settle()
    (message,) = received(cloud, "warehouse")
    assert not {"Subject", "MessageAttributes"} & set(json.loads(message["Body"]))


def test_raw_delivery_is_the_message_with_its_attributes(cloud: LocalCloud) -> None:
    subscribe(cloud, make_topic(cloud), "warehouse", RawMessageDelivery="true")
    cloud.client("sns").publish(TopicArn=TOPIC, Message="hello", Subject="not told", MessageAttributes=COUNTRY)
    cloud.settle()
    (message,) = received(cloud, "warehouse")
    assert message["Body"] == "hello"
    assert message["MessageAttributes"] == COUNTRY


def test_raw_delivery_with_more_than_ten_attributes_is_discarded(cloud: LocalCloud) -> None:
    # https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
    subscribe(cloud, make_topic(cloud), "warehouse", RawMessageDelivery="true")
    attributes = {f"a{n}": {"DataType": "String", "StringValue": "x"} for n in range(11)}
    message_id = cloud.client("sns").publish(TopicArn=TOPIC, Message="hello", MessageAttributes=attributes)["MessageId"]
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries_of(message_id)
    assert (delivery.fate, delivery.code) == (Fate.DROPPED, "SDK_CLIENT_ERROR")


@pytest.mark.parametrize(
    ("scope", "policy", "wanted"),
    [
        ("MessageAttributes", {"country": ["DE", "FR"]}, [0]),
        ("MessageAttributes", {"country": [{"anything-but": ["DE"]}]}, [1]),
        ("MessageAttributes", {"country": [{"exists": False}]}, [2]),
        ("MessageBody", {"detail": {"total": [{"numeric": [">", 10]}]}}, [1, 2]),
    ],
)
def test_a_filter_policy_keeps_away_what_it_does_not_want_which_is_counted(
    cloud: LocalCloud, scope: str, policy: Json, wanted: list[int]
) -> None:
    subscribe(
        cloud,
        make_topic(cloud),
        "warehouse",
        FilterPolicyScope=scope,
        FilterPolicy=json.dumps(policy),
        RawMessageDelivery="true",
    )
    published: list[tuple[int, Json]] = [
        (5, COUNTRY),
        (20, {"country": {"DataType": "String", "StringValue": "GB"}}),
        (30, {}),
    ]
    for number, (total, attributes) in enumerate(published):
        body = json.dumps({"n": number, "detail": {"total": total}})
        cloud.client("sns").publish(TopicArn=TOPIC, Message=body, MessageAttributes=attributes)
    cloud.settle()
    assert [json.loads(message["Body"])["n"] for message in received(cloud, "warehouse")] == wanted
    ((edge, count),) = cloud.ledger.filtered.items()
    assert (edge.kind, count) == ("sns→sqs", 3 - len(wanted))


def test_a_filter_policy_that_aws_would_refuse_is_refused(cloud: LocalCloud) -> None:
    subscription = subscribe(cloud, make_topic(cloud), "warehouse")
    with pytest.raises(cloud.client("sns").exceptions.InvalidParameterException, match="FilterPolicy"):
        cloud.client("sns").set_subscription_attributes(
            SubscriptionArn=subscription, AttributeName="FilterPolicy", AttributeValue='{"a": [{"like": "x"}]}'
        )


def test_each_protocol_gets_its_own_message(cloud: LocalCloud) -> None:
    subscribe(cloud, make_topic(cloud), "enveloped")
    subscribe(cloud, TOPIC, "raw", RawMessageDelivery="true")
    choices = json.dumps({"default": "for all", "sqs": "for queues"})
    cloud.client("sns").publish(TopicArn=TOPIC, Message=choices, MessageStructure="json")
    cloud.client("sns").publish(TopicArn=TOPIC, Message='{"default": "for all"}', MessageStructure="json")
    cloud.settle()
    assert [json.loads(m["Body"])["Message"] for m in received(cloud, "enveloped")] == ["for queues", "for all"]
    assert [message["Body"] for message in received(cloud, "raw")] == ["for queues", "for all"]


@pytest.mark.parametrize("message", ["not json", '{"sqs": "no default"}', '["default"]'])
def test_a_message_for_each_protocol_needs_a_default(cloud: LocalCloud, message: str) -> None:
    with pytest.raises(cloud.client("sns").exceptions.InvalidParameterException, match="Message Structure"):
        cloud.client("sns").publish(TopicArn=make_topic(cloud), Message=message, MessageStructure="json")
    assert cloud.ledger.events == []


def test_a_batch_is_published_entry_by_entry(cloud: LocalCloud) -> None:
    subscribe(cloud, make_topic(cloud), "warehouse", RawMessageDelivery="true")
    answer = cloud.client("sns").publish_batch(
        TopicArn=TOPIC,
        PublishBatchRequestEntries=[
            {"Id": "1", "Message": "first", "MessageAttributes": COUNTRY},
            {"Id": "2", "Message": "second"},
        ],
    )
    cloud.settle()
    assert [entry["Id"] for entry in answer["Successful"]] == ["1", "2"]
    assert [message["Body"] for message in received(cloud, "warehouse")] == ["first", "second"]
    assert [event.id for event in cloud.ledger.events] == [entry["MessageId"] for entry in answer["Successful"]]


def test_a_function_gets_the_record_of_aws(cloud: LocalCloud, deploy: Deploy, function: Function) -> None:
    # https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
    deploy(function("Hear", "import json\ndef handle(event, context):\n    print('GOT' + json.dumps(event))\n"))
    subscription = cloud.client("sns").subscribe(
        TopicArn=make_topic(cloud),
        Protocol="lambda",
        Endpoint="arn:aws:lambda:us-east-1:111111111111:function:Hear",
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    message_id = cloud.client("sns").publish(TopicArn=TOPIC, Message="hello", MessageAttributes=COUNTRY)["MessageId"]
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries_of(message_id)
    (line,) = [line for line in delivery.attempts[0].log.splitlines() if line.startswith("GOT")]
    event = json.loads(line.removeprefix("GOT"))
    for made_up in ("Signature", "SigningCertUrl"):
        assert event["Records"][0]["Sns"].pop(made_up)
    assert event == {
        "Records": [
            {
                "EventSource": "aws:sns",
                "EventVersion": "1.0",
                "EventSubscriptionArn": subscription,
                "Sns": {
                    "Type": "Notification",
                    "MessageId": message_id,
                    "TopicArn": TOPIC,
                    "Subject": None,
                    "Message": "hello",
                    "Timestamp": "2026-01-01T00:00:00.000Z",
                    "SignatureVersion": "1",
                    "UnsubscribeUrl": "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe"
                    f"&SubscriptionArn={subscription}",
                    "MessageAttributes": {"country": {"Type": "String", "Value": "DE"}},
                },
            }
        ]
    }


def test_what_a_subscription_cannot_deliver_is_in_its_dead_letter_queue(cloud: LocalCloud, bodies: Bodies) -> None:
    cloud.client("sqs").create_queue(QueueName="dead")
    redrive = json.dumps({"deadLetterTargetArn": "arn:aws:sqs:us-east-1:111111111111:dead"})
    subscribe(cloud, make_topic(cloud), "warehouse", RedrivePolicy=redrive)
    url = cloud.client("sqs").get_queue_url(QueueName="warehouse")["QueueUrl"]
    cloud.client("sqs").delete_queue(QueueUrl=url)
    message_id = cloud.client("sns").publish(TopicArn=TOPIC, Message="hello")["MessageId"]
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries_of(message_id)
    assert delivery.fate is Fate.DEAD_LETTERED
    assert [json.loads(body)["Message"] for body in bodies("dead")] == ["hello"]


def test_fifo_topics_deliver_in_order_and_once_in_five_minutes(cloud: LocalCloud) -> None:
    # https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html
    topic = make_topic(cloud, "stock.fifo", FifoTopic="true", ContentBasedDeduplication="true")
    subscribe(cloud, topic, "stock.fifo", RawMessageDelivery="true")
    sns = cloud.client("sns")
    for body in ("one", "two", "one", "three"):
        sns.publish(TopicArn=topic, Message=body, MessageGroupId="mug")
    sns.publish(TopicArn=topic, Message="one", MessageGroupId="mug", MessageDeduplicationId="another")
    cloud.settle()
    messages = received(cloud, "stock.fifo")
    assert [message["Body"] for message in messages] == ["one", "two", "three", "one"]
    assert len(cloud.ledger.deliveries) == 4
    assert {message["Attributes"]["MessageGroupId"] for message in messages} == {"mug"}
    assert messages[3]["Attributes"]["MessageDeduplicationId"] == "another"
    numbers = [int(message["Attributes"]["SequenceNumber"]) for message in messages]
    assert numbers == sorted(set(numbers))
    for message in messages:
        url = cloud.client("sqs").get_queue_url(QueueName="stock.fifo")["QueueUrl"]
        cloud.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    cloud.advance(minutes=4, seconds=59)
    sns.publish(TopicArn=topic, Message="two", MessageGroupId="mug")
    cloud.settle()
    assert received(cloud, "stock.fifo") == []
    cloud.advance(seconds=2)
    sns.publish(TopicArn=topic, Message="two", MessageGroupId="mug")
    cloud.settle()
    assert [message["Body"] for message in received(cloud, "stock.fifo")] == ["two"]


def test_the_envelope_of_a_fifo_topic_has_a_sequence_number(cloud: LocalCloud) -> None:
    topic = make_topic(cloud, "stock.fifo", FifoTopic="true")
    subscribe(cloud, topic, "stock.fifo")
    cloud.client("sns").publish(TopicArn=topic, Message="one", MessageGroupId="mug", MessageDeduplicationId="d")
    cloud.settle()
    (message,) = received(cloud, "stock.fifo")
    assert json.loads(message["Body"])["SequenceNumber"].isdigit()


def test_who_unsubscribes_hears_nothing_more(cloud: LocalCloud) -> None:
    subscription = subscribe(cloud, make_topic(cloud), "warehouse", RawMessageDelivery="true")
    cloud.client("sns").publish(TopicArn=TOPIC, Message="before")
    cloud.settle()
    cloud.client("sns").unsubscribe(SubscriptionArn=subscription)
    cloud.client("sns").publish(TopicArn=TOPIC, Message="after")
    cloud.settle()
    assert [message["Body"] for message in received(cloud, "warehouse")] == ["before"]


def test_nobody_gets_mail_before_they_have_confirmed_it_and_here_nobody_can(cloud: LocalCloud) -> None:
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    answer = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ops@shop.example")
    assert answer["SubscriptionArn"] == "pending confirmation"
    message = sns.publish(TopicArn=topic, Message="hello")["MessageId"]
    cloud.settle()
    assert cloud.ledger.deliveries_of(message) == []
    assert "while its subscription is not confirmed" in str(cloud.ledger.story(message))
    cloud.ledger.assert_not_delivered(message, "ops@shop.example", because="no mail leaves this machine")
