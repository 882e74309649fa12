"""AWS's shapes of what arrives, to the key. Each function names the document it follows."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from eventyard.local.moto_seam import Arn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local._signatures import Signatures
    from eventyard.local._topics import Message
    from eventyard.local.moto_seam import Received


@dataclass(frozen=True, slots=True)
class Signing:
    """How a topic's messages are signed: SignatureVersion 1 or 2."""

    signatures: Signatures
    version: str

    def of(self, body: Mapping[str, object], region: str) -> dict[str, str]:
        """The fields that say who sent a message."""
        return {
            "SignatureVersion": self.version,
            "Signature": self.signatures.sign(body, self.version),
            "SigningCertURL": f"https://sns.{region}.amazonaws.com/{self.signatures.file}",
        }


def event(entry: Mapping[str, Any], event_id: str, account: str, region: str, now: float) -> dict[str, Any]:
    """An event as rules and targets see it.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html. `entry` is one of PutEvents;
    its Time (seconds or an ISO date) counts, else `now`.
    """
    return {
        "version": "0",
        "id": event_id,
        "detail-type": entry["DetailType"],
        "source": entry["Source"],
        "account": account,
        "time": seconds(_moment(entry.get("Time"), now)),
        "region": region,
        "resources": list(entry.get("Resources") or ()),
        "detail": json.loads(entry["Detail"]),
    }


def notification(message: Message, subscription: str, signing: Signing, door: str = "") -> str:
    """What a queue or an HTTP endpoint gets from a topic without raw delivery.

    https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html; a FIFO topic's has a SequenceNumber and
    no signature: https://docs.aws.amazon.com/sns/latest/dg/fifo-topic-code-examples.html. With a `door`,
    UnsubscribeURL leads there instead of to AWS.
    """
    region = Arn.parse(message.topic).region
    body: dict[str, Any] = {"Type": "Notification", "MessageId": message.id}
    if message.sequence:
        body["SequenceNumber"] = message.sequence
    body["TopicArn"] = message.topic
    if message.subject is not None:
        body["Subject"] = message.subject
    body["Message"] = message.text
    body["Timestamp"] = milliseconds(message.time)
    if not message.sequence:
        body |= signing.of(body, region)
    body["UnsubscribeURL"] = _unsubscribe(region, subscription, door)
    if message.attributes:
        body["MessageAttributes"] = _attributes(message)
    return _spacious(body)


def storable(message: Message, subscription: str) -> str:
    """What a Firehose stream gets from a topic without raw delivery: one line, unsigned.

    https://docs.aws.amazon.com/sns/latest/dg/firehose-archived-message-format-S3.html: "line breaks separate each
    message".
    """
    body: dict[str, Any] = {"Type": "Notification", "MessageId": message.id, "TopicArn": message.topic}
    if message.subject is not None:
        body["Subject"] = message.subject
    body |= {"Message": message.text, "Timestamp": milliseconds(message.time)}
    body["UnsubscribeURL"] = _unsubscribe(Arn.parse(message.topic).region, subscription)
    if message.attributes:
        body["MessageAttributes"] = _attributes(message)
    return f"{compact(body)}\n"


def confirmation(topic: str, token: str, message_id: str, time: float, *, door: str, signing: Signing) -> str:
    """What an HTTP endpoint gets that was subscribed to a topic; SubscribeURL leads to the `door` instead of to AWS.

    https://docs.aws.amazon.com/sns/latest/dg/http-subscription-confirmation-json.html
    """
    body: dict[str, Any] = {
        "Type": "SubscriptionConfirmation",
        "MessageId": message_id,
        "Token": token,
        "TopicArn": topic,
        "Message": f"You have chosen to subscribe to the topic {topic}.\n"
        "To confirm the subscription, visit the SubscribeURL included in this message.",
        "SubscribeURL": f"{door}/?Action=ConfirmSubscription&TopicArn={topic}&Token={token}",
        "Timestamp": milliseconds(time),
    }
    return _spacious(body | signing.of(body, Arn.parse(topic).region))


