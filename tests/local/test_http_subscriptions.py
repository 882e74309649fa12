"""HTTP and HTTPS subscriptions, with a real server on the loopback that confirms as real receivers do."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from eventyard.local import Fate, LocalCloud
from tests.local.servers import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.local.conftest import Bodies, Deploy, Function, Json
    from tests.local.servers import Asked, Server

TOPIC = "arn:aws:sns:us-east-1:111111111111:orders"
SHOP = "https://shop.example.com"


@pytest.fixture
def shop(cloud: LocalCloud) -> Iterator[Server]:
    """A server that stands in for https://shop.example.com."""
    with serving() as server:
        cloud.stand_in(SHOP, server.url)
        yield server


def get(url: str) -> str:
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - of the loopback
        text: str = answer.read().decode()
        return text


def confirm(asked: Asked) -> None:
    """What a receiver does with a message that asks it."""
    if asked.headers["x-amz-sns-message-type"] == "SubscriptionConfirmation":
        get(asked.json["SubscribeURL"])


def subscribe(cloud: LocalCloud, endpoint: str = f"{SHOP}/orders", **attributes: object) -> str:
    """Of the topic `orders`; answers the subscription's ARN."""
    sns = cloud.client("sns")
    sns.create_topic(Name="orders")
    given = {name: value if isinstance(value, str) else json.dumps(value) for name, value in attributes.items()}
    protocol = endpoint.split(":", maxsplit=1)[0]
    answer = sns.subscribe(
        TopicArn=TOPIC, Protocol=protocol, Endpoint=endpoint, Attributes=given, ReturnSubscriptionArn=True
    )
    return str(answer["SubscriptionArn"])


def publish(cloud: LocalCloud, text: str = "hello", **more: Any) -> str:  # noqa: ANN401 - Publish's own fields
    return str(cloud.client("sns").publish(TopicArn=TOPIC, Message=text, **more)["MessageId"])


def attributes_of(cloud: LocalCloud, subscription: str) -> dict[str, str]:
    found: dict[str, str] = cloud.client("sns").get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]
    return found


def confirmed(cloud: LocalCloud, server: Server, **attributes: object) -> str:
    """A subscription that has been confirmed."""
    server.then = confirm
    subscription = subscribe(cloud, f"{SHOP}/orders", **attributes)
    cloud.settle()
    server.asked.clear()
    return subscription


def test_an_endpoint_is_asked_before_it_gets_anything(cloud: LocalCloud, shop: Server) -> None:
    # https://docs.aws.amazon.com/sns/latest/dg/http-subscription-confirmation-json.html
    subscription = subscribe(cloud)
    cloud.settle()
    (asked,) = shop.asked
    assert (asked.method, asked.path) == ("POST", "/orders")
    assert asked.headers["x-amz-sns-message-type"] == "SubscriptionConfirmation"
    assert asked.headers["x-amz-sns-topic-arn"] == TOPIC
    assert asked.headers["x-amz-sns-message-id"] == asked.json["MessageId"]
    assert "x-amz-sns-subscription-arn" not in asked.headers
    assert set(asked.json) == {
        "Type",
        "MessageId",
        "Token",
        "TopicArn",
        "Message",
        "SubscribeURL",
        "Timestamp",
        "SignatureVersion",
        "Signature",
        "SigningCertURL",
    }
    assert attributes_of(cloud, subscription)["PendingConfirmation"] == "true"
    message_id = publish(cloud)
    cloud.settle()
    assert len(shop.asked) == 1
    assert cloud.ledger.deliveries_of(message_id) == []
    assert "while its subscription is not confirmed" in str(cloud.ledger.story(message_id))


def test_an_endpoint_that_visits_the_subscribe_url_gets_messages(cloud: LocalCloud, shop: Server) -> None:
    shop.then = confirm
    subscription = subscribe(cloud)
    cloud.settle()
    message_id = publish(cloud, Subject="an order")
    cloud.settle()
    _, told = shop.asked
    assert told.json["Message"] == "hello"
    assert told.headers["x-amz-sns-message-type"] == "Notification"
    assert told.headers["x-amz-sns-message-id"] == message_id
    assert told.headers["x-amz-sns-topic-arn"] == TOPIC
    assert told.headers["x-amz-sns-subscription-arn"] == subscription
    assert told.headers["Content-Type"] == "text/plain; charset=UTF-8"
    assert told.headers["User-Agent"] == "Amazon Simple Notification Service Agent"
    assert told.headers["Host"] == "shop.example.com"
    found = attributes_of(cloud, subscription)
    assert (found["PendingConfirmation"], found["ConfirmationWasAuthenticated"]) == ("false", "false")


