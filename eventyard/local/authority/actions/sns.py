"""SNS: topics, and what subscriptions say about themselves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from eventyard.local.authority.actions._wanted import Wanted, arn_of

if TYPE_CHECKING:
    from eventyard.local.moto_seam import ApiCall, MotoState

prefix = "sns"

_KEY_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")
_SUBSCRIPTION_COLONS = 6


def wanted(call: ApiCall, state: MotoState) -> list[Wanted]:
    """The action on the topic that the call names, by itself or by a subscription."""
    action, given = call.operation.removesuffix("Batch"), call.parameters
    named = ("Protocol", "sns:Protocol"), ("Endpoint", "sns:Endpoint")
    context = {key: str(given[name]) for name, key in named if action == "Subscribe" and given.get(name)}
    publishes = action == "Publish" and not given.get("PhoneNumber")
    topic = _topic(call)
    policies = _of_subscription(f"sns:{action}", topic, call, state)
    return [Wanted(f"sns:{action}", topic, context, _KEY_ACTIONS if publishes else (), policies)]


def _of_subscription(action: str, topic: str, call: ApiCall, state: MotoState) -> tuple[str, ...] | None:
    """What lets a subscription's owner do with it what it likes, though its ARN is one of another account's topic.

    https://docs.aws.amazon.com/sns/latest/api/API_Unsubscribe.html: it may be "the owner of the subscription or the
    topic's owner". No topic policy can say so: it knows no action on subscriptions
    (https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html).
    """
    named = str(call.parameters.get("SubscriptionArn") or "")
    found = state.subscription(named) if named.startswith("arn:") and f":{call.account}:" not in topic else None
    if found is None or found.account != call.account:
        return None
    owner = {"Effect": "Allow", "Principal": {"AWS": call.account}, "Action": action, "Resource": topic}
    return (json.dumps({"Version": "2012-10-17", "Statement": [owner]}),)


def _topic(call: ApiCall) -> str:
    given = call.parameters
    for name in ("TopicArn", "TargetArn", "ResourceArn", "SubscriptionArn"):
        if found := str(given.get(name) or ""):
            is_subscription = name == "SubscriptionArn" and found.count(":") >= _SUBSCRIPTION_COLONS
            return found.rpartition(":")[0] if is_subscription else found
    return arn_of(call, str(given.get("Name") or "*"))
