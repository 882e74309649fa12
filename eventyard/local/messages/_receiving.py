"""ReceiveMessage, in AWS's shapes.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.messages._mailbox import LONGEST_VISIBILITY
from eventyard.local.messages._message import attributes_md5, body_md5, system_attributes
from eventyard.local.messages._refusal import NOT_OF_THIS_TYPE, invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from eventyard.local.messages._mailbox import Mailbox, Reception

MOST_MESSAGES = 10
LONGEST_WAIT = 20


def receive_message(mailbox: Mailbox, request: Mapping[str, Any]) -> dict[str, Any]:
    """ReceiveMessage.

    Raises:
        Refusal: a parameter is out of its range, or too many messages are in flight. That a standard queue refuses a
            ReceiveRequestAttemptId is inferred from how it treats the other parameters of FIFO queues.
    """
    most = _number(request, "MaxNumberOfMessages", 1)
    if not 1 <= most <= MOST_MESSAGES:
        raise invalid("MaxNumberOfMessages", most, f"Must be between 1 and {MOST_MESSAGES}, if provided.")
    wait = _number(request, "WaitTimeSeconds", mailbox.settings.wait)
    if not 0 <= wait <= LONGEST_WAIT:
        raise invalid("WaitTimeSeconds", wait, f"Must be >= 0 and <= {LONGEST_WAIT}, if provided.")
    visibility = _number(request, "VisibilityTimeout", mailbox.settings.visibility)
    check_visibility(visibility)
    attempt = request.get("ReceiveRequestAttemptId")
    if attempt is not None and not mailbox.fifo:
        raise invalid("ReceiveRequestAttemptId", attempt, NOT_OF_THIS_TYPE)
    system = {*(request.get("AttributeNames") or ()), *(request.get("MessageSystemAttributeNames") or ())}
    wanted = request.get("MessageAttributeNames") or ()
    found = mailbox.receive(most, wait=wait, visibility=visibility, attempt=attempt)
    return {"Messages": [_shown(reception, system, wanted) for reception in found]} if found else {}


def check_visibility(seconds: int) -> None:
    """A VisibilityTimeout.

    Raises:
        Refusal: it is out of its range.
    """
    if not 0 <= seconds <= LONGEST_VISIBILITY:
        raise invalid("VisibilityTimeout", seconds, f"Must be >= 0 and <= {LONGEST_VISIBILITY}, if provided.")


def _number(request: Mapping[str, Any], name: str, default: int) -> int:
    value = request.get(name)
    return default if value is None else int(value)


def _shown(reception: Reception, system: set[str], wanted: Iterable[str]) -> dict[str, Any]:
    message = reception.message
    shown: dict[str, Any] = {
        "MessageId": message.id,
        "ReceiptHandle": reception.handle,
        "MD5OfBody": body_md5(message.body),
        "Body": message.body,
    }
    if system:
        every = system_attributes(message)
        shown["Attributes"] = {name: value for name, value in every.items() if "All" in system or name in system}
    attributes = {name: value for name, value in message.attributes.items() if _is_wanted(name, wanted)}
    if attributes:
        shown["MessageAttributes"] = attributes
        shown["MD5OfMessageAttributes"] = attributes_md5(attributes)
    return shown


def _is_wanted(name: str, wanted: Iterable[str]) -> bool:
    """`All`, `.*`, a name, or a prefix: `bar.*`."""
    return any(one in {"All", name} or (one.endswith(".*") and name.startswith(one[:-2])) for one in wanted)
