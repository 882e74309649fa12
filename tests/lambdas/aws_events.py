"""The shapes in which AWS hands events to functions.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html (standard and FIFO records)
https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

ACCOUNT = "111111111111"
REGION = "us-east-1"
PLACED_AT = "2026-03-02T09:30:00Z"

Json = dict[str, Any]


@dataclass(frozen=True)
class Context:
    """Lambda's context object, as far as handlers and Powertools read it."""

    function_name: str
    memory_limit_in_mb: int = 256
    aws_request_id: str = "52fdfc07-2182-454f-963f-5f0f9a621d72"

    @property
    def invoked_function_arn(self) -> str:
        """Of its latest version."""
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        """Until the invocation times out."""
        return 30_000


def bus_event(detail_type: str, detail: Json, *, event_id: str = "event-1", source: str = "shop.web") -> Json:
    """An EventBridge event, which is also what a rule invokes a function with."""
    return {
        "version": "0",
        "id": event_id,
        "detail-type": detail_type,
        "source": source,
        "account": ACCOUNT,
        "time": PLACED_AT,
        "region": REGION,
        "resources": [],
        "detail": detail,
    }


def raw(event: Json) -> str:
    """A queue message's body under raw delivery."""
    return json.dumps(event)


def enveloped(event: object) -> str:
    """A queue message's body in SNS's envelope."""
    return in_envelope(json.dumps(event))


def in_envelope(message: str) -> str:
    """Any text in SNS's envelope."""
    return json.dumps(
        {
            "Type": "Notification",
            "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
            "TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:Orders",
            "Message": message,
            "Timestamp": PLACED_AT,
            "SignatureVersion": "1",
            "Signature": "EXAMPLE",
            "SigningCertURL": "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0000.pem",
            "UnsubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe",
        }
    )


def queue_batch(messages: Mapping[str, str]) -> Json:
    """What a standard queue invokes a function with: message id to body."""
    return {"Records": [_record(message_id, body, "Warehouse", {}) for message_id, body in messages.items()]}


def fifo_batch(messages: Iterable[tuple[str, str, str]]) -> Json:
    """What a FIFO queue invokes a function with: message id, group, body."""
    return {
        "Records": [
            _record(
                message_id,
                body,
                "StockMovements.fifo",
                {
                    "SequenceNumber": str(18_849_496_460_467_696_128 + position),
                    "MessageGroupId": group,
                    "MessageDeduplicationId": message_id,
                },
            )
            for position, (message_id, group, body) in enumerate(messages)
        ]
    }


def topic_invocation(message: str, *, message_id: str = "message-1") -> Json:
    """What a topic invokes a function with: one record."""
    return {
        "Records": [
            {
                "EventSource": "aws:sns",
                "EventVersion": "1.0",
                "EventSubscriptionArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:Orders:21be56ed-a058-49f5-8c98-aedd2564c486",
                "Sns": {
                    "Type": "Notification",
                    "MessageId": message_id,
                    "TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:Orders",
                    "Subject": None,
                    "Message": message,
                    "Timestamp": PLACED_AT,
                    "SignatureVersion": "1",
                    "Signature": "EXAMPLE",
                    "SigningCertUrl": "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0000.pem",
                    "UnsubscribeUrl": "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe",
                    "MessageAttributes": {},
                },
            }
        ]
    }


def _record(message_id: str, body: str, queue: str, attributes: dict[str, str]) -> Json:
    return {
        "messageId": message_id,
        "receiptHandle": f"receipt-of-{message_id}",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1772443800000",
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": "1772443800001",
            **attributes,
        },
        "messageAttributes": {},
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}",
        "awsRegion": REGION,
    }
