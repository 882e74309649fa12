"""DeleteMessage, ChangeMessageVisibility, their batches, and PurgeQueue, in AWS's shapes.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibilityBatch.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.messages._batches import entries_of, outcome
from eventyard.local.messages._receiving import check_visibility
from eventyard.local.messages._refusal import missing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.messages._mailbox import Mailbox


def delete_message(mailbox: Mailbox, request: Mapping[str, Any]) -> dict[str, Any]:
    """DeleteMessage.

    Raises:
        Refusal: no handle of this queue's, or an expired one.
    """
    mailbox.delete(_handle(request))
    return {}


def delete_message_batch(mailbox: Mailbox, request: Mapping[str, Any]) -> dict[str, Any]:
    """DeleteMessageBatch.

    Raises:
        Refusal: the whole request is refused.
    """
    return outcome(entries_of(request, "DeleteMessage"), lambda entry: delete_message(mailbox, entry))


def change_message_visibility(mailbox: Mailbox, request: Mapping[str, Any]) -> dict[str, Any]:
    """ChangeMessageVisibility.

    Raises:
        Refusal: as `Mailbox.change_visibility`, or the timeout is missing or out of its range.
    """
    seconds = request.get("VisibilityTimeout")
    if seconds is None:
        raise missing("VisibilityTimeout")
    check_visibility(int(seconds))
    mailbox.change_visibility(_handle(request), int(seconds))
    return {}


def change_message_visibility_batch(mailbox: Mailbox, request: Mapping[str, Any]) -> dict[str, Any]:
    """ChangeMessageVisibilityBatch.

    Raises:
        Refusal: the whole request is refused.
    """
    entries = entries_of(request, "ChangeMessageVisibility")
    return outcome(entries, lambda entry: change_message_visibility(mailbox, entry))


def purge_queue(mailbox: Mailbox, _request: Mapping[str, Any]) -> dict[str, Any]:
    """PurgeQueue, done at once; AWS takes up to a minute.

    Raises:
        Refusal: the last one was less than a minute ago.
    """
    mailbox.purge()
    return {}


def _handle(request: Mapping[str, Any]) -> str:
    handle = request.get("ReceiptHandle")
    if not handle:
        raise missing("ReceiptHandle")
    return str(handle)
