"""Subscribe: protocols with their endpoints, and how many.

https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventyard.local.door._error import ApiError, invalid_parameter
from eventyard.local.door.publications import MESSAGE_BYTES
from eventyard.local.door.subscription_attributes import Subscribed, check_attribute

if TYPE_CHECKING:
    from collections.abc import Mapping

# https://docs.aws.amazon.com/general/latest/gr/sns.html and
# https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
MOST_FIFO_SUBSCRIPTIONS = 100
MOST_FILTER_POLICIES = 200
# https://docs.aws.amazon.com/sns/latest/dg/large-message-payloads.html
MOST_LARGE_SUBSCRIPTIONS = 100
LARGE = frozenset({"firehose", "lambda", "sqs"})

_ENDPOINTS = {
    "application": r"arn:[\w-]+:sns:[\w-]+:\d{12}:endpoint/.+",
    "email": r"[^@\s]+@[^@\s]+",
    "email-json": r"[^@\s]+@[^@\s]+",
    "firehose": r"arn:[\w-]+:firehose:[\w-]+:\d{12}:deliverystream/.+",
    "http": r"http://.+",
    "https": r"https://.+",
    "lambda": r"arn:[\w-]+:lambda:[\w-]+:\d{12}:function:.+",
    "sms": r"\+?[0-9][0-9./ -]{1,19}",
    "sqs": r"arn:[\w-]+:sqs:[\w-]+:\d{12}:.+",
}
_REFUSALS = {
    "http": "Endpoint must match the specified protocol",
    "https": "Endpoint must match the specified protocol",
    "sqs": "SQS endpoint ARN",
}


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What a topic has already: its subscriptions, how many of them filter, and its MaximumMessageSize in bytes."""

    subscriptions: int = 0
    filters: int = 0
    longest: int = MESSAGE_BYTES


def check_endpoint(given: Subscribed) -> None:
    """Refuse pairs of protocol and endpoint that do not go together, or not with the topic.

    Raises:
        ApiError: InvalidParameter.
    """
    pattern = _ENDPOINTS.get(given.protocol)
    if pattern is None:
        raise invalid_parameter(f"Amazon SNS does not support this protocol string: {given.protocol}")
    if not re.fullmatch(pattern, given.endpoint, re.ASCII | re.DOTALL):
        raise invalid_parameter(_REFUSALS.get(given.protocol, f"Endpoint Reason: it is none for {given.protocol}"))
    # FIFO topics deliver to queues only, standard ones too since 2023.
    if given.topic.endswith(".fifo") and given.protocol != "sqs":
        raise invalid_parameter("Invalid parameter: Endpoint Reason: FIFO topics deliver to SQS queues only")
    if given.protocol == "sqs" and given.endpoint.endswith(".fifo") and not given.topic.endswith(".fifo"):
        raise invalid_parameter(
            "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics"
        )


def check_subscribe(given: Subscribed, attributes: Mapping[str, str]) -> None:
    """Refuse what Subscribe refuses, whatever the topic has already.

    Raises:
        ApiError: InvalidParameter.
    """
    check_endpoint(given)
    for name, value in attributes.items():
        check_attribute(name, value, given, attributes, subscribing=True)
    if given.protocol == "firehose" and not attributes.get("SubscriptionRoleArn"):
        raise invalid_parameter("Attributes Reason: SubscriptionRoleArn is required for protocol firehose")


def check_existing(wanted: Mapping[str, str], existing: Mapping[str, str]) -> None:
    """Refuse to subscribe an endpoint again with other attributes. With the same, the answer is the same ARN.

    Raises:
        ApiError: InvalidParameter.
    """
    if any(_canonical(value) != _canonical(existing.get(name, "")) for name, value in wanted.items()):
        raise invalid_parameter("Attributes Reason: Subscription already exists with different attributes")


def check_room(given: Subscribed, neighbours: Neighbours) -> None:
    """Refuse one subscription more than the topic takes.

    Raises:
        ApiError: SubscriptionLimitExceeded or InvalidParameter.
    """
    if given.topic.endswith(".fifo") and neighbours.subscriptions >= MOST_FIFO_SUBSCRIPTIONS:
        raise ApiError(
            "SubscriptionLimitExceeded", f"Subscription limit of {MOST_FIFO_SUBSCRIPTIONS} for FIFO topics was reached"
        )
    if neighbours.longest <= MESSAGE_BYTES:
        return
    if given.protocol not in LARGE:
        raise invalid_parameter(f"Protocol Reason: a topic for messages over 256 KiB does not take {given.protocol}")
    if neighbours.subscriptions >= MOST_LARGE_SUBSCRIPTIONS:
        raise ApiError(
            "SubscriptionLimitExceeded",
            f"Subscription limit of {MOST_LARGE_SUBSCRIPTIONS} for topics with messages over 256 KiB was reached",
        )


def check_filters(neighbours: Neighbours) -> None:
    """Refuse one filter policy more than the topic takes.

    Raises:
        ApiError: FilterPolicyLimitExceeded.
    """
    if neighbours.filters >= MOST_FILTER_POLICIES:
        raise ApiError("FilterPolicyLimitExceeded", f"A topic has at most {MOST_FILTER_POLICIES} filter policies")


def _canonical(value: str) -> object:
    """Equal for texts of equal JSON, and for true and True."""
    try:
        return json.loads(value.lower() if value.lower() in {"true", "false"} else value)
    except ValueError:
        return value
