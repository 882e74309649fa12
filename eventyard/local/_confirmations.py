"""HTTP and HTTPS subscriptions get no message before their endpoint has confirmed that it wants them.

https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.confirm.html
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from eventyard.local import _envelopes, targets
from eventyard.local._hand_over import HandOver
from eventyard.local._subscribers import subscriber
from eventyard.local._yard import Parcel
from eventyard.local.ledger import Event, Fate, readable
from eventyard.local.moto_seam import RefusedError
from eventyard.local.targets.http import CONTENT_TYPE

if TYPE_CHECKING:
    from eventyard.local._hand_over import GivenUp
    from eventyard.local._yard import Yard
    from eventyard.local.ledger import Delivery

# https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html: "Confirmation tokens are valid for two days."
_VALID_SECONDS = 172_800
_ELSEWHERE = "while nothing on this machine stands in for its endpoint (cloud.stand_in)"


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whom a token was sent to (a subscription's ARN), and when: seconds since the epoch."""

    subscription: str
    topic: str
    time: float


class Confirmations:
    """The subscriptions of one local cloud that were asked, by the tokens that they were sent."""

    def __init__(self, yard: Yard) -> None:
        self._yard = yard
        self._asked: dict[str, _Asked] = {}

    def ask(self, subscription: str) -> None:
        """Somebody subscribed an HTTP endpoint: it is sent a token, as the next thing that happens."""
        self._yard.agenda.soon(partial(self._send, subscription))

    def confirm(self, topic: str, token: str, *, authenticated: bool) -> str:
        """The endpoint wants the messages; answers the subscription's ARN.

        Args:
            topic: An ARN.
            token: What the endpoint was sent.
            authenticated: Whether nobody may unsubscribe without signing for it (AuthenticateOnUnsubscribe).

        Raises:
            RefusedError: InvalidParameter; the token is none of this topic's, or older than two days.
        """
        asked = self._asked.get(token)
        now = self._yard.clock.now()
        if asked is None or asked.topic != topic or now - asked.time > _VALID_SECONDS:
            raise RefusedError("Invalid parameter: Invalid token", "InvalidParameter")
        if not self._yard.state.confirm(asked.subscription, authenticated=authenticated):
            raise RefusedError("Invalid parameter: Invalid token", "InvalidParameter")
        self._yard.forget()
        return asked.subscription

    def unsubscribe(self, subscription: str) -> None:
        """Somebody visits a subscription's UnsubscribeURL.

        Raises:
            RefusedError: AuthorizationError; the subscription was confirmed so that this has to be signed for.
        """
        if not self._yard.state.unsubscribe(subscription):
            raise RefusedError("This subscription has to be unsubscribed with credentials.", "AuthorizationError")
        self._yard.forget()

    def _send(self, arn: str) -> None:
        yard = self._yard
        found = yard.state.subscription(arn)
        if found is None or not found.pending:
            return
        asked, token = subscriber(found, yard.state.delivery_policy(found.topic)), yard.new_token()
        now, event_id = yard.clock.now(), yard.new_id()
        self._asked[token] = _Asked(arn, found.topic, now)
        title = f"SubscriptionConfirmation for {found.endpoint}"
        yard.ledger.record(Event(event_id, "confirmation", found.topic, title, title, now))
        if yard.outside.stand_ins.server_of(found.endpoint) is None:
            # No event of anybody's: that the endpoint is not there is told once its messages are asked about.
            yard.ledger.kept_away(event_id, asked.edge, None, lambda: _ELSEWHERE, _ELSEWHERE)
            return
        delivery = yard.ledger.begin(event_id, asked.edge)
        deliver = partial(self._deliver, delivery, token, event_id, now)
        yard.agenda.soon(HandOver(yard, delivery, asked.schedule, deliver, partial(self._give_up, delivery)).attempt)

    def _deliver(self, delivery: Delivery, token: str, message_id: str, time: float) -> bool:
        yard, edge = self._yard, delivery.edge
        kind = targets.find(edge.target, yard)
        text = _envelopes.confirmation(
            edge.source, token, message_id, time, door=yard.outside.door, signing=yard.signing_of(edge.source)
        )
        headers = _envelopes.headers("SubscriptionConfirmation", message_id, edge.source, CONTENT_TYPE)
        return kind.deliver(Parcel(delivery, text, parameters={"Headers": headers}), yard)

    def _give_up(self, delivery: Delivery, given_up: GivenUp) -> None:
        failure = given_up.failure
        reason = f"{failure.reason} The subscription to {readable(delivery.edge.source)} stays unconfirmed."
        self._yard.ledger.end(delivery.number, Fate.DROPPED, failure.code, reason)
