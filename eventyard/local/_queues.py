"""Queues: what is sent into them, and the pollers that carry their messages to functions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventyard.local import _envelopes
from eventyard.local._hand_over import looping
from eventyard.local._yard import Undeliverable, causes
from eventyard.local.ledger import Cause, Edge, Event, Fate
from eventyard.local.messages import Departure
from eventyard.local.moto_seam import Carried, NoSuchQueueError
from eventyard.patterns import SourceFilter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local._yard import Yard
    from eventyard.local.ledger import Delivery
    from eventyard.local.moto_seam import Received, SourceMapping


class Queues:
    """All queues of the local cloud."""

    def __init__(self, yard: Yard) -> None:
        self._yard = yard
        self._under_way: dict[tuple[str, str], Delivery] = {}
        self._polls: dict[str, float] = {}
        self._filters: dict[str, SourceFilter] = {}
        self._mappings: dict[str, list[SourceMapping]] = {}

    def forget(self) -> None:
        """Mappings changed."""
        self._filters.clear()
        self._mappings.clear()

    def send(
        self,
        queue: str,
        body: str,
        *,
        delivery: Delivery,
        attributes: Mapping[str, Mapping[str, Any]],
        group: str | None = None,
        deduplication: str | None = None,
    ) -> bool:
        """Put a message into a queue for a delivery; False when a FIFO queue had it within five minutes.

        Raises:
            Undeliverable: no such queue, or a FIFO queue without a group.
        """
        carried = Carried(delivery.event_id, delivery.number)
        self._yard.figures.sent(queue)
        try:
            if queue.endswith(".fifo"):
                self.check_fifo(queue, group, deduplication)
            return self._yard.state.send(
                queue,
                body,
                attributes=attributes,
                group=group,
                deduplication=deduplication,
                carried=carried,
            )
        except NoSuchQueueError:
            raise Undeliverable("NO_RESOURCE", f"there is no queue {queue}.") from None

    def check_fifo(self, queue: str, group: str | None, deduplication: str | None) -> None:
        """Refuse what a FIFO queue refuses.

        Raises:
            Undeliverable: the message has no group, or nothing to tell it from a duplicate.
        """
        # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
        if not group:
            raise Undeliverable("SDK_CLIENT_ERROR", f"{queue} is a FIFO queue, and the message has no group id.")
        if not deduplication and not self._yard.state.deduplicates_by_content(queue):
            raise Undeliverable(
                "SDK_CLIENT_ERROR",
                f"{queue} does not deduplicate by content, and the message has no deduplication id.",
            )

    def received_from_outside(self, queue: str, message_id: str, body: str) -> Carried:
        """Someone's SendMessage: it is an event of its own, published straight to the queue."""
        title = "message sent to the queue"
        self._yard.ledger.record(
            Event(message_id, "sqs", queue, title, body, self._yard.clock.now(), causes.get()),
        )
        self._yard.figures.sent(queue)
        return Carried(message_id, None)

    def waits(self, queue: str) -> None:
        """A queue has a message more: its functions, if any, are to be polled for."""
        for mapping in self._mappings_of(queue):
            self._poll_when_full(mapping)

    def redriven(self, message_id: str, source: str, target: str) -> None:
        """A message was received too often, and is in the dead-letter queue now."""
        delivery = self._under_way.pop((source, message_id), None)
        if delivery is not None:
            code, reason = self._yard.ledger.last_attempt(delivery.number)
            reason = f"{reason.removesuffix('.')}. It is in {target} now."
            self._yard.ledger.end(delivery.number, Fate.DEAD_LETTERED, code, reason)

    def departed(self, queue: str, message_id: str, why: Departure, target: str) -> None:
        """A queue holds a message no longer: the delivery that waited for it, if any, has its fate."""
        if why is Departure.DELETED:
            self._yard.figures.deleted(queue)
        delivery = self._under_way.pop((queue, message_id), None)
        if delivery is not None:
            fate, code, reason = _FATES[why]
            self._yard.ledger.end(delivery.number, fate, code, reason.format(target=target))

    def _mappings_of(self, queue: str) -> list[SourceMapping]:
        found = self._mappings.get(queue)
        if found is None:
            state = self._yard.state
            found = self._mappings[queue] = [*state.mappings(queue), *state.piped(queue)]
        return found

    def _poll_when_full(self, mapping: SourceMapping) -> None:
        """When a batch is full, or its window is over: whichever comes first.

        https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html#invocation-eventsourcemapping-batching
        """
        now, window = self._yard.clock.now(), mapping.window
        full = window and self._yard.state.visible(mapping.queue, mapping.batch_size) >= mapping.batch_size
        self._poll_at(mapping, now if full else now + window)

    def _poll_at(self, mapping: SourceMapping, moment: float) -> None:
        planned = self._polls.get(mapping.uuid)
        if planned is not None and planned <= moment:
            return
        self._polls[mapping.uuid] = moment

        def poll() -> None:
            # One that was planned for earlier meanwhile has taken this one's place.
            if self._polls.get(mapping.uuid) == moment:
                del self._polls[mapping.uuid]
                if mapping in self._mappings_of(mapping.queue):
                    self._poll(mapping)

        self._yard.agenda.at(moment, poll, poll=True)

    def _poll(self, mapping: SourceMapping) -> None:
        if not self._may_poll(mapping):
            return
        try:
            batch = self._yard.state.receive(mapping.queue, mapping.batch_size)
        except NoSuchQueueError:
            return
        wanted = [received for received in batch if self._wanted(mapping, received)]
        if wanted:
            self._hand_over(mapping, wanted)
        if batch and self._yard.state.visible(mapping.queue, 1):
            self._poll_when_full(mapping)
        elif (moment := self._yard.state.next_visible(mapping.queue, self._yard.clock.now())) is not None:
            self._poll_at(mapping, moment)

    def _may_poll(self, mapping: SourceMapping) -> bool:
        if _is_pipe(mapping):
            return self._yard.pipes.may_poll(mapping.function)
        function = self._yard.functions.deployed(mapping.function)
        if function is None or not self._yard.authority.enforce:
            return True
        return self._yard.authority.poll(role=function.role, queue=mapping.queue) is None

    def _wanted(self, mapping: SourceMapping, received: Received) -> bool:
        """Whether the mapping's filters let a message through; Lambda deletes the others.

        https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html
        """
        if not mapping.filters:
            return True
        chosen = self._filters.get(mapping.uuid)
        if chosen is None:
            criteria = {"Filters": [{"Pattern": text} for text in mapping.filters]}
            chosen = self._filters[mapping.uuid] = SourceFilter.parse(criteria, source="sqs")
        if chosen.matches(_envelopes.sqs_record(received, mapping.queue)):
            return True
        self._yard.state.delete(mapping.queue, received.receipt)
        carried = received.carried or Carried(received.id, None)
        filters = f"none of its filters matches: {', '.join(mapping.filters)}"
        self._yard.ledger.kept_away(carried.event_id, edge_of(mapping), carried.parent, lambda: filters)
        return False

    def _hand_over(self, mapping: SourceMapping, batch: list[Received]) -> None:
        yard, edge = self._yard, edge_of(mapping)
        for received in batch:
            key = (mapping.queue, received.id)
            if key not in self._under_way:
                carried = received.carried or Carried(received.id, None)
                self._under_way[key] = yard.ledger.begin(carried.event_id, edge, carried.parent)
        batch = [received for received in batch if not self._stopped(mapping, received)]
        if not batch:
            return
        records = [_envelopes.sqs_record(received, mapping.queue) for received in batch]
        under_way = [self._under_way[mapping.queue, received.id] for received in batch]
        handling = tuple(Cause(delivery.event_id, delivery.number) for delivery in under_way)
        if _is_pipe(mapping):
            outcome = yard.pipes.take(mapping.function, records, under_way)
        else:
            payload = _envelopes.compact({"Records": records}).encode()
            outcome = yard.functions.invoke(mapping.function, payload, handling)
        failed = _failed_ids(outcome.payload, batch) if mapping.partial and not outcome.error else set[str]()
        for received in batch:
            # In a served cloud, whose time does not wait for functions, another one may have it done by now.
            delivery = self._under_way.get((mapping.queue, received.id))
            if delivery is None:
                continue
            if outcome.error:
                yard.ledger.attempted(delivery.number, outcome.error, outcome.reason, outcome.log)
            elif received.id in failed:
                reason = "the function reported this message as failed (batchItemFailures)."
                yard.ledger.attempted(delivery.number, "BatchItemFailure", reason, outcome.log)
            else:
                del self._under_way[mapping.queue, received.id]
                yard.state.delete(mapping.queue, received.receipt)
                yard.delivered(delivery, log=outcome.log)

    def _stopped(self, mapping: SourceMapping, received: Received) -> bool:
        """Whether a message goes round in a loop, and is thrown away.

        https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
        """
        delivery = self._under_way[mapping.queue, received.id]
        if not delivery.cycle:
            return False
        failure = looping(delivery)
        del self._under_way[mapping.queue, received.id]
        self._yard.state.delete(mapping.queue, received.receipt)
        self._yard.ledger.attempted(delivery.number, failure.code, failure.reason)
        self._yard.ledger.end(delivery.number, Fate.DROPPED, failure.code, failure.reason)
        return True


