"""Buses: PutEvents, validation, matching, and the hand-over to each matching rule's targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eventyard.errors import TransformError
from eventyard.local import _dead_letters, _entries, _envelopes, targets
from eventyard.local._bus_logs import BusLogs, Invocation
from eventyard.local._dead_letters import DeadLetter
from eventyard.local._hand_over import HandOver
from eventyard.local._routes import routes_of
from eventyard.local._yard import Parcel, Undeliverable, causes
from eventyard.local.ledger import Edge, Event, Fate, readable
from eventyard.local.moto_seam import Arn, RefusedError
from eventyard.transforms import transform

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from eventyard.local._hand_over import GivenUp
    from eventyard.local._routes import Route, Routes, Target
    from eventyard.local._yard import Yard
    from eventyard.local.ledger import Cause, Delivery
    from eventyard.local.moto_seam import Archive

SERVICE = "events.amazonaws.com"


class Buses:
    """All buses of the local cloud."""

    def __init__(self, yard: Yard) -> None:
        self._yard = yard
        self._routes: dict[str, Routes] = {}
        self._logs = BusLogs(yard)

    def forget(self) -> None:
        """Rules changed."""
        self._routes.clear()
        self._logs.forget()

    def put_events(self, account: str, region: str, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """PutEvents, entry by entry, each at its own position of the answer.

        https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html

        Raises:
            RefusedError: the request as a whole is refused.
        """
        if reason := _entries.whole(entries):
            raise RefusedError(reason)
        return [
            _entries.refusal(entry, region) or {"EventId": self.put(entry, account, region, causes.get())}
            for entry in entries
        ]

    def put(self, entry: dict[str, Any], account: str, region: str, led_by: tuple[Cause, ...]) -> str:
        """One valid entry of PutEvents, by an account's client of a Region; answers the EventId."""
        yard = self._yard
        event_id = yard.new_id()
        name = entry.get("EventBusName") or "default"
        bus = name if name.startswith("arn:") else f"arn:aws:events:{region}:{account}:event-bus/{name}"
        event = _envelopes.event(entry, event_id, account, Arn.parse(bus).region, yard.clock.now())
        title = f"{event['detail-type']} from {event['source']}"
        content = _envelopes.compact(event)
        yard.ledger.record(Event(event_id, "event", bus, title, content, yard.clock.now(), led_by))
        if yard.state.bus_exists(bus):
            if self._readable(bus, event, account):
                self._match(bus, event, parent=None, forwarded=False)
        else:
            # "PutEvents to a bus that does not exist is accepted with an EventId, and the event is gone."
            delivery = yard.ledger.begin(event_id, Edge("put→events", account, bus))
            yard.ledger.attempted(delivery.number, "NO_RESOURCE", f"there is no bus {bus}.")
            yard.ledger.end(delivery.number, Fate.DROPPED, "NO_RESOURCE", f"there is no bus {bus}.")
        return event_id

    def _readable(self, bus: str, event: Mapping[str, Any], account: str, parent: int | None = None) -> bool:
        """Whether EventBridge may use the bus's own key; if not, the bus's dead-letter queue has the event.

        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-dlq.html
        """
        yard, log = self._yard, self._logs.of(bus)
        if log:
            log.received(event, account)
        refusal = yard.authority.bus_key(bus)
        if log and not (refusal and yard.authority.enforce):
            log.ingested(event, account)
        if refusal is None:
            return True
        delivery = yard.ledger.begin(event["id"], Edge("put→events", account, bus), parent)
        try:
            yard.permit(delivery, refusal)
        except Undeliverable as failure:
            yard.ledger.attempted(delivery.number, failure.code, failure.reason)
            if log:
                log.ingested(event, account, failure.reason)
            queue = yard.state.bus_dead_letters(bus)
            letter = DeadLetter(
                queue,
                _envelopes.compact(event),
                lambda: yard.authority.send(service=SERVICE, source=bus, target=queue, dead_letters=True),
                {"EVENT_BUS_ARN": bus, "ERROR_CODE": failure.code, "ERROR_MESSAGE": failure.reason},
            )
            _dead_letters.write(yard, delivery, failure, letter)
            return False
        yard.delivered(delivery)
        return True

    def forward(self, parcel: Parcel) -> None:
        """An event arrives from another bus, with its id and its time. The key of this bus is this bus's affair."""
        event = dict(parcel.event or {})
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html: account and region stay the
        # sender's.
        account, parent = Arn.parse(parcel.delivery.edge.source).account, parcel.delivery.number
        if self._readable(parcel.target, event, account, parent):
            self._match(parcel.target, event, parent=parent, forwarded=True)

    def replay(self, name: str, bus: str, events: Iterable[Mapping[str, Any]], rules: Collection[str]) -> None:
        """A replay hands archived events to the bus's rules, or to those it names (by ARN). They are the same events.

        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-replay-archived-event.html: a `replay-name` tells
        them from the first time, and keeps them out of archives.
        """
        for archived in events:
            event = {**archived, "replay-name": name}
            for route in self._of(bus).matching(event):
                if not rules or route.rule.arn in rules:
                    self._hand_over(route, event, bus, parent=None, forwarded=False)

    def tick(self, rule: str, bus: str) -> None:
        """A schedule's moment has come: its rule's targets get an event of AWS's own, and no other rule does.

        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
        """
        route = self._of(bus).rules.get(rule)
        if route is None:
            return
        yard, arn = self._yard, Arn.parse(bus)
        entry = {"Source": "aws.events", "DetailType": "Scheduled Event", "Detail": "{}", "Resources": [rule]}
        event = _envelopes.event(entry, yard.new_id(), arn.account, arn.region, yard.clock.now())
        title = f"Scheduled Event of {readable(rule)}"
        content = _envelopes.compact(event)
        yard.ledger.record(Event(event["id"], "schedule", bus, title, content, yard.clock.now()))
        self._hand_over(route, event, bus, parent=None, forwarded=False)

    def unmatched(self, event: Event, to: str) -> Iterator[str]:
        """Why the rules with a target whose ARN contains `to` do not match an event that was put on their bus."""
        if event.kind != "event" or not self._yard.state.bus_exists(event.to):
            return
        routes = self._of(event.to)
        wanted = {arn for arn, route in routes.rules.items() if any(to in t.edge.target for t in route.targets)}
        for name in wanted & set(routes.patterns) - routes.patterns.match(event.content):
            yield f"{readable(name)}: {routes.patterns.why(name, event.content)}"

    def _match(self, bus: str, event: dict[str, Any], *, parent: int | None, forwarded: bool) -> None:
        routes = self._of(bus)
        for archive, kept in routes.archives:
            if kept is None or kept.matches(event):
                self._archive(archive, bus, event, parent)
        matching, log = routes.matching(event), self._logs.of(bus)
        if log and not matching:
            log.unmatched(event)
        for route in matching:
            self._hand_over(route, event, bus, parent=parent, forwarded=forwarded)

    def _archive(self, archive: Archive, bus: str, event: dict[str, Any], parent: int | None) -> None:
        yard = self._yard
        delivery = yard.ledger.begin(event["id"], Edge("events→archive", bus, archive.arn), parent)
        try:
            yard.faults.strike(delivery.edge)
            yard.permit(delivery, yard.authority.archive_key(archive.arn))
        except Undeliverable as failure:
            yard.ledger.attempted(delivery.number, failure.code, failure.reason)
            yard.ledger.end(delivery.number, Fate.DROPPED, failure.code, failure.reason)
            return
        yard.state.keep(archive, event)
        yard.delivered(delivery)

    def _of(self, bus: str) -> Routes:
        routes = self._routes.get(bus)
        if routes is None:
            routes = self._routes[bus] = routes_of(bus, self._yard.state)
        return routes

    def _hand_over(self, route: Route, event: dict[str, Any], bus: str, *, parent: int | None, forwarded: bool) -> None:
        yard, log = self._yard, self._logs.of(bus)
        if log:
            log.matched(event, route.rule)
        yard.figures.matched(route.rule.arn)
        for target in route.targets:
            for start in yard.faults.starts(target.edge):
                delivery = yard.ledger.begin(event["id"], target.edge, parent)
                invocation = (
                    Invocation(log, event["id"], route.rule.arn, target.edge.target, target.role) if log else None
                )
                sending = _Sending(yard, target, event, delivery, forwarded, invocation)
                told = invocation.attempted if invocation else None
                hand_over = HandOver(yard, delivery, target.schedule, sending.deliver, sending.give_up, told)
                yard.agenda.at(yard.clock.now() + start, hand_over.attempt)


