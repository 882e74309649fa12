"""The subscriptions in moto's state, whichever account made them, and whether they are confirmed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.sns.models import sns_backends

from eventyard.local.moto_seam._records import Arn, Subscription

if TYPE_CHECKING:
    from collections.abc import Iterator

# moto's own objects: untyped, and ours to handle with care.
Moto = Any


class SubscriptionState:
    """Every account's subscriptions, by ARN."""

    def subscriptions(self, topic: str) -> list[Subscription]:
        """The subscriptions of a topic."""
        return [_subscription(found) for _, found in _all(Arn.parse(topic).region) if found.topic.arn == topic]

    def subscription(self, subscription: str) -> Subscription | None:
        """The subscription of this ARN; None without one."""
        found = _find(subscription)
        return None if found is None else _subscription(found[1])

    def confirm(self, subscription: str, *, authenticated: bool) -> bool:
        """Its endpoint wants the messages; False when it is gone."""
        found = _find(subscription)
        if found is None:
            return False
        found[1].attributes |= {"PendingConfirmation": "false", "ConfirmationWasAuthenticated": _word(authenticated)}
        return True

    def unsubscribe(self, subscription: str) -> bool:
        """Remove it, if it is there, without credentials; False when that takes some."""
        found = _find(subscription)
        if found is not None:
            backend, one = found
            if str(one.attributes.get("ConfirmationWasAuthenticated")).lower() == "true":
                return False
            backend.unsubscribe(subscription)
        return True

    def delivery_policy(self, topic: str) -> str:
        """The DeliveryPolicy of a topic (an ARN), as JSON; empty without one."""
        policy = getattr(_topic(topic), "delivery_policy", "") or ""
        return policy if isinstance(policy, str) else json.dumps(policy)

    def signature_version(self, topic: str) -> str:
        """The SignatureVersion of a topic (an ARN)."""
        return str(getattr(_topic(topic), "signature_version", "") or "1")


def set_pending(subscription: Moto) -> None:
    """A new subscription of an HTTP endpoint, or of somebody's mail."""
    subscription.attributes |= {"PendingConfirmation": "true", "ConfirmationWasAuthenticated": "false"}


def is_pending(subscription: Moto) -> bool:
    """Whether its endpoint has not confirmed it."""
    return str(subscription.attributes.get("PendingConfirmation")).lower() == "true"


def _topic(topic: str) -> Moto | None:
    arn = Arn.parse(topic)
    return sns_backends[arn.account][arn.region].topics.get(topic)


def _all(region: str) -> Iterator[tuple[Moto, Moto]]:
    for _, backends in list(sns_backends.items()):
        backend = backends.get(region)  # one that nobody has asked anything has none
        if backend is not None:
            yield from ((backend, found) for found in list(backend.subscriptions.values()))


def _find(subscription: str) -> tuple[Moto, Moto] | None:
    return next((pair for pair in _all(Arn.parse(subscription).region) if pair[1].arn == subscription), None)


def _subscription(found: Moto) -> Subscription:
    attributes = {name: _text(value) for name, value in found.attributes.items()}
    return Subscription(
        found.arn, found.topic.arn, found.protocol, found.endpoint, found.account_id, attributes, is_pending(found)
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _word(value: object) -> str:
    return str(value).lower()