_FATES = {
    Departure.DELETED: (Fate.DELIVERED, "", "another consumer deleted it."),
    Departure.EXPIRED: (
        Fate.DROPPED,
        "RetentionPeriod",
        "the queue's retention period is over, and it has no dead-letter queue that took the message.",
    ),
    Departure.PURGED: (Fate.DROPPED, "Purged", "the queue was purged, or deleted with its messages."),
    Departure.MOVED: (Fate.DEAD_LETTERED, "MessageMoveTask", "a message move task took it to {target}."),
}


def _is_pipe(mapping: SourceMapping) -> bool:
    return ":pipes:" in mapping.function


def edge_of(mapping: SourceMapping) -> Edge:
    """The edge from a queue to the function or pipe that is mapped to it."""
    return Edge("sqs→pipes" if _is_pipe(mapping) else "sqs→lambda", mapping.queue, mapping.function, mapping.uuid)


def _failed_ids(payload: bytes, batch: list[Received]) -> set[str]:
    """Which messages the function reports as failed; an answer that makes no sense means all of them.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
    """
    ids = {received.id for received in batch}
    try:
        answer = json.loads(payload or b"null")
        if answer is None or not answer:
            return set()
        failures = answer.get("batchItemFailures")
        reported = {failure["itemIdentifier"] for failure in failures or ()}
    except (ValueError, AttributeError, KeyError, TypeError):
        return ids
    return reported if reported.issubset(ids) else ids
