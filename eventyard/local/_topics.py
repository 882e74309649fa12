"""Topics: Publish, filter policies, envelopes, and the hand-over to each subscription."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from eventyard.local import _dead_letters, _envelopes, targets
from eventyard.local._dead_letters import DeadLetter
from eventyard.local._hand_over import HandOver
from eventyard.local._subscribers import subscriber as subscriber_of
from eventyard.local._yard import NotYet, Parcel, causes
from eventyard.local.ledger import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from eventyard.local._hand_over import GivenUp
    from eventyard.local._subscribers import Subscriber
    from eventyard.local._yard import Yard
    from eventyard.local.ledger import Delivery
    from eventyard.patterns import FilterPolicy

SERVICE = "sns.amazonaws.com"

_UNCONFIRMED = "while its subscription is not confirmed"
# https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html
DEDUPLICATION_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Message:
    """A message on its way through a topic. `attributes` are as SQS has them: DataType, StringValue or BinaryValue."""

    id: str
    topic: str
    text: str
    time: float
    subject: str | None = None
    attributes: Mapping[str, Mapping[str, Any]] | None = None
    structure: str | None = None
    group: str | None = None
    deduplication: str | None = None
    sequence: str = ""


class Topics:
    """All topics of the local cloud."""

    def __init__(self, yard: Yard) -> None:
        self._yard = yard
        self._subscribers: dict[str, tuple[Subscriber, ...]] = {}
        self._seen: dict[tuple[str, str], tuple[float, str]] = {}
        self._sequence = 0
        # By subscription and group of FIFO topics: what waits until the message before it is through.
        self._lines: dict[tuple[str, str], deque[Callable[[], None]]] = {}

    def forget(self) -> None:
        """Subscriptions changed."""
        self._subscribers.clear()

    def publish(self, topic: str, given: Mapping[str, Any]) -> str:
        """Publish, by someone's API call; answers the MessageId.

        A FIFO topic that had the same deduplication id within five minutes accepts the message and delivers it no more.
        """
        fifo, by_content = self._yard.state.topic_is_fifo(topic)
        deduplication = given["deduplication"]
        if fifo and by_content and not deduplication:
            # https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html: of the body, not the attributes.
            deduplication = hashlib.sha256(given["message"].encode()).hexdigest()
        message_id = self._yard.new_id()
        now = self._yard.clock.now()
        message = Message(
            id=message_id,
            topic=topic,
            text=given["message"],
            time=now,
            subject=given["subject"],
            attributes=given["attributes"],
            structure=given["structure"],
            group=given["group"],
            deduplication=deduplication,
            sequence=self._next_sequence() if fifo else "",
        )
        title = f"message {given['subject'] or _first_words(given['message'])}"
        self._yard.ledger.record(Event(message_id, "message", topic, title, given["message"], now, causes.get()))
        if fifo and (first := self._duplicate(message, now)):
            return first
        self._fan_out(message, message_id, parent=None)
        return message_id

    def pass_on(self, delivery: Delivery, topic: str, text: str, *, subject: str | None = None) -> None:
        """A rule, an alarm or a function's destination publishes: the delivery goes on, as the same event."""
        message = Message(self._yard.new_id(), topic, text, self._yard.clock.now(), subject, attributes={})
        self._fan_out(message, delivery.event_id, parent=delivery.number)

    def _next_sequence(self) -> str:
        self._sequence += 1
        return f"{10**19 + self._sequence * 1000}"

    def _duplicate(self, message: Message, now: float) -> str | None:
        # In the order of their coming, so that the old ones stand first.
        while self._seen and now - self._seen[oldest := next(iter(self._seen))][0] >= DEDUPLICATION_SECONDS:
            del self._seen[oldest]
        first = self._seen.setdefault((message.topic, message.deduplication or message.id), (now, message.id))[1]
        return None if first == message.id else first

    def _fan_out(self, message: Message, event_id: str, parent: int | None) -> None:
        self._yard.figures.published(message.topic)
        for subscriber in self._of(message.topic):
            if subscriber.subscription.pending:
                why = partial(_unconfirmed, subscriber)
                self._yard.ledger.kept_away(event_id, subscriber.edge, parent, why, _UNCONFIRMED)
                continue
            text = _for_protocol(message, subscriber.subscription.protocol)
            chosen = subscriber.filter
            if chosen and not chosen.matches(attributes=message.attributes or {}, body=text):
                why = partial(_why, chosen, message, text)
                self._yard.figures.filtered(message.topic)
                self._yard.ledger.kept_away(event_id, subscriber.edge, parent, why)
                continue
            told = message if text is message.text else replace(message, text=text)
            for start in self._yard.faults.starts(subscriber.edge):
                delivery = self._yard.ledger.begin(event_id, subscriber.edge, parent)
                self._send(_Sending(self._yard, subscriber, told, delivery), start)

    def _send(self, sending: _Sending, start: float) -> None:
        yard = self._yard
        hand_over = HandOver(yard, sending.delivery, sending.subscriber.schedule, sending.deliver, sending.give_up)
        begin = partial(yard.agenda.at, yard.clock.now() + start, hand_over.attempt)
        if not sending.message.sequence:
            begin()
            return
        # https://docs.aws.amazon.com/sns/latest/dg/fifo-topic-message-ordering.html: a group keeps its order, also
        # behind a message that is tried again.
        key = (sending.subscriber.subscription.arn, sending.message.group or "")
        hand_over.then = partial(self._next_in_line, key)
        if key in self._lines:
            self._lines[key].append(begin)
        else:
            self._lines[key] = deque()
            begin()

    def _next_in_line(self, key: tuple[str, str]) -> None:
        if self._lines[key]:
            self._lines[key].popleft()()
        else:
            del self._lines[key]

    def _of(self, topic: str) -> tuple[Subscriber, ...]:
        found = self._subscribers.get(topic)
        if found is None:
            state = self._yard.state
            policy = state.delivery_policy(topic)
            found = tuple(subscriber_of(subscription, policy) for subscription in state.subscriptions(topic))
            self._subscribers[topic] = found
        return found