def test_a_token_confirms_through_the_api_too(cloud: LocalCloud, shop: Server) -> None:
    subscription = subscribe(cloud)
    cloud.settle()
    token = shop.asked[0].json["Token"]
    answer = cloud.client("sns").confirm_subscription(TopicArn=TOPIC, Token=token, AuthenticateOnUnsubscribe="true")
    assert answer["SubscriptionArn"] == subscription
    assert attributes_of(cloud, subscription)["ConfirmationWasAuthenticated"] == "true"


@pytest.mark.parametrize(("token", "days"), [("abc", 0), (None, 2.1)])
def test_a_token_that_is_wrong_or_older_than_two_days_confirms_nothing(
    cloud: LocalCloud, shop: Server, token: str | None, days: float
) -> None:
    subscription = subscribe(cloud)
    cloud.settle()
    cloud.advance(days=days)
    sns = cloud.client("sns")
    with pytest.raises(sns.exceptions.InvalidParameterException, match="Invalid token"):
        sns.confirm_subscription(TopicArn=TOPIC, Token=token or shop.asked[0].json["Token"])
    assert attributes_of(cloud, subscription)["PendingConfirmation"] == "true"


def test_until_then_its_arn_is_not_told(cloud: LocalCloud, shop: Server) -> None:
    # https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html, ReturnSubscriptionArn
    sns = cloud.client("sns")
    sns.create_topic(Name="orders")
    given = {"TopicArn": TOPIC, "Protocol": "https", "Endpoint": f"{SHOP}/orders"}
    assert sns.subscribe(**given)["SubscriptionArn"] == "pending confirmation"

    def listed() -> list[str]:
        lists = sns.list_subscriptions(), sns.list_subscriptions_by_topic(TopicArn=TOPIC)
        return [one["SubscriptionArn"] for answer in lists for one in answer["Subscriptions"]]

    def counted() -> tuple[str, str]:
        found = sns.get_topic_attributes(TopicArn=TOPIC)["Attributes"]
        return found["SubscriptionsPending"], found["SubscriptionsConfirmed"]

    assert (listed(), counted()) == (["PendingConfirmation"] * 2, ("1", "0"))
    shop.then = confirm
    cloud.settle()
    arn = sns.subscribe(**given)["SubscriptionArn"]
    assert (listed(), counted()) == ([arn] * 2, ("0", "1"))


def test_subscribing_once_more_asks_once_more(cloud: LocalCloud, shop: Server) -> None:
    subscribe(cloud)
    cloud.settle()
    subscribe(cloud)
    cloud.settle()
    first, second = shop.asked
    assert first.json["Token"] != second.json["Token"]


def test_an_endpoint_outside_without_a_stand_in_is_never_asked_and_no_event_is_lost_by_that(cloud: LocalCloud) -> None:
    subscription = subscribe(cloud)
    cloud.settle()
    cloud.ledger.assert_sound()
    assert attributes_of(cloud, subscription)["PendingConfirmation"] == "true"
    (asked,) = cloud.ledger.events
    assert "while nothing on this machine stands in for its endpoint" in str(cloud.ledger.story(asked.id))
    message = publish(cloud)
    cloud.settle()
    cloud.ledger.assert_not_delivered(message, "shop.example.com", because="needs a stand-in")


def test_unsubscribing_by_the_link_in_a_message(cloud: LocalCloud, shop: Server) -> None:
    confirmed(cloud, shop)
    publish(cloud)
    cloud.settle()
    assert "UnsubscribeResponse" in get(shop.asked[0].json["UnsubscribeURL"])
    publish(cloud)
    cloud.settle()
    assert len(shop.asked) == 1


