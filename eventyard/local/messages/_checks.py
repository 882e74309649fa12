"""What may be sent: SendMessage's own limits.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from eventyard.local.messages._message import size, value_bytes
from eventyard.local.messages._refusal import NOT_OF_THIS_TYPE, Refusal, invalid, missing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.messages._settings import Settings

LONGEST_DELAY = 900
MOST_ATTRIBUTES = 10
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ALLOWED = "#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF"
_TOKEN = re.compile(r"[!-~]{1,128}")
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
_NAME = re.compile(r"(?!(?:aws|amazon)\.|\.)(?!.*\.\.)[A-Za-z0-9_.-]{1,256}(?<!\.)", re.IGNORECASE)
_KIND = re.compile(r"(String|Number|Binary)(\..{1,249})?", re.DOTALL)


def check(request: Mapping[str, Any], settings: Settings, *, fifo: bool) -> None:
    """One message of SendMessage or SendMessageBatch.

    Raises:
        Refusal: the message is refused.
    """
    body = request.get("MessageBody")
    if not body:
        raise missing("MessageBody")
    check_ids(request, settings, fifo=fifo)
    _check_delay(request.get("DelaySeconds"), fifo=fifo)
    attributes = request.get("MessageAttributes") or {}
    if len(attributes) > MOST_ATTRIBUTES:
        text = f"Number of message attributes [{len(attributes)}] exceeds the allowed maximum [{MOST_ATTRIBUTES}]."
        raise Refusal("InvalidParameterValue", text)
    _check_text(body)
    for name, value in attributes.items():
        _check_attribute(name, value)
    if size(body, attributes) > settings.largest:
        text = f"One or more parameters are invalid. Reason: Message must be shorter than {settings.largest} bytes."
        raise Refusal("InvalidParameterValue", text)


def check_ids(request: Mapping[str, Any], settings: Settings, *, fifo: bool) -> None:
    """MessageGroupId and MessageDeduplicationId; a standard queue takes the first of them (fair queues).

    Raises:
        Refusal: one is missing, or may not be there, or has other than 1 to 128 letters, digits and punctuation.
    """
    group, deduplication = request.get("MessageGroupId"), request.get("MessageDeduplicationId")
    if fifo and not group:
        raise missing("MessageGroupId")
    if not fifo and deduplication is not None:
        raise invalid("MessageDeduplicationId", deduplication, NOT_OF_THIS_TYPE)
    for name, value in (("MessageGroupId", group), ("MessageDeduplicationId", deduplication)):
        if value is not None and not _TOKEN.fullmatch(value):
            reason = f"{name} can only include alphanumeric and punctuation characters. 1 to 128 in length."
            raise invalid(name, value, reason)
    if fifo and not deduplication and not settings.by_content:
        raise Refusal(
            "InvalidParameterValue",
            "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided"
            " explicitly",
        )


def _check_delay(delay: int | None, *, fifo: bool) -> None:
    if delay is None:
        return
    # Zero is accepted for FIFO queues; the document forbids any value (unsure, and harmless).
    if fifo and delay:
        raise invalid("DelaySeconds", delay, NOT_OF_THIS_TYPE)
    if not 0 <= delay <= LONGEST_DELAY:
        raise invalid("DelaySeconds", delay, f"DelaySeconds must be >= 0 and <= {LONGEST_DELAY}.")


def _check_text(text: str) -> None:
    if _FORBIDDEN.search(text):
        words = f"Invalid characters found. Valid unicode characters are {_ALLOWED}"
        raise Refusal("InvalidMessageContents", words)


def _check_attribute(name: str, value: Mapping[str, Any]) -> None:
    if not _NAME.fullmatch(name):
        text = (
            f"The message attribute name '{name}' is invalid: up to 256 of A-Z, a-z, 0-9, underscore, hyphen and"
            " period, not beginning with AWS. or Amazon., no period first, last or twice in a row."
        )
        raise Refusal("InvalidParameterValue", text)
    kind = str(value.get("DataType") or "")
    if not kind:
        text = f"The message attribute '{name}' must contain non-empty message attribute type."
        raise Refusal("InvalidParameterValue", text)
    known = _KIND.fullmatch(kind)
    if not known:
        text = (
            f"The message attribute '{name}' has an invalid message attribute type, the set of supported type prefixes"
            " is Binary, Number, and String."
        )
        raise Refusal("InvalidParameterValue", text)
    if not value_bytes(value):
        text = f"The message attribute '{name}' must contain non-empty message attribute value for type '{kind}'."
        raise Refusal("InvalidParameterValue", text)
    if known[1] == "Binary":
        return
    _check_text(str(value["StringValue"]))
    if known[1] == "Number" and not _is_number(str(value["StringValue"])):
        text = f"Can't cast the value of message (user) attribute '{name}' to a number."
        raise Refusal("InvalidParameterValue", text)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text.strip()) is not None
