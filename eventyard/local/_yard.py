"""What the boxes on an event's path share, and what passes between them."""

from __future__ import annotations

import random
import uuid
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eventyard.local._envelopes import Signing
from eventyard.local.ledger import Fate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local._agenda import Agenda
    from eventyard.local._buses import Buses
    from eventyard.local._clock import Clock
    from eventyard.local._confirmations import Confirmations
    from eventyard.local._faults import Faults
    from eventyard.local._functions import Functions
    from eventyard.local._queues import Queues
    from eventyard.local._signatures import Signatures
    from eventyard.local._ticks import Ticks
    from eventyard.local._topics import Topics
    from eventyard.local._turn import Alone
    from eventyard.local.alarms import Alarms, Figures, Metrics
    from eventyard.local.authority import Authority, Refusal
    from eventyard.local.ledger import Cause, Delivery, Ledger
    from eventyard.local.moto_seam import MotoState
    from eventyard.local.outside import Outside
    from eventyard.local.pipes import Pipes
    from eventyard.local.streams import Streams

# The deliveries whose handling is going on in this thread: what is published now was caused by them.
causes: ContextVar[tuple[Cause, ...]] = ContextVar("causes", default=())
# The trace of the invocation whose SDK call is answered in this thread; empty outside of such a call.
caller: ContextVar[str] = ContextVar("caller", default="")


_TOKEN_BITS = 1_024


class Undeliverable(Exception):  # noqa: N818  # it is no error of ours: it is what AWS would answer
    """A hand-over that AWS would refuse.

    Args:
        code: AWS's error code, where it has one.
        reason: A sentence.
        passes: Whether it may go well later, so that AWS tries again.
        until: Until when it certainly does not (seconds since the epoch).
        after: Before when the target wants no other try (seconds since the epoch).
    """

    def __init__(self, code: str, reason: str, *, passes: bool = False, until: float = 0.0, after: float = 0.0) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason
        self.passes = passes
        self.until = until
        self.after = after


class NotYet(Exception):  # noqa: N818  # it is no error: a hand-over that waits for its turn
    """A hand-over whose turn comes later; nothing was tried. `turn` is in seconds since the epoch."""

    def __init__(self, turn: float) -> None:
        super().__init__(turn)
        self.turn = turn


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

    clock: Clock
    agenda: Agenda
    ledger: Ledger
    state: MotoState
    faults: Faults
    authority: Authority
    outside: Outside
    signatures: Signatures
    turn: Alone
    seed: int
    buses: Buses = field(init=False)
    topics: Topics = field(init=False)
    confirmations: Confirmations = field(init=False)
    queues: Queues = field(init=False)
    functions: Functions = field(init=False)
    streams: Streams = field(init=False)
    pipes: Pipes = field(init=False)
    ticks: Ticks = field(init=False)
    alarms: Alarms = field(init=False)
    metrics: Metrics = field(init=False)
    figures: Figures = field(init=False)
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """Ids follow from the seed."""
        # Not the seed alone: moto's own ids, of messages in queues say, follow from that, and would be the same ones.
        self._random = random.Random(f"ids/{self.seed}")  # noqa: S311  # ids that are alike in every run, no secrets

    def new_id(self) -> str:
        """A UUID, the same sequence for the same seed."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def new_token(self) -> str:
        """Hexadecimal digits, as many as SNS has in a token that confirms a subscription."""
        return f"{self._random.getrandbits(_TOKEN_BITS):0{_TOKEN_BITS // 4}x}"

    def signing_of(self, topic: str) -> Signing:
        """How the messages of a topic (an ARN) are signed."""
        return Signing(self.signatures, self.state.signature_version(topic))

    def forget(self) -> None:
        """Whatever is derived from rules, subscriptions, mappings and functions is derived anew."""
        for box in (self.buses, self.topics, self.queues, self.functions, self.ticks):
            box.forget()

    def delivered(self, delivery: Delivery, note: str = "", log: str = "") -> None:
        """The last attempt went well, and that is the delivery's fate."""
        self.ledger.attempted(delivery.number, log=log)
        self.ledger.end(delivery.number, Fate.DELIVERED, reason=note)

    def permit(self, delivery: Delivery, refusal: Refusal | None) -> None:
        """Let a hand-over pass that is not refused, or where permissions are not enforced; the ledger says so then.

        Raises:
            Undeliverable: it is refused.
        """
        if refusal is None:
            return
        if self.authority.enforce:
            raise Undeliverable(refusal.code, refusal.reason)
        self.ledger.unenforced(delivery.number, f"{refusal.code}: {refusal.reason}")