def test_the_link_does_not_unsubscribe_what_was_confirmed_with_credentials(cloud: LocalCloud, shop: Server) -> None:
    subscribe(cloud)
    cloud.settle()
    token = shop.asked[0].json["Token"]
    cloud.client("sns").confirm_subscription(TopicArn=TOPIC, Token=token, AuthenticateOnUnsubscribe="true")
    publish(cloud)
    cloud.settle()
    with pytest.raises(urllib.error.HTTPError) as refused:
        get(shop.asked[1].json["UnsubscribeURL"])
    with refused.value as answer:
        assert answer.code == 403
    assert cloud.client("sns").list_subscriptions()["Subscriptions"]


def test_raw_delivery(cloud: LocalCloud, shop: Server) -> None:
    confirmed(cloud, shop, RawMessageDelivery="true")
    publish(cloud, '{"id": 1}')
    cloud.settle()
    (told,) = shop.asked
    assert told.body == '{"id": 1}'
    assert told.headers["x-amz-sns-rawdelivery"] == "true"


@pytest.mark.parametrize(
    ("own", "topic", "delays", "content_type"),
    [
        ({}, {}, [20, 20, 20], "text/plain; charset=UTF-8"),
        (
            {
                "healthyRetryPolicy": {"numRetries": 2, "minDelayTarget": 5, "maxDelayTarget": 5},
                "requestPolicy": {"headerContentType": "application/json"},
            },
            {},
            [5, 5],
            "application/json",
        ),
        (
            {},
            {
                "defaultHealthyRetryPolicy": {"numRetries": 1, "minDelayTarget": 7, "maxDelayTarget": 7},
                "defaultRequestPolicy": {"headerContentType": "application/xml"},
            },
            [7],
            "application/xml",
        ),
        (
            {"healthyRetryPolicy": {"numRetries": 2, "minDelayTarget": 5, "maxDelayTarget": 5}},
            {
                "defaultHealthyRetryPolicy": {"numRetries": 1, "minDelayTarget": 7, "maxDelayTarget": 7},
                "disableSubscriptionOverrides": True,
            },
            [7],
            "text/plain; charset=UTF-8",
        ),
    ],
)
def test_the_delivery_policy_of_the_subscription_or_else_of_the_topic(
    cloud: LocalCloud, shop: Server, *, own: Json, topic: Json, delays: list[float], content_type: str
) -> None:
    # https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
    confirmed(cloud, shop, **({"DeliveryPolicy": own} if own else {}))
    if topic:
        cloud.client("sns").set_topic_attributes(
            TopicArn=TOPIC, AttributeName="DeliveryPolicy", AttributeValue=json.dumps({"http": topic})
        )
    shop.status = 503
    message_id = publish(cloud)
    cloud.settle()
    (delivery,) = cloud.ledger.deliveries_of(message_id)
    times = [attempt.time for attempt in delivery.attempts]
    assert [after - before for before, after in pairwise(times)] == delays
    assert delivery.fate is Fate.DROPPED
    assert "503" in delivery.reason
    assert {asked.headers["Content-Type"] for asked in shop.asked} == {content_type}


def test_a_client_error_is_not_tried_again_and_is_a_dead_letter(
    cloud: LocalCloud, shop: Server, bodies: Bodies
) -> None:
    cloud.client("sqs").create_queue(QueueName="dead")
    confirmed(cloud, shop, RedrivePolicy={"deadLetterTargetArn": "arn:aws:sqs:us-east-1:111111111111:dead"})
    shop.status = 404
    publish(cloud)
    cloud.settle()
    assert len(shop.asked) == 1
    (letter,) = bodies("dead")
    assert json.loads(letter)["Message"] == "hello"


def test_no_more_messages_a_second_than_the_throttle_policy_lets_through(cloud: LocalCloud, shop: Server) -> None:
    confirmed(cloud, shop, DeliveryPolicy={"throttlePolicy": {"maxReceivesPerSecond": 2}})
    messages = [publish(cloud) for _ in range(5)]
    cloud.settle()
    times = [cloud.ledger.deliveries_of(message)[0].attempts[0].time for message in messages]
    assert [moment - times[0] for moment in times] == [0, 0, 1, 1, 2]


