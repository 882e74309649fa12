"""Events published, subscribed to, received and functions invoked by other SDKs than Python's, in two accounts."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.sdks.conftest import PARTNER, SHOP, Refused, policy

if TYPE_CHECKING:
    from eventyard.local import ServedCloud
    from tests.sdks.conftest import Caller, Callers

ENTRY = {"Source": "shop.web", "DetailType": "OrderPlaced", "Detail": '{"order_id": "o-1"}'}


def queue(caller: Caller, name: str, account: str, service: str) -> str:
    """A queue that a service may send to; its URL."""
    arn = f"arn:aws:sqs:us-east-1:{account}:{name}"
    admitting = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sqs:SendMessage", "Resource": arn}
    made = caller.call("sqs", "CreateQueue", QueueName=name, Attributes={"Policy": policy(admitting)})
    return str(made["QueueUrl"])


def test_an_event_that_is_published_is_received(callers: Callers, served: ServedCloud) -> None:
    shop = callers.of(SHOP)
    url = queue(shop, "orders", SHOP, "events.amazonaws.com")
    shop.call("events", "PutRule", Name="orders", EventPattern='{"source": ["shop.web"]}')
    target = {"Id": "1", "Arn": f"arn:aws:sqs:us-east-1:{SHOP}:orders"}
    shop.call("events", "PutTargets", Rule="orders", Targets=[target])

    answer = shop.call("events", "PutEvents", Entries=[ENTRY])
    served.settle()

    (message,) = shop.call("sqs", "ReceiveMessage", QueueUrl=url)["Messages"]
    event = json.loads(message["Body"])
    assert (event["id"], event["account"]) == (answer["Entries"][0]["EventId"], SHOP)
    assert event["detail"] == {"order_id": "o-1"}
    shop.call("sqs", "DeleteMessage", QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def test_the_entries_that_are_not_taken_are_told_one_by_one(callers: Callers) -> None:
    answer = callers.of(SHOP).call("events", "PutEvents", Entries=[ENTRY, {**ENTRY, "Detail": "no JSON"}])

    assert answer["FailedEntryCount"] == 1
    assert [entry.get("ErrorCode") for entry in answer["Entries"]] == [None, "MalformedDetail"]


def test_a_topic_is_heard_by_another_accounts_queue(callers: Callers, served: ServedCloud) -> None:
    shop, partner = callers.of(SHOP), callers.of(PARTNER)
    topic = shop.call("sns", "CreateTopic", Name="news")["TopicArn"]
    url = queue(partner, "inbox", PARTNER, "sns.amazonaws.com")
    subscribing = {
        "TopicArn": topic,
        "Protocol": "sqs",
        "Endpoint": f"arn:aws:sqs:us-east-1:{PARTNER}:inbox",
        "Attributes": {"RawMessageDelivery": "true"},
    }
    with pytest.raises(Refused, match=r"^AuthorizationError"):
        partner.call("sns", "Subscribe", **subscribing)

    shop.call("sns", "AddPermission", TopicArn=topic, Label="p", AWSAccountId=[PARTNER], ActionName=["Subscribe"])
    partner.call("sns", "Subscribe", **subscribing)
    entries = [{"Id": f"{number}", "Message": f"news {number}"} for number in range(3)]
    answer = shop.call("sns", "PublishBatch", TopicArn=topic, PublishBatchRequestEntries=entries)
    served.settle()

    assert len(answer["Successful"]) == 3
    messages = partner.call("sqs", "ReceiveMessage", QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert sorted(message["Body"] for message in messages) == ["news 0", "news 1", "news 2"]


def test_a_function_is_invoked_and_answers(callers: Callers, served: ServedCloud) -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as bundle:
        bundle.writestr("index.py", "def handle(event, context):\n    return {'total': sum(event['prices'])}\n")
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = served.client("iam").create_role(RoleName="runs", AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
    served.client("lambda").create_function(
        FunctionName="add", Runtime="python3.13", Handler="index.handle", Role=role, Code={"ZipFile": code.getvalue()}
    )

    assert callers.of(SHOP).invoke("add", {"prices": [3, 4]}) == {"total": 7}
    with pytest.raises(Refused, match=r"^AccessDenied"):
        callers.of(PARTNER).invoke(f"arn:aws:lambda:us-east-1:{SHOP}:function:add", {"prices": [3, 4]})


def test_a_role_does_what_it_may_and_is_refused_the_rest(callers: Callers) -> None:
    """Given a producer's role, then it publishes events, and neither reads queues nor publishes to topics."""
    shop = callers.of(SHOP)
    url = shop.call("sqs", "CreateQueue", QueueName="secrets")["QueueUrl"]
    topic = shop.call("sns", "CreateTopic", Name="internal")["TopicArn"]
    producer = callers.assuming("producer", actions=["events:PutEvents"])

    assert producer.call("events", "PutEvents", Entries=[ENTRY])["FailedEntryCount"] == 0
    with pytest.raises(Refused, match=r"^AccessDenied"):
        producer.call("sqs", "ReceiveMessage", QueueUrl=url)
    with pytest.raises(Refused, match=r"^AuthorizationError"):
        producer.call("sns", "Publish", TopicArn=topic, Message="hello")


def test_another_role_may_read_and_not_publish(callers: Callers) -> None:
    url = callers.of(SHOP).call("sqs", "CreateQueue", QueueName="work")["QueueUrl"]
    consumer = callers.assuming("consumer", actions=["sqs:ReceiveMessage"])

    consumer.call("sqs", "ReceiveMessage", QueueUrl=url)
    with pytest.raises(Refused, match=r"^AccessDeniedException$"):
        consumer.call("events", "PutEvents", Entries=[ENTRY])


def test_an_account_does_not_reach_into_another(callers: Callers) -> None:
    url = callers.of(SHOP).call("sqs", "CreateQueue", QueueName="private")["QueueUrl"]
    bus = f"arn:aws:events:us-east-1:{SHOP}:event-bus/default"

    with pytest.raises(Refused, match=r"^AccessDenied"):
        callers.of(PARTNER).call("sqs", "SendMessage", QueueUrl=url, MessageBody="hello")
    with pytest.raises(Refused, match=r"^AccessDeniedException$"):
        callers.of(PARTNER).call("events", "PutEvents", Entries=[{**ENTRY, "EventBusName": bus}])