def headers(type_: str, message_id: str, topic: str, content_type: str, subscription: str = "") -> dict[str, str]:
    """The headers of a POST to an HTTP endpoint: https://docs.aws.amazon.com/sns/latest/dg/http-header.html."""
    found = {
        "Content-Type": content_type,
        "x-amz-sns-message-type": type_,
        "x-amz-sns-message-id": message_id,
        "x-amz-sns-topic-arn": topic,
    }
    return found | ({"x-amz-sns-subscription-arn": subscription} if subscription else {})


def sns_record(message: Message, subscription: str, signing: Signing) -> dict[str, Any]:
    """What a function gets that subscribes to a topic.

    https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html; `Url`, not `URL`, and a Subject that may be null.
    """
    region = Arn.parse(message.topic).region
    body: dict[str, Any] = {
        "Type": "Notification",
        "MessageId": message.id,
        "TopicArn": message.topic,
        "Subject": message.subject,
        "Message": message.text,
        "Timestamp": milliseconds(message.time),
    }
    body |= signing.of(body, region)
    body["SigningCertUrl"] = body.pop("SigningCertURL")
    body["UnsubscribeUrl"] = _unsubscribe(region, subscription)
    body["MessageAttributes"] = _attributes(message)
    return {
        "Records": [
            {
                "EventSource": "aws:sns",
                "EventVersion": "1.0",
                "EventSubscriptionArn": subscription,
                "Sns": body,
            }
        ]
    }


def sqs_record(received: Received, queue: str) -> dict[str, Any]:
    """One record of the batch that a function gets from a queue.

    https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
    """
    record = {
        "messageId": received.id,
        "receiptHandle": received.receipt,
        "body": received.body,
        "attributes": dict(received.attributes),
        "messageAttributes": {
            name: {
                **_value(value),
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": value["DataType"],
            }
            for name, value in received.message_attributes.items()
        },
        "md5OfBody": received.body_md5,
        "eventSource": "aws:sqs",
        "eventSourceARN": queue,
        "awsRegion": Arn.parse(queue).region,
    }
    if received.attribute_md5:
        record["md5OfMessageAttributes"] = received.attribute_md5
    return record


# Time stands still while a batch is on its way.
@lru_cache(64)
def seconds(moment: float) -> str:
    """EventBridge's time: `2026-01-01T00:00:00Z`."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(64)
def milliseconds(moment: float) -> str:
    """SNS's time: `2026-01-01T00:00:00.000Z`."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def compact(value: object) -> str:
    """JSON as AWS writes it: no spaces, and characters as they are."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _laid_out(value: object) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    # Texts in JSON have no line breaks of their own.
    return json.dumps(value, indent=2, separators=(",", " : "), ensure_ascii=False).replace("\n", "\n  ")


def _moment(given: object, now: float) -> float:
    if isinstance(given, int | float):
        return float(given)
    if isinstance(given, str):
        return datetime.fromisoformat(given).timestamp()
    return now


def _spacious(body: Mapping[str, Any]) -> str:
    # A line a field. json.dumps lays out as much by itself, ten times slower.
    fields = ",\n".join(f'  "{name}" : {_laid_out(value)}' for name, value in body.items())
    return f"{{\n{fields}\n}}"


def _unsubscribe(region: str, subscription: str, door: str = "") -> str:
    return f"{door or f'https://sns.{region}.amazonaws.com'}/?Action=Unsubscribe&SubscriptionArn={subscription}"


def _attributes(message: Message) -> dict[str, dict[str, str]]:
    return {
        name: {"Type": value["DataType"], "Value": _text(value.get("StringValue", value.get("BinaryValue")))}
        for name, value in (message.attributes or {}).items()
    }


def _value(value: Mapping[str, Any]) -> dict[str, str]:
    if "BinaryValue" in value:
        return {"binaryValue": _text(value["BinaryValue"])}
    return {"stringValue": str(value.get("StringValue", ""))}


def _text(value: object) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)
