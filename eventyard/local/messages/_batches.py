"""What the three batch requests have in common.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-batch-api-actions.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from eventyard.local.messages._refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MOST_ENTRIES = 10
_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


def entries_of(request: Mapping[str, Any], action: str) -> Sequence[Mapping[str, Any]]:
    """The entries of a batch of `action` (`SendMessage`, ...).

    Raises:
        Refusal: there are none, or more than ten, or an id is malformed or there twice.
    """
    entries: Sequence[Mapping[str, Any]] = request.get("Entries") or ()
    if not entries:
        text = f"There should be at least one {action}BatchRequestEntry in the request."
        raise Refusal("EmptyBatchRequest", text)
    if len(entries) > MOST_ENTRIES:
        text = f"Maximum number of entries per request are {MOST_ENTRIES}. You have sent {len(entries)}."
        raise Refusal("TooManyEntriesInBatchRequest", text)
    ids = [str(entry.get("Id") or "") for entry in entries]
    if not all(_ID.fullmatch(one) for one in ids):
        text = (
            "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80"
            " letters long."
        )
        raise Refusal("InvalidBatchEntryId", text)
    for index, one in enumerate(ids):
        if one in ids[:index]:
            raise Refusal("BatchEntryIdsNotDistinct", f"Id {one} repeated.")
    return entries


def outcome(
    entries: Sequence[Mapping[str, Any]], do: Callable[[Mapping[str, Any]], dict[str, Any] | None]
) -> dict[str, Any]:
    """Do each entry, and answer which went well and which were refused."""
    successful: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    for entry in entries:
        try:
            successful.append({"Id": entry["Id"], **(do(entry) or {})})
        except Refusal as refusal:
            failed.append({"Id": entry["Id"], "SenderFault": True, "Code": refusal.code, "Message": refusal.message})
    return {"Successful": successful, "Failed": failed}