@dataclass(frozen=True, slots=True)
class _Sending:
    """One event on its way to one target."""

    yard: Yard
    target: Target
    event: dict[str, Any]
    delivery: Delivery
    forwarded: bool
    invocation: Invocation | None

    def deliver(self) -> bool:
        """Transform, authorize and deliver; False when the target's kind ends the delivery later."""
        yard, target = self.yard, self.target
        self._refuse_third_hop()
        kind = targets.find(target.edge.target, yard)
        text = self._text()
        refusal = yard.authority.send(
            service=SERVICE,
            source=target.rule.arn,
            target=target.edge.target,
            role=target.role,
            context={"events:source": self.event["source"], "events:detail-type": self.event["detail-type"]}
            if target.edge.kind == "rule→events"
            else None,
        )
        yard.permit(self.delivery, refusal)
        ended = kind.deliver(Parcel(self.delivery, text, event=self.event, parameters=target.parameters), yard)
        yard.figures.invoked(target.rule.arn)
        return ended

    def _refuse_third_hop(self) -> None:
        edge = self.delivery.edge
        if self.forwarded and edge.kind == "rule→events":
            raise Undeliverable(
                "THIRD_ACCOUNT_HOP_DETECTED",
                "an event that came from another bus is not sent on to a further one: "
                f"{readable(edge.source)} → {readable(edge.target)}.",
            )

    def _text(self) -> str:
        rule = self.target.rule
        try:
            return transform(
                self.target.parameters,
                self.event,
                rule_arn=rule.arn,
                rule_name=rule.name,
                ingestion_time=_envelopes.seconds(self.yard.clock.now()),
            )
        except TransformError as error:
            raise Undeliverable("INVALID_JSON", str(error)) from None

    def give_up(self, given_up: GivenUp) -> None:
        """Write to the target's dead-letter queue, with AWS's attributes.

        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
        """
        yard, target, failure = self.yard, self.target, given_up.failure
        tags = {
            "RULE_ARN": target.rule.arn,
            "TARGET_ARN": target.edge.target,
            "ERROR_CODE": failure.code,
            "ERROR_MESSAGE": failure.reason,
            "EXHAUSTED_RETRY_CONDITION": given_up.condition,
            "RETRY_ATTEMPTS": str(given_up.retries),
        }
        letter = DeadLetter(
            target.dead_letters,
            _envelopes.compact(self.event),
            lambda: yard.authority.send(
                service=SERVICE, source=target.rule.arn, target=target.dead_letters, dead_letters=True
            ),
            tags,
        )
        kept = _dead_letters.write(yard, self.delivery, failure, letter)
        if self.invocation is not None:
            self.invocation.given_up(given_up, dead_lettered=kept)
        yard.figures.rule_gave_up(target.rule.arn, dead_letters=bool(target.dead_letters), kept=kept)
