"""SendMessage and SendMessageBatch, in AWS's shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.messages._batches import entries_of, outcome
from eventyard.local.messages._checks import check, check_ids
from eventyard.local.messages._message import attributes_md5, body_md5, size
from eventyard.local.messages._refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.messages._mailbox import Mailbox

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
LARGEST_BATCH = 1_048_576
_TRACE = "AWSTraceHeader"


def send_message(mailbox: Mailbox, request: Mapping[str, Any]) -> dict[str, Any]:
    """SendMessage.

    Raises:
        Refusal: the message is refused.
    """
    check(request, mailbox.settings, fifo=mailbox.fifo)
    body, attributes = request["MessageBody"], request.get("MessageAttributes") or {}
    trace = request.get("MessageSystemAttributes") or {}
    sent = mailbox.send(
        body,
        attributes=attributes,
        system={"SenderId": SENDER, **({_TRACE: trace[_TRACE]["StringValue"]} if _TRACE in trace else {})},
        group=request.get("MessageGroupId"),
        deduplication=request.get("MessageDeduplicationId"),
        delay=None if mailbox.fifo else request.get("DelaySeconds"),
    )
    answer = {
        "MessageId": sent.id,
        "MD5OfMessageBody": body_md5(body),
        "MD5OfMessageAttributes": attributes_md5(attributes),
        "MD5OfMessageSystemAttributes": attributes_md5(trace),
        "SequenceNumber": sent.sequence,
    }
    return {name: value for name, value in answer.items() if value}


def send_message_batch(mailbox: Mailbox, request: Mapping[str, Any]) -> dict[str, Any]:
    """SendMessageBatch; a message that is refused fails alone, one without the ids that a FIFO queue wants fails all.

    Raises:
        Refusal: the whole request is refused.
    """
    entries = entries_of(request, "SendMessage")
    length = sum(size(entry.get("MessageBody") or "", entry.get("MessageAttributes") or {}) for entry in entries)
    if length > LARGEST_BATCH:
        raise Refusal(
            "BatchRequestTooLong",
            f"Batch requests cannot be longer than {LARGEST_BATCH} bytes. You have sent {length} bytes.",
        )
    for entry in entries if mailbox.fifo else ():
        check_ids(entry, mailbox.settings, fifo=True)
    return outcome(entries, lambda entry: send_message(mailbox, entry))


# What moto answers for every sender, a user's id; AWS's differs by caller.
SENDER = "AIDAIT2UOQQY3AUEKVGXU"
