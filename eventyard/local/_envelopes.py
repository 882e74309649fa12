"""AWS's shapes of what arrives, to the key. Each function names the document it follows."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from eventyard.local.moto_seam import Arn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local._topics import Message
    from eventyard.local.moto_seam import Received

# Signatures are made with AWS's own key, which nobody has: this one verifies against nothing (docs/fidelity.md).
_SIGNATURE = base64.b64encode(b"eventyard signs nothing").decode()


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


def notification(message: Message, subscription: str) -> str:
    """What a queue or an HTTP endpoint gets from a topic without raw delivery.

    https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html; a FIFO topic's has a SequenceNumber and
    no signature: https://docs.aws.amazon.com/sns/latest/dg/fifo-topic-code-examples.html.
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
        body["SignatureVersion"] = "1"
        body["Signature"] = _SIGNATURE
        body["SigningCertURL"] = _certificate(region)
    body["UnsubscribeURL"] = _unsubscribe(region, subscription)
    if message.attributes:
        body["MessageAttributes"] = _attributes(message)
    # A line a field. json.dumps lays out as much by itself, ten times slower.
    fields = ",\n".join(f'  "{name}" : {_laid_out(value)}' for name, value in body.items())
    return f"{{\n{fields}\n}}"


def sns_record(message: Message, subscription: str) -> dict[str, Any]:
    """What a function gets that subscribes to a topic.

    https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html; `Url`, not `URL`, and a Subject that may be null.
    """
    region = Arn.parse(message.topic).region
    return {
        "Records": [
            {
                "EventSource": "aws:sns",
                "EventVersion": "1.0",
                "EventSubscriptionArn": subscription,
                "Sns": {
                    "Type": "Notification",
                    "MessageId": message.id,
                    "TopicArn": message.topic,
                    "Subject": message.subject,
                    "Message": message.text,
                    "Timestamp": milliseconds(message.time),
                    "SignatureVersion": "1",
                    "Signature": _SIGNATURE,
                    "SigningCertUrl": _certificate(region),
                    "UnsubscribeUrl": _unsubscribe(region, subscription),
                    "MessageAttributes": _attributes(message),
                },
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


def _certificate(region: str) -> str:
    return f"https://sns.{region}.amazonaws.com/SimpleNotificationService-eventyard.pem"


def _unsubscribe(region: str, subscription: str) -> str:
    return f"https://sns.{region}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={subscription}"


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
