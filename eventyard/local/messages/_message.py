"""A message: what was sent, and where it stands in the queue that holds it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_STRING, _BINARY = b"\x01", b"\x02"


class State(Enum):
    """Where a message stands; `GONE` is no longer in its queue."""

    DELAYED = "delayed"
    READY = "ready"
    IN_FLIGHT = "in flight"
    GONE = "gone"


class Departure(StrEnum):
    """Why a queue holds a message no longer, other than its redrive policy.

    Deleted by a consumer, older than the retention period, purged (or its queue deleted), or taken to another queue by
    a message move task.
    """

    DELETED = "deleted"
    EXPIRED = "expired"
    PURGED = "purged"
    MOVED = "moved"


@dataclass(slots=True, eq=False)
class Message:
    """A message. Times are in seconds since the epoch, `attributes` as SendMessage takes them.

    `sent` is what the retention period counts from. `carried` is whatever the sender wants back with the message.
    `receives` counts over all queues (ApproximateReceiveCount), `received_here` in the queue that holds it now, and
    `arrived` is when it came there.
    """

    id: str
    body: str
    sent: float
    attributes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    system: Mapping[str, str] = field(default_factory=dict)
    group: str | None = None
    deduplication: str | None = None
    carried: Any = None
    sequence: str | None = None
    receives: int = 0
    first_received: float | None = None
    # Its place in one store.
    order: int = 0
    state: State = State.GONE
    visible_at: float = 0.0
    arrived: float = 0.0
    received_here: int = 0
    last_received: float = 0.0


def body_md5(body: str) -> str:
    """MD5OfMessageBody."""
    return hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()


def attributes_md5(attributes: Mapping[str, Mapping[str, Any]]) -> str:
    """MD5OfMessageAttributes; empty without attributes.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
    """
    if not attributes:
        return ""
    digest = hashlib.md5(usedforsecurity=False)
    for name in sorted(attributes):
        kind = attributes[name]["DataType"]
        binary = kind.startswith("Binary")
        parts = [name.encode(), kind.encode(), value_bytes(attributes[name])]
        name_part, kind_part, value_part = (len(part).to_bytes(4, "big") + part for part in parts)
        digest.update(name_part + kind_part + (_BINARY if binary else _STRING) + value_part)
    return digest.hexdigest()


def value_bytes(attribute: Mapping[str, Any]) -> bytes:
    """A message attribute's value as bytes."""
    if str(attribute["DataType"]).startswith("Binary"):
        value = attribute.get("BinaryValue") or b""
        return value if isinstance(value, bytes) else str(value).encode()
    return str(attribute.get("StringValue") or "").encode()


def size(body: str, attributes: Mapping[str, Mapping[str, Any]]) -> int:
    """What counts against the largest message: the body, and name, type and value of each attribute, in bytes.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
    """
    return len(body.encode()) + sum(
        len(name.encode()) + len(str(value["DataType"]).encode()) + len(value_bytes(value))
        for name, value in attributes.items()
    )


def system_attributes(message: Message) -> dict[str, str]:
    """What ReceiveMessage answers for `All` as MessageSystemAttributeNames.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
    """
    found = {
        "ApproximateReceiveCount": str(message.receives),
        "SentTimestamp": milliseconds(message.sent),
        "ApproximateFirstReceiveTimestamp": milliseconds(message.first_received or 0.0),
        **message.system,
    }
    fifo = {
        "SequenceNumber": message.sequence,
        "MessageGroupId": message.group,
        "MessageDeduplicationId": message.deduplication,
    }
    return found | {name: value for name, value in fifo.items() if value is not None}


def milliseconds(moment: float) -> str:
    """A moment as SQS writes it."""
    return str(int(moment * 1000))
