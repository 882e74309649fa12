"""Stands in for the code of each of the shop's functions where many thousand events pass: it answers at once.

Towards the edges it behaves as they do. Of a queue's batch it reports some messages as failed: one in two hundred for
ever, one in twenty the first two times. It fails as a whole for one in a hundred direct invocations. And where a
function may publish, it does so for every fourth batch, in one call: stock movements in the order of their articles,
notices, messages to a queue. What it does follows from what it is given alone.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any
from zlib import crc32

import boto3

if TYPE_CHECKING:
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef, PublishBatchRequestEntryTypeDef

_TOPIC = os.environ.get("MOVEMENTS_TOPIC_ARN") or os.environ.get("NOTICES_TOPIC_ARN")
_QUEUE = os.environ.get("CARE_QUEUE_URL") or os.environ.get("PURCHASE_ORDERS_QUEUE_URL")
_IN_ORDER = "MOVEMENTS_TOPIC_ARN" in os.environ

sns = boto3.client("sns")
sqs = boto3.client("sqs")


def handle(event: dict[str, Any], _context: object) -> object:
    """A queue's batch is answered with what failed of it, anything else with nothing."""
    records = event.get("Records", [event])
    if "messageId" not in records[0]:
        _direct(records[0])
        return None
    failed = [record["messageId"] for record in records if _fails(record)]
    if _TOPIC and _number(records[0]["messageId"]) % 4 == 0:
        entries = [_entry(record["messageId"]) for record in records if record["messageId"] not in failed]
        if entries:
            sns.publish_batch(TopicArn=_TOPIC, PublishBatchRequestEntries=entries)
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _direct(record: dict[str, Any]) -> None:
    number = _number(json.dumps(record))
    if number % 100 == 0:
        raise ValueError("this one cannot be handled")
    if _QUEUE and number % 4 == 0:
        sqs.send_message(QueueUrl=_QUEUE, MessageBody=f"because of {number}")


def _fails(record: dict[str, Any]) -> bool:
    number, times = _number(record["body"]) % 200, int(record["attributes"]["ApproximateReceiveCount"])
    return number == 0 or (number <= 10 and times <= 2)


def _entry(message_id: str) -> PublishBatchRequestEntryTypeDef:
    number = _number(message_id)
    entry: PublishBatchRequestEntryTypeDef = {"Id": message_id, "Message": f"because of {message_id}"}
    urgency: MessageAttributeValueTypeDef = {"DataType": "String", "StringValue": "high" if number % 3 else "normal"}
    entry["MessageAttributes"] = {"urgency": urgency, "kind": {"DataType": "String", "StringValue": "reserved"}}
    if _IN_ORDER:
        entry["MessageGroupId"] = f"article-{number % 50}"
        entry["MessageDeduplicationId"] = message_id
    return entry


def _number(text: str) -> int:
    return crc32(text.encode())