@dataclass(frozen=True, slots=True)
class _Sending:
    """One message on its way to one subscription."""

    yard: Yard
    subscriber: Subscriber
    message: Message
    delivery: Delivery

    def deliver(self) -> bool:
        """Wrap, authorize and deliver; False when the target's kind ends the delivery later."""
        yard, edge = self.yard, self.subscriber.edge
        if self.subscriber.rate:
            now = yard.clock.now()
            turn = yard.outside.pacing.turn(edge.via, self.subscriber.rate, self.delivery.number, now)
            if turn > now:
                raise NotYet(turn)
        kind = targets.find(edge.target, yard)
        if edge.target.startswith("arn:"):
            role = self.subscriber.subscription.attributes.get("SubscriptionRoleArn", "")
            refusal = yard.authority.send(service=SERVICE, source=edge.source, target=edge.target, role=role)
            yard.permit(self.delivery, refusal)
        ended = kind.deliver(self._parcel(), yard)
        yard.figures.notified(edge.source)
        return ended

    def give_up(self, given_up: GivenUp) -> None:
        """Write the envelope to the subscription's dead-letter queue.

        https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
        """
        yard, source, queue = self.yard, self.subscriber.edge.source, self.subscriber.dead_letters
        letter = DeadLetter(
            queue,
            self._envelope(),
            lambda: yard.authority.send(service=SERVICE, source=source, target=queue, dead_letters=True),
            # A FIFO topic wants a FIFO queue. With which ids it writes there AWS does not say; here with the message's.
            group=self.message.group,
            deduplication=self.message.deduplication,
        )
        kept = _dead_letters.write(yard, self.delivery, given_up.failure, letter)
        yard.figures.topic_gave_up(source, dead_letters=bool(queue), kept=kept)

    def _parcel(self) -> Parcel:
        subscription, message = self.subscriber.subscription, self.message
        attributes: Mapping[str, Mapping[str, Any]] = {}
        if subscription.protocol == "lambda":
            signing = self.yard.signing_of(message.topic)
            text = _envelopes.compact(_envelopes.sns_record(message, subscription.arn, signing))
        elif self.subscriber.raw:
            text, attributes = message.text, message.attributes or {}
        elif subscription.protocol == "firehose":
            text = _envelopes.storable(message, subscription.arn)
        else:
            text = self._envelope(self.yard.outside.door if self.subscriber.is_http else "")
        return Parcel(
            self.delivery,
            text,
            parameters={"Headers": self._headers()} if self.subscriber.is_http else {},
            attributes={} if self.subscriber.is_http else attributes,
            group=message.group,
            deduplication=message.deduplication,
        )

    def _headers(self) -> dict[str, str]:
        subscriber, message = self.subscriber, self.message
        found = _envelopes.headers(
            "Notification", message.id, message.topic, subscriber.content_type, subscriber.subscription.arn
        )
        return found | ({"x-amz-sns-rawdelivery": "true"} if subscriber.raw else {})

    def _envelope(self, door: str = "") -> str:
        signing = self.yard.signing_of(self.message.topic)
        return _envelopes.notification(self.message, self.subscriber.subscription.arn, signing, door)


def _unconfirmed(subscriber: Subscriber) -> str:
    if subscriber.is_http:
        sent = "its endpoint has to visit the SubscribeURL that it was sent"
        return f"{_UNCONFIRMED}: {sent}, and one outside of this machine needs a stand-in (cloud.stand_in)"
    return f"{_UNCONFIRMED}: somebody has to follow the link in a mail, and no mail leaves this machine"


def _why(chosen: FilterPolicy, message: Message, text: str) -> str:
    return f"its filter: {chosen.explain(attributes=message.attributes or {}, body=text)}"


def _for_protocol(message: Message, protocol: str) -> str:
    if message.structure != "json":
        return message.text
    choices = json.loads(message.text)
    return str(choices.get(protocol, choices["default"]))


def _first_words(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}..."  # noqa: PLR2004  # what fits a line of a story
