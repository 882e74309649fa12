"""CreateTopic and SetTopicAttributes: the size of a topic's messages.

https://docs.aws.amazon.com/sns/latest/dg/large-message-payloads.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.local.door._error import invalid_parameter
from eventyard.local.door.publications import MESSAGE_BYTES
from eventyard.local.door.subscriptions import LARGE, MOST_LARGE_SUBSCRIPTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SIZES = range(1_024, 1_048_576 + 1)
_SIZE = "MaximumMessageSize"


def check_topic(attributes: Mapping[str, str], protocols: Sequence[str] = ()) -> None:
    """Refuse a size that is none, or one too large for the subscriptions that there are.

    Args:
        attributes: Those that are set.
        protocols: Of the topic's subscriptions, each as often as it has one.

    Raises:
        ApiError: InvalidParameter; the wording is ours.
    """
    size = attributes.get(_SIZE)
    if size is None:
        return
    if not (size.isascii() and size.isdigit() and int(size) in _SIZES):
        raise invalid_parameter(f"{_SIZE} Reason: {size} is not in {_SIZES.start}-{_SIZES.stop - 1}")
    if int(size) > MESSAGE_BYTES and (len(protocols) > MOST_LARGE_SUBSCRIPTIONS or not LARGE.issuperset(protocols)):
        raise invalid_parameter(
            f"{_SIZE} Reason: over {MESSAGE_BYTES} bytes only SQS, Lambda and Firehose, at most 100"
        )
