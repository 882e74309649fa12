"""A topic's subscriptions, with all that does not depend on a message worked out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eventyard.local import _retries
from eventyard.local.ledger import Edge
from eventyard.local.moto_seam import Arn
from eventyard.local.targets.http import CONTENT_TYPE
from eventyard.patterns import FilterPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local._retries import Schedule
    from eventyard.local.moto_seam import Subscription

HTTP = frozenset({"http", "https"})


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A subscription. `rate` is how many messages a second its endpoint takes, 0 without a limit."""

    subscription: Subscription
    edge: Edge
    filter: FilterPolicy | None
    raw: bool
    dead_letters: str
    schedule: Schedule
    rate: int
    content_type: str

    @property
    def is_http(self) -> bool:
        """Whether it is an HTTP or HTTPS endpoint."""
        return self.subscription.protocol in HTTP


def subscriber(subscription: Subscription, topic_policy: str) -> Subscriber:
    """A subscription of a topic with this DeliveryPolicy (JSON, or empty).

    https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html, "Creating an HTTP/S delivery policy": a
    subscription's own policy counts before the topic's, part by part, unless the topic's forbids it.
    """
    attributes = subscription.attributes
    policy = attributes.get("FilterPolicy")
    scope = attributes.get("FilterPolicyScope", "MessageAttributes")
    redrive = json.loads(attributes.get("RedrivePolicy") or "{}")
    delivery = _effective(attributes.get("DeliveryPolicy") or "{}", topic_policy or "{}")
    return Subscriber(
        subscription,
        Edge(_edge_kind(subscription), subscription.topic, subscription.endpoint, subscription.arn),
        FilterPolicy.parse(policy, scope="MessageBody" if scope == "MessageBody" else "MessageAttributes")
        if policy
        else None,
        attributes.get("RawMessageDelivery", "false").lower() == "true",
        redrive.get("deadLetterTargetArn", ""),
        _schedule(subscription, delivery["HealthyRetryPolicy"]),
        int(delivery["ThrottlePolicy"].get("maxReceivesPerSecond") or 0),
        str(delivery["RequestPolicy"].get("headerContentType") or CONTENT_TYPE),
    )


def _effective(own: str, topic: str) -> dict[str, Mapping[str, Any]]:
    mine, theirs = json.loads(own), json.loads(topic).get("http") or {}
    if str(theirs.get("disableSubscriptionOverrides")).lower() == "true":
        mine = {}
    return {
        part: mine.get(part[0].lower() + part[1:]) or theirs.get(f"default{part}") or {}
        for part in ("HealthyRetryPolicy", "ThrottlePolicy", "RequestPolicy")
    }


def _schedule(subscription: Subscription, retry_policy: Mapping[str, Any]) -> Schedule:
    if subscription.endpoint.startswith("arn:"):
        return _retries.SNS_TO_AWS
    return _retries.sns_to_http(retry_policy) if subscription.protocol in HTTP else _retries.SNS_TO_PEOPLE


def _edge_kind(subscription: Subscription) -> str:
    endpoint = subscription.endpoint
    return f"sns→{Arn.parse(endpoint).service if endpoint.startswith('arn:') else subscription.protocol}"
