"""Buses: PutEvents, validation, matching, and the hand-over to each matching rule's targets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from eventyard.errors import TransformError
from eventyard.local import _entries, _envelopes
from eventyard.local._ledger import Edge, Event, Fate
from eventyard.local._yard import Parcel, Undeliverable, causes
from eventyard.local.moto_seam import Archive, Arn, RefusedError, Rule
from eventyard.local.targets import kind_of
from eventyard.patterns import EventPattern, PatternSet
from eventyard.transforms import transform

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from eventyard.local._ledger import Delivery
    from eventyard.local._yard import Yard


@dataclass(frozen=True, slots=True)
class _Routes:
    """What a bus does with an event, worked out once until a rule changes."""

    rules: Mapping[str, tuple[int, Rule]]
    patterns: PatternSet
    archives: tuple[tuple[Archive, EventPattern | None], ...]

    def matching(self, event: Mapping[str, Any]) -> list[Rule]:
        """The rules that want an event, in the bus's order."""
        return [rule for _, rule in sorted(map(self.rules.__getitem__, self.patterns.match(event)), key=itemgetter(0))]


class Buses:
    """All buses of the local cloud."""

    def __init__(self, yard: Yard) -> None:
        self._yard = yard
        self._routes: dict[str, _Routes] = {}

    def forget(self) -> None:
        """Rules changed."""
        self._routes.clear()

    def put_events(self, account: str, region: str, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """PutEvents, entry by entry, each at its own position of the answer.

        https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html

        Raises:
            RefusedError: the request as a whole is refused.
        """
        if reason := _entries.whole(entries):
            raise RefusedError(reason)
        return [_entries.refusal(entry) or {"EventId": self._accept(account, region, entry)} for entry in entries]

    def _accept(self, account: str, region: str, entry: dict[str, Any]) -> str:
        yard = self._yard
        event_id = yard.new_id()
        name = entry.get("EventBusName") or "default"
        bus = name if name.startswith("arn:") else f"arn:aws:events:{region}:{account}:event-bus/{name}"
        event = _envelopes.event(entry, event_id, account, Arn.parse(bus).region, yard.clock.now())
        title = f"{event['detail-type']} from {event['source']}"
        content = _envelopes.compact(event)
        yard.ledger.record(Event(event_id, "event", bus, title, content, yard.clock.now(), causes.get()))
        if yard.state.bus_exists(bus):
            self._match(bus, event, parent=None, forwarded=False)
        else:
            # "PutEvents to a bus that does not exist is accepted with an EventId, and the event is gone."
            delivery = yard.ledger.begin(event_id, Edge("put→events", account, bus))
            yard.ledger.attempted(delivery.number, "NO_RESOURCE", f"there is no bus {bus}.")
            yard.ledger.end(delivery.number, Fate.DROPPED, "NO_RESOURCE", f"there is no bus {bus}.")
        return event_id

    def forward(self, parcel: Parcel) -> None:
        """An event arrives from another bus, with its id and its time."""
        event = dict(parcel.event or {})
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html: account and region stay the
        # sender's.
        self._match(parcel.target, event, parent=parcel.delivery.number, forwarded=True)

    def replay(self, name: str, bus: str, events: Iterable[Mapping[str, Any]], rules: Collection[str]) -> None:
        """A replay hands archived events to the bus's rules, or to those it names (by ARN). They are the same events.

        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-replay-archived-event.html: a `replay-name` tells
        them from the first time, and keeps them out of archives.
        """
        for archived in events:
            event = {**archived, "replay-name": name}
            for rule in self._of(bus).matching(event):
                if not rules or rule.arn in rules:
                    self._hand_over(rule, event, parent=None, forwarded=False)

    def _match(self, bus: str, event: dict[str, Any], *, parent: int | None, forwarded: bool) -> None:
        routes = self._of(bus)
        for archive, kept in routes.archives:
            if kept is None or kept.matches(event):
                delivery = self._yard.ledger.begin(event["id"], Edge("events→archive", bus, archive.arn), parent)
                self._yard.state.keep(archive, event)
                self._yard.delivered(delivery)
        for rule in routes.matching(event):
            self._hand_over(rule, event, parent=parent, forwarded=forwarded)

    def _of(self, bus: str) -> _Routes:
        routes = self._routes.get(bus)
        if routes is None:
            state = self._yard.state
            rules = [rule for rule in state.rules(bus) if rule.pattern is not None]
            routes = _Routes(
                {rule.arn: (position, rule) for position, rule in enumerate(rules)},
                PatternSet({rule.arn: rule.pattern or "" for rule in rules}),
                tuple((a, EventPattern.parse(a.pattern) if a.pattern else None) for a in state.archives(bus)),
            )
            self._routes[bus] = routes
        return routes

    def _hand_over(self, rule: Rule, event: dict[str, Any], *, parent: int | None, forwarded: bool) -> None:
        for target in rule.targets:
            arn = target["Arn"]
            edge = Edge(f"rule→{Arn.parse(arn).service}", rule.arn, arn)
            delivery = self._yard.ledger.begin(event["id"], edge, parent)
            attempt = _Attempt(self._yard, rule, target, event, delivery, forwarded)
            self._yard.agenda.soon(attempt.make)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One event, one rule, one target."""

    yard: Yard
    rule: Rule
    target: Mapping[str, Any]
    event: dict[str, Any]
    delivery: Delivery
    forwarded: bool

    def make(self) -> None:
        """Transform and deliver, or do what a failure asks for."""
        parcel = Parcel(self.delivery, "", event=self.event, parameters=self.target)
        try:
            self._refuse_third_hop()
            parcel = replace(parcel, text=self._text())
            ended_later = not kind_of(parcel.target).deliver(parcel, self.yard)
        except Undeliverable as failure:
            self._fail(failure)
        else:
            if not ended_later:
                self.yard.delivered(self.delivery)

    def _refuse_third_hop(self) -> None:
        if self.forwarded and self.delivery.edge.kind == "rule→events":
            raise Undeliverable(
                "THIRD_ACCOUNT_HOP_DETECTED", "an event that came from another bus is not sent on to a further one."
            )

    def _text(self) -> str:
        try:
            return transform(
                self.target,
                self.event,
                rule_arn=self.rule.arn,
                rule_name=self.rule.name,
                ingestion_time=_envelopes.seconds(self.yard.clock.now()),
            )
        except TransformError as error:
            raise Undeliverable("INVALID_JSON", str(error)) from None

    def _fail(self, failure: Undeliverable) -> None:
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
        self.yard.ledger.attempted(self.delivery.number, failure.code, failure.reason)
        self.yard.failed(
            self.delivery,
            failure,
            self.target.get("DeadLetterConfig", {}).get("Arn", ""),
            _envelopes.compact(self.event),
            RULE_ARN=self.rule.arn,
            TARGET_ARN=self.target["Arn"],
            ERROR_CODE=failure.code,
            ERROR_MESSAGE=failure.reason,
        )
