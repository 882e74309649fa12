"""Message move tasks: a dead-letter queue's messages go back to where they came from, or to a queue of your choice.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from eventyard.local.messages._holding import SOURCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.local.messages._mailbox import Mailbox
    from eventyard.local.messages._message import Message

# How many a queue remembers: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListMessageMoveTasks.html
REMEMBERED = 10


class Status(StrEnum):
    """As ListMessageMoveTasks has it; ours is never CANCELLING."""

    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"


class _StuckError(Exception):
    """A message has nowhere to go: FailureReason."""


@dataclass(slots=True, eq=False)
class Move:
    """A task. `rate` is in messages a second; without one, everything moves at once.

    `destination` is an ARN, or None for each message's own source; `find` answers the mailbox of an ARN.
    """

    id: str
    source: Mailbox
    destination: str | None
    rate: int | None
    find: Callable[[str], Mailbox | None]
    started: float
    to_move: int
    moved: int = 0
    status: Status = Status.RUNNING
    failure: str = ""

    def start(self) -> None:
        """Begin, as soon as what is under way is done."""
        self.source.moves.insert(0, self)
        del self.source.moves[REMEMBERED:]
        self.source.later(0, self._step)

    def _step(self) -> None:
        """Move what a second allows."""
        most = self.rate or self.to_move
        try:
            while self.status is Status.RUNNING and most and self.moved < self.to_move:
                if not self.source.hand_over(self._target):
                    break
                self.moved += 1
                most -= 1
        except _StuckError as stuck:
            self.status, self.failure = Status.FAILED, str(stuck)
        if self.status is not Status.RUNNING:
            return
        if most or self.moved >= self.to_move:
            self.status = Status.COMPLETED
        else:
            self.source.later(1, self._step)

    def _target(self, message: Message) -> Mailbox:
        wanted = self.destination or message.system.get(SOURCE)
        if wanted is None:
            # Its source is no queue: a rule, a topic or a function wrote it. AWS cannot move it back either.
            raise _StuckError("CouldNotDetermineMessageSource")
        found = self.find(wanted)
        if found is None:
            raise _StuckError("AWS.SimpleQueueService.NonExistentQueue")
        return found
