"""What a mailbox asks of its queue, and what it tells about its messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.local.messages._mailbox import Mailbox
    from eventyard.local.messages._message import Departure


@dataclass(frozen=True, slots=True)
class Redrive:
    """A queue's redrive policy: after `limit` receptions a message goes to `target`."""

    limit: int
    target: Mailbox


@dataclass(frozen=True, slots=True)
class Settings:
    """A queue's attributes as they are now; times in seconds, `largest` in bytes.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
    """

    delay: int = 0
    visibility: int = 30
    retention: int = 345_600
    wait: int = 0
    largest: int = 1_048_576
    by_content: bool = False
    per_group: bool = False
    redrive: Redrive | None = None


class Watcher(Protocol):
    """Who hears what becomes of the messages, and moves the time. Queues are named by their ARNs."""

    def now(self) -> float:
        """Seconds since the epoch."""

    def message_added(self, queue: str, message_id: str, body: str) -> Any:  # noqa: ANN401  # whatever is to be carried
        """Somebody sent a message through the API; answers what it is to carry."""

    def message_waits(self, queue: str) -> None:
        """A queue has a message more."""

    def redriven(self, message_id: str, source: str, target: str) -> None:
        """A message was received too often, and is in the dead-letter queue now."""

    def departed(self, queue: str, message_id: str, why: Departure, target: str = "") -> None:
        """A queue holds a message no longer, for another reason; `target` is where it was moved to."""

    def waiting(self, queue: str, seconds: float, found: Callable[[], bool]) -> None:
        """A consumer waits up to `seconds`: do what is due, until `found` says that there is a message."""

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something when so many seconds have passed."""
