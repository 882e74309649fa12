"""What PutEvents refuses: entry by entry, or the request as a whole.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html and
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevents-size
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_ENTRIES = 10
MOST_BYTES = 1_048_576
_LONGEST_DETAIL_TYPE = 128
_TIME_BYTES = 14
_REQUIRED = ("Source", "DetailType", "Detail")


def whole(entries: Sequence[Mapping[str, Any]]) -> str:
    """Why the request as a whole is refused; empty when it is not."""
    if len(entries) > MOST_ENTRIES:
        return (
            "1 validation error detected: Value '[PutEventsRequestEntry]' at 'entries' failed to satisfy constraint: "
            f"Member must have length less than or equal to {MOST_ENTRIES}"
        )
    if sum(_size(entry) for entry in entries) >= MOST_BYTES:
        return "Total size of the entries in the request is over the limit."
    lacking = [name for entry in entries if (name := _lacking(entry))]
    return _required(lacking[0]) if lacking and len(lacking) == len(entries) else ""


def refusal(entry: Mapping[str, Any]) -> dict[str, str] | None:
    """ErrorCode and ErrorMessage of one entry; None when it is accepted."""
    if name := _lacking(entry):
        return _error("InvalidArgument", _required(name))
    if len(entry["DetailType"]) > _LONGEST_DETAIL_TYPE:
        reason = f"Parameter DetailType is not valid. Reason: it is longer than {_LONGEST_DETAIL_TYPE} characters."
        return _error("InvalidArgument", reason)
    if str(entry["Source"]).startswith("aws."):
        return _error("NotAuthorizedForSourceException", "Not authorized for the source.")
    try:
        detail = json.loads(entry["Detail"])
    except (ValueError, RecursionError):
        return _error("MalformedDetail", "Detail is malformed.")
    return None if isinstance(detail, dict) else _error("MalformedDetail", "Detail is malformed.")


def _lacking(entry: Mapping[str, Any]) -> str | None:
    return next((name for name in _REQUIRED if not entry.get(name)), None)


def _required(name: str) -> str:
    return f"Parameter {name} is not valid. Reason: {name} is a required argument."


def _error(code: str, message: str) -> dict[str, str]:
    return {"ErrorCode": code, "ErrorMessage": message}


def _size(entry: Mapping[str, Any]) -> int:
    texts = [*(entry.get(name) or "" for name in _REQUIRED), *(entry.get("Resources") or ())]
    time = 0 if entry.get("Time") is None else _TIME_BYTES
    return time + sum(len(str(text).encode()) for text in texts)
