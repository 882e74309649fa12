"""What the ledger holds, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Fate(StrEnum):
    """How a delivery ended; `PENDING` until it has."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD_LETTERED = "dead-lettered"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Edge:
    """One hand-over. `source` and `target` are ARNs; `via` is the subscription or mapping that makes it, if any.

    `kind` is `rule→sqs`, `sns→lambda`, `sqs→lambda` and so on: the two services' names in ARNs, a rule being `rule`.
    """

    kind: str
    source: str
    target: str
    via: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: `time` in seconds since the epoch, `code` and `reason` empty if it went well, `log` of the function."""

    time: float
    code: str = ""
    reason: str = ""
    log: str = ""


@dataclass(frozen=True, slots=True)
class Cause:
    """What was being handled when something was published: an event, and the delivery that handed it over."""

    event_id: str
    delivery: int


@dataclass(frozen=True, slots=True)
class Event:
    """Something that someone published: an event to a bus, a message to a topic or straight to a queue.

    `to` is the ARN it was published to; `causes` are the deliveries whose handling published this one.
    """

    id: str
    kind: str
    to: str
    title: str
    content: str
    time: float
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way over one edge. `parent` is the number of the delivery that led here, None at the start.

    `cycle` is empty, or the hand-overs that have gone round too often and lead here again. `unenforced` says what AWS
    would have refused, where permissions are not enforced.
    """

    number: int
    event_id: str
    edge: Edge
    parent: int | None = None
    attempts: Sequence[Attempt] = ()
    fate: Fate = Fate.PENDING
    code: str = ""
    reason: str = ""
    cycle: tuple[Edge, ...] = ()
    unenforced: str = ""


@dataclass(frozen=True, slots=True)
class Balance:
    """The books: every matched delivery has one fate, or is still pending."""

    events: int
    matched: int
    delivered: int
    dead_lettered: int
    dropped: int
    pending: int

    @property
    def holds(self) -> bool:
        """Whether nothing is lost from the books and nothing is under way."""
        return self.pending == 0 and self.matched == self.delivered + self.dead_lettered + self.dropped

    def __str__(self) -> str:
        """The sum, as one line."""
        return (
            f"{self.matched} matched = {self.delivered} delivered + {self.dead_lettered} dead-lettered"
            f" + {self.dropped} dropped + {self.pending} pending"
        )