def test_a_template_has_it_too(cloud: LocalCloud, deploy: Deploy, shop: Server) -> None:
    shop.then = confirm
    notices = deploy(
        {
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "orders", "SignatureVersion": "2"}},
            "Subscription": {
                "Type": "AWS::SNS::Subscription",
                "Properties": {
                    "TopicArn": {"Ref": "Topic"},
                    "Protocol": "https",
                    "Endpoint": f"{SHOP}/hook",
                    "RawMessageDelivery": True,
                    "DeliveryPolicy": {"requestPolicy": {"headerContentType": "application/json"}},
                },
            },
        }
    )
    cloud.settle()
    publish(cloud, "{}")
    cloud.settle()
    asked, told = shop.asked
    assert asked.json["SignatureVersion"] == "2"
    assert (told.path, told.body, told.headers["Content-Type"]) == ("/hook", "{}", "application/json")
    assert notices == ()


# Signatures


def verify(message: Json, certificate: str) -> None:
    """As https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html has it; raises otherwise."""
    confirms = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
    notifies = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
    fields = notifies if message["Type"] == "Notification" else confirms
    text = "".join(f"{name}\n{message[name]}\n" for name in fields if message.get(name) is not None)
    key = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    digest = SHA1() if message["SignatureVersion"] == "1" else SHA256()  # noqa: S303 - SNS's own
    key.verify(base64.b64decode(message["Signature"]), text.encode(), padding.PKCS1v15(), digest)


@pytest.mark.parametrize("version", ["1", "2"])
def test_what_an_endpoint_gets_verifies(cloud: LocalCloud, shop: Server, version: str) -> None:
    cloud.client("sns").create_topic(Name="orders", Attributes={"SignatureVersion": version})
    shop.then = confirm
    subscribe(cloud)
    cloud.settle()
    publish(cloud, "hëllo")
    publish(cloud, Subject="a subject")
    cloud.settle()
    for asked in shop.asked:
        assert asked.json["SignatureVersion"] == version
        assert asked.json["SigningCertURL"].startswith("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-")
        verify(asked.json, cloud.sns_certificate)
    assert len(shop.asked) == 3


def test_what_a_queue_and_a_function_get_verifies_too(
    cloud: LocalCloud, deploy: Deploy, function: Function, bodies: Bodies
) -> None:
    deploy(function("reader", "import json\ndef handle(event, context): print('GOT' + json.dumps(event))"))
    sns = cloud.client("sns")
    sns.create_topic(Name="orders")
    cloud.client("sqs").create_queue(QueueName="warehouse")
    queue = "arn:aws:sqs:us-east-1:111111111111:warehouse"
    reader = "arn:aws:lambda:us-east-1:111111111111:function:reader"
    sns.subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=queue)
    sns.subscribe(TopicArn=TOPIC, Protocol="lambda", Endpoint=reader)
    message_id = publish(cloud)
    cloud.settle()
    (body,) = bodies("warehouse")
    verify(json.loads(body), cloud.sns_certificate)
    log = "".join(a.log for d in cloud.ledger.deliveries_of(message_id) for a in d.attempts)
    (line,) = [line for line in log.splitlines() if line.startswith("GOT")]
    verify(json.loads(line.removeprefix("GOT"))["Records"][0]["Sns"], cloud.sns_certificate)


def test_the_certificate_is_on_the_clouds_own_endpoint_under_its_name(cloud: LocalCloud, shop: Server) -> None:
    subscribe(cloud)
    cloud.settle()
    message = shop.asked[0].json
    door = message["SubscribeURL"].split("/?")[0]
    assert get(f"{door}/{message['SigningCertURL'].rsplit('/', 1)[1]}") == cloud.sns_certificate


def test_the_same_seed_gives_the_same_ledger_signatures_included(host: Any) -> None:  # noqa: ANN401 - a fixture
    def run() -> tuple[str, str, str]:
        with LocalCloud(host=host) as cloud, serving() as server:
            cloud.stand_in(SHOP, server.url)
            confirmed(cloud, server)
            cloud.client("sqs").create_queue(QueueName="warehouse")
            queue = "arn:aws:sqs:us-east-1:111111111111:warehouse"
            cloud.client("sns").subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=queue)
            publish(cloud)
            cloud.settle()
            return cloud.ledger.to_json(), server.asked[-1].json["Signature"], cloud.sns_certificate

    assert run() == run()
