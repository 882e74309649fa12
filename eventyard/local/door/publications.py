"""Publish and PublishBatch.

https://docs.aws.amazon.com/sns/latest/api/API_Publish.html and
https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html; what a subject may be follows boto3's service model,
which is newer than the former (ASCII only, first character).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eventyard.local.door._error import ApiError, invalid_parameter
from eventyard.local.door.attributes import check_attributes, size

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Bytes: https://docs.aws.amazon.com/sns/latest/dg/large-message-payloads.html
MESSAGE_BYTES = 262_144
_MOST_ENTRIES = 10
_LONGEST_SUBJECT = 100
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ENTRY_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
# Letters, digits and punctuation, no blanks.
_TOKEN = re.compile(r"[!-~]{1,128}")
_ARN_ELEMENTS = 6


@dataclass(frozen=True, slots=True)
class Topic:
    """What a message's checks depend on. `longest` is in bytes: the topic's MaximumMessageSize."""

    fifo: bool = False
    by_content: bool = False
    longest: int = MESSAGE_BYTES


def recipient(request: Mapping[str, Any]) -> tuple[str, str]:
    """The one of TopicArn, TargetArn and PhoneNumber that Publish is given, with its value.

    Raises:
        ApiError: InvalidParameter: there is none, or more than one.
    """
    given = [name for name in ("TopicArn", "TargetArn", "PhoneNumber") if request.get(name)]
    if not given:
        raise invalid_parameter("TopicArn or TargetArn Reason: no value for required parameter")
    if len(given) > 1:
        raise invalid_parameter(f"{' and '.join(given)} Reason: only one of them can be given")
    return given[0], str(request[given[0]])


def check_topic_arn(arn: str, region: str, parameter: str = "TopicArn") -> None:
    """Refuse what is no ARN, or is one of another service or Region: SNS publishes within a Region.

    Raises:
        ApiError: InvalidParameter.
    """
    elements = arn.split(":")
    if len(elements) < _ARN_ELEMENTS:
        raise invalid_parameter(
            f"{parameter} Reason: An ARN must have at least {_ARN_ELEMENTS} elements, not {len(elements)}"
        )
    if elements[0] != "arn" or elements[2] != "sns" or elements[3] != region:
        raise invalid_parameter(parameter)


def check_message(message: Mapping[str, Any], topic: Topic) -> None:
    """Refuse what Publish refuses of a message, or of an entry of a batch.

    Args:
        message: As Publish has it: Message, Subject, MessageStructure, MessageAttributes, MessageGroupId,
            MessageDeduplicationId.
        topic: Where it goes.

    Raises:
        ApiError: InvalidParameter, or ParameterValueInvalid for an attribute.
    """
    text = message.get("Message")
    if not text:
        raise invalid_parameter("Empty message")
    _check_subject(message.get("Subject"))
    attributes = message.get("MessageAttributes") or {}
    if len(text.encode()) + size(attributes) > topic.longest:
        raise invalid_parameter("Message too long")
    _check_ordering(message, topic)
    structure = message.get("MessageStructure")
    if structure == "json":
        _check_structure(text)
    elif structure is not None:
        raise invalid_parameter(f"MessageStructure Reason: {structure!r} is not supported, the valid value is json")
    check_attributes(attributes)


def check_batch(entries: Sequence[Mapping[str, Any]], topic: Topic) -> None:
    """Refuse what PublishBatch refuses as a whole; the rest fails entry by entry, by `check_message`.

    As a whole fail, by recordings of the service, also a FIFO topic's entries without group or deduplication id, and
    bad message attributes.

    Raises:
        ApiError: EmptyBatchRequest, TooManyEntriesInBatchRequest, InvalidBatchEntryId, BatchEntryIdsNotDistinct,
            BatchRequestTooLong, InvalidParameter or ParameterValueInvalid.
    """
    if not entries:
        raise ApiError("EmptyBatchRequest", "The batch request doesn't contain any entries.")
    if len(entries) > _MOST_ENTRIES:
        raise ApiError("TooManyEntriesInBatchRequest", "The batch request contains more entries than permissible.")
    ids = [str(entry.get("Id") or "") for entry in entries]
    if not all(map(_ENTRY_ID.fullmatch, ids)):
        raise ApiError(
            "InvalidBatchEntryId", "The Id of a batch entry in a batch request doesn't abide by the specification."
        )
    if len(set(ids)) < len(ids):
        raise ApiError("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.")
    total = sum(
        len((entry.get("Message") or "").encode()) + size(entry.get("MessageAttributes") or {}) for entry in entries
    )
    if total > topic.longest:
        raise ApiError(
            "BatchRequestTooLong", "The length of all the batch messages put together is more than the limit."
        )
    for entry in entries:
        if topic.fifo:
            _check_ordering(entry, topic)
        check_attributes(entry.get("MessageAttributes") or {})


def _check_subject(subject: str | None) -> None:
    if subject is not None and (not subject or len(subject) > _LONGEST_SUBJECT or _CONTROL.search(subject)):
        raise invalid_parameter("Subject")


def _check_ordering(message: Mapping[str, Any], topic: Topic) -> None:
    # Fair queues: a standard topic takes a group since 2025, and hands it on to standard queues.
    group, deduplication = message.get("MessageGroupId"), message.get("MessageDeduplicationId")
    if topic.fifo and not group:
        raise invalid_parameter("The MessageGroupId parameter is required for FIFO topics")
    if not topic.fifo and deduplication:
        raise invalid_parameter(
            "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid "
            "for this topic type"
        )
    if topic.fifo and not topic.by_content and not deduplication:
        raise invalid_parameter(
            "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided "
            "explicitly"
        )
    for name, value in (("MessageGroupId", group), ("MessageDeduplicationId", deduplication)):
        if value is not None and not _TOKEN.fullmatch(value):
            raise invalid_parameter(f"{name} Reason: it must be 1 to 128 letters, digits and punctuation marks")


def _check_structure(text: str) -> None:
    try:
        choices = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError):
        choices = None
    if not isinstance(choices, dict):
        raise invalid_parameter("Message Structure - JSON message body failed to parse")
    # "Non-string values will cause the key to be ignored."
    if not isinstance(choices.get("default"), str):
        raise invalid_parameter("Message Structure - No default entry in JSON message body")


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        raise ValueError("a key stands there twice")  # the JSON parser's own kind of error
    return found


def _refuse(token: str) -> None:
    raise ValueError(f"{token} is no JSON")  # as above
