"""SetSubscriptionAttributes, and the attributes of Subscribe.

https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventyard.errors import PatternError
from eventyard.local.door._error import invalid_parameter
from eventyard.patterns import FilterPolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_RAW = frozenset({"firehose", "http", "https", "sqs"})
_QUEUE = re.compile(r"arn:[\w-]+:sqs:([\w-]+):(\d{12}):[\w-]{1,80}(\.fifo)?", re.ASCII)
_ROLE = re.compile(r"arn:[\w-]+:iam::\d{12}:role/.+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The topic, the protocol and the endpoint of a subscription."""

    topic: str
    protocol: str
    endpoint: str


def check_attribute(name: str, value: str, given: Subscribed, others: Mapping[str, str], *, subscribing: bool) -> None:
    """Refuse an attribute of a subscription.

    Args:
        name: Such as FilterPolicy.
        value: As the API has it; an empty one clears it.
        given: The subscription.
        others: Its attributes as they will be: a filter policy is read in its scope, a scope with its policy.
        subscribing: Whether it is Subscribe that has it, for the wording.

    Raises:
        ApiError: InvalidParameter.
    """
    before = "Attributes Reason: " if subscribing else ""
    check = _ATTRIBUTES.get(name)
    if check is None:
        raise invalid_parameter(f"{before}AttributeName")
    if value and (reason := check(value, given, others)):
        raise invalid_parameter(before + reason)


# Each says why a value is refused; empty when it is not.


def _filter_policy(value: str, _given: Subscribed, others: Mapping[str, str]) -> str:
    scope = others.get("FilterPolicyScope") or "MessageAttributes"
    try:
        FilterPolicy.parse(value, scope=scope)
    except PatternError as error:
        return f"FilterPolicy: {error}"
    return ""


def _scope(value: str, given: Subscribed, others: Mapping[str, str]) -> str:
    if value not in {"MessageAttributes", "MessageBody"}:
        return f"FilterPolicyScope: Invalid value [{value}]. Please use either MessageBody or MessageAttributes"
    policy = others.get("FilterPolicy")
    return _filter_policy(policy, given, {**others, "FilterPolicyScope": value}) if policy else ""


def _raw(value: str, given: Subscribed, _others: Mapping[str, str]) -> str:
    if value.lower() not in {"true", "false"}:
        return f"RawMessageDelivery: Invalid value [{value}]. Must be true or false."
    if value.lower() == "true" and given.protocol not in _RAW:
        return f"Delivery protocol [{given.protocol}] does not support raw message delivery."
    return ""


def _redrive_policy(value: str, given: Subscribed, _others: Mapping[str, str]) -> str:
    # https://docs.aws.amazon.com/sns/latest/dg/sns-configure-dead-letter-queue.html
    policy = _object(value)
    if policy is None:
        return "RedrivePolicy: failed to parse JSON."
    queue = _QUEUE.fullmatch(str(policy.get("deadLetterTargetArn")))
    if queue is None:
        return "RedrivePolicy: deadLetterTargetArn is an invalid arn"
    region = given.topic.split(":")[3]
    if queue[1] != region:
        return f"RedrivePolicy: deadLetterTargetArn must be in Region {region}"
    if given.topic.endswith(".fifo") and given.endpoint.endswith(".fifo") and not queue[3]:
        return "RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic."
    if not given.topic.endswith(".fifo") and queue[3]:
        return "RedrivePolicy: must use a standard queue as DLQ for a subscription to a standard topic"
    return ""


def _delivery_policy(value: str, _given: Subscribed, _others: Mapping[str, str]) -> str:
    return "DeliveryPolicy: failed to parse JSON." if _object(value) is None else ""


def _role(value: str, _given: Subscribed, _others: Mapping[str, str]) -> str:
    return "" if _ROLE.fullmatch(value) else "SubscriptionRoleArn: it is no ARN of a role"


_ATTRIBUTES: Mapping[str, Callable[[str, Subscribed, Mapping[str, str]], str]] = {
    "DeliveryPolicy": _delivery_policy,
    "FilterPolicy": _filter_policy,
    "FilterPolicyScope": _scope,
    "RawMessageDelivery": _raw,
    "RedrivePolicy": _redrive_policy,
    "SubscriptionRoleArn": _role,
}


def _object(text: str) -> dict[str, object] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
