"""SNS: topics, and what subscriptions say about themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.local.authority.actions._wanted import Wanted, arn_of

if TYPE_CHECKING:
    from eventyard.local.moto_seam import ApiCall, MotoState

prefix = "sns"

_KEY_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")
_SUBSCRIPTION_COLONS = 6


def wanted(call: ApiCall, state: MotoState) -> list[Wanted]:  # noqa: ARG001  # a service's signature
    """The action on the topic that the call names, by itself or by a subscription."""
    action, given = call.operation.removesuffix("Batch"), call.parameters
    named = ("Protocol", "sns:Protocol"), ("Endpoint", "sns:Endpoint")
    context = {key: str(given[name]) for name, key in named if action == "Subscribe" and given.get(name)}
    publishes = action == "Publish" and not given.get("PhoneNumber")
    return [Wanted(f"sns:{action}", _topic(call), context, _KEY_ACTIONS if publishes else ())]


def _topic(call: ApiCall) -> str:
    given = call.parameters
    for name in ("TopicArn", "TargetArn", "ResourceArn", "SubscriptionArn"):
        if found := str(given.get(name) or ""):
            is_subscription = name == "SubscriptionArn" and found.count(":") >= _SUBSCRIPTION_COLONS
            return found.rpartition(":")[0] if is_subscription else found
    return arn_of(call, str(given.get("Name") or "*"))
