"""What the boxes on an event's path share, and what passes between them."""

from __future__ import annotations

import random
import uuid
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eventyard.local._ledger import Fate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local._agenda import Agenda
    from eventyard.local._buses import Buses
    from eventyard.local._clock import VirtualClock
    from eventyard.local._functions import Functions
    from eventyard.local._ledger import Delivery, Ledger
    from eventyard.local._queues import Queues
    from eventyard.local._topics import Topics
    from eventyard.local.moto_seam import MotoState

# The events whose handling is going on in this thread: what is published now was caused by them.
causes: ContextVar[tuple[str, ...]] = ContextVar("causes", default=())
# The trace of the invocation whose SDK call is answered in this thread; empty outside of such a call.
caller: ContextVar[str] = ContextVar("caller", default="")


class Undeliverable(Exception):  # noqa: N818  # it is no error of ours: it is what AWS would answer
    """A hand-over that AWS would refuse. `code` is its error code where AWS has one."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is handed to a target.

    `text` is what the target receives, `event` the whole event where the edge starts at a bus (what a dead-letter queue
    keeps), `parameters` the rule's target or the subscription's attributes, `attributes` SQS message attributes.
    """

    delivery: Delivery
    text: str
    event: Mapping[str, Any] | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    group: str | None = None
    deduplication: str | None = None

    @property
    def target(self) -> str:
        """The target's ARN, or its URL."""
        return self.delivery.edge.target


@dataclass(slots=True)
class Yard:
    """The boxes, each of which knows the others through it. Made once a cloud."""

    clock: VirtualClock
    agenda: Agenda
    ledger: Ledger
    state: MotoState
    seed: int
    buses: Buses = field(init=False)
    topics: Topics = field(init=False)
    queues: Queues = field(init=False)
    functions: Functions = field(init=False)
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """Ids follow from the seed."""
        self._random = random.Random(self.seed)  # noqa: S311  # ids that are alike in every run, no secrets

    def new_id(self) -> str:
        """A UUID, the same sequence for the same seed."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def forget(self) -> None:
        """Whatever is derived from rules, subscriptions, mappings and functions is derived anew."""
        for box in (self.buses, self.topics, self.queues, self.functions):
            box.forget()

    def delivered(self, delivery: Delivery, note: str = "", log: str = "") -> None:
        """The last attempt went well, and that is the delivery's fate."""
        self.ledger.attempted(delivery.number, log=log)
        self.ledger.end(delivery.number, Fate.DELIVERED, reason=note)

    def failed(self, delivery: Delivery, failure: Undeliverable, dead_letters: str, body: str, **tags: str) -> None:
        """Write to the edge's dead-letter queue (an ARN, or nothing), and enter the fate that follows."""
        if not dead_letters:
            self.ledger.end(delivery.number, Fate.DROPPED, failure.code, failure.reason)
            return
        attributes = {name: {"DataType": "String", "StringValue": value} for name, value in tags.items() if value}
        group = delivery.event_id if dead_letters.endswith(".fifo") else None
        try:
            self.queues.send(dead_letters, body, delivery=delivery, attributes=attributes, group=group)
        except Undeliverable as worse:
            reason = f"{failure.reason} Its dead-letter queue failed too: {worse.reason}"
            self.ledger.end(delivery.number, Fate.DROPPED, failure.code, reason)
        else:
            self.ledger.end(delivery.number, Fate.DEAD_LETTERED, failure.code, failure.reason)
