"""What happens to a delivery that failed for good: its dead-letter queue has it, or it is dropped."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eventyard.local import targets
from eventyard.local._yard import Undeliverable
from eventyard.local.ledger import Edge, Fate, readable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from eventyard.local._yard import Yard
    from eventyard.local.authority import Refusal
    from eventyard.local.ledger import Delivery

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html: attributes are text of some length.
_LONGEST_ATTRIBUTE = 1024


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What is written where. `queue` is an ARN, or nothing where the edge has no dead-letter queue.

    `refusal` is asked whether the one who writes may not; `tags` are message attributes, without the empty ones. A FIFO
    queue keeps the message's own `group` and `deduplication` id, where it had them.
    """

    queue: str
    body: str
    refusal: Callable[[], Refusal | None]
    tags: Mapping[str, str] = field(default_factory=dict)
    group: str | None = None
    deduplication: str | None = None


def write(yard: Yard, delivery: Delivery, failure: Undeliverable, letter: DeadLetter) -> bool:
    """Write a dead letter, and enter the fate that follows; answers whether the queue has it."""
    queue = letter.queue
    if not queue:
        yard.ledger.end(delivery.number, Fate.DROPPED, failure.code, failure.reason)
        return False
    attributes = {
        name: {"DataType": "String", "StringValue": value[:_LONGEST_ATTRIBUTE]}
        for name, value in letter.tags.items()
        if value
    }
    fifo: dict[str, str] = {}
    if queue.endswith(".fifo"):
        own = delivery.event_id
        fifo = {"group": letter.group or own, "deduplication": letter.deduplication or own}
    try:
        yard.faults.strike(Edge("dead-letter", delivery.edge.source, queue))
        _find(yard, queue)
        yard.permit(delivery, letter.refusal())
        yard.queues.send(queue, letter.body, delivery=delivery, attributes=attributes, **fifo)
    except Undeliverable as worse:
        drop(yard, delivery, failure, queue, worse)
        return False
    yard.ledger.end(delivery.number, Fate.DEAD_LETTERED, failure.code, failure.reason)
    return True


def _find(yard: Yard, queue: str) -> None:
    if queue.split(":")[2:3] != ["sqs"]:
        raise Undeliverable("NOT_EMULATED", f"{queue} is no queue; eventyard writes dead letters to queues only.")
    targets.find(queue, yard)


def drop(yard: Yard, delivery: Delivery, failure: Undeliverable, queue: str, worse: Undeliverable) -> None:
    """The dead-letter queue (or destination) cannot be written to either."""
    reason = f"{failure.reason} Its dead-letter queue {readable(queue)} failed too: {worse.code}: {worse.reason}"
    yard.ledger.end(delivery.number, Fate.DROPPED, failure.code, reason)
