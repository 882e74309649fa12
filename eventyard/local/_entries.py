"""What PutEvents refuses: entry by entry, or the request as a whole.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html and
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevents-size
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_ENTRIES = 10
MOST_BYTES = 1_048_576
_LONGEST_DETAIL_TYPE = 128
_TIME_BYTES = 14
_REQUIRED = ("Source", "DetailType", "Detail")
# The operation's documentation in boto3's service model: integers of 64 bits, and nothing nested deeper than this.
_DEEPEST = 1_000
_INTEGERS = range(-(2**63), 2**63)
_LONG_NUMBER = re.compile(r"\d{19}")


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


def refusal(entry: Mapping[str, Any], region: str = "") -> dict[str, str] | None:
    """ErrorCode and ErrorMessage of one entry; None when it is accepted.

    Args:
        entry: As PutEvents has it.
        region: Where PutEvents was called: a bus in another Region gets nothing that way, only from a rule. Not looked
            at without it.
    """
    if name := _lacking(entry):
        return _error("InvalidArgument", _required(name))
    if len(entry["DetailType"]) > _LONGEST_DETAIL_TYPE:
        reason = f"Parameter DetailType is not valid. Reason: it is longer than {_LONGEST_DETAIL_TYPE} characters."
        return _error("InvalidArgument", reason)
    if str(entry["Source"]).startswith("aws."):
        return _error("NotAuthorizedForSourceException", "Not authorized for the source.")
    bus = str(entry.get("EventBusName") or "")
    if region and bus.startswith("arn:") and bus.split(":")[3] != region:
        reason = f"Parameter EventBusName is not valid. Reason: the event bus is not in Region {region}."
        return _error("InvalidArgument", reason)
    return None if _is_detail(entry["Detail"]) else _error("MalformedDetail", "Detail is malformed.")


def _is_detail(text: str) -> bool:
    """Whether it is a JSON object that EventBridge processes."""
    try:
        # Only a text with that many digits in a row can hold an integer beyond 64 bits; the hook costs time.
        parse_int = _integer if _LONG_NUMBER.search(text) else None
        detail = json.loads(text, parse_int=parse_int, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False
    return isinstance(detail, dict) and not (text.count("{") + text.count("[") > _DEEPEST and _too_deep(detail))


def _too_deep(detail: Mapping[str, Any]) -> bool:
    level: list[Any] = [detail]
    for _ in range(_DEEPEST):
        members = [one for part in level for one in (part.values() if isinstance(part, dict) else part)]
        level = [one for one in members if isinstance(one, dict | list)]
    return bool(level)


def _integer(text: str) -> int:
    value = int(text) if len(text) <= len(str(_INTEGERS.start)) else _INTEGERS.stop
    if value not in _INTEGERS:
        raise ValueError(f"{text} has more than 64 bits")  # the JSON parser's own kind of error
    return value


def _refuse(token: str) -> None:
    raise ValueError(f"{token} is no JSON")  # the JSON parser's own kind of error


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
