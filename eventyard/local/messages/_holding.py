"""What a queue holds: time passes over it, and messages move from one to another.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.messages._message import Departure, Message
from eventyard.local.messages._store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from eventyard.local.messages._settings import Settings, Watcher
    from eventyard.local.messages._store import Counts

# The system attribute of a dead letter that names the queue it comes from.
SOURCE = "DeadLetterQueueSourceArn"
# Twenty digits that grow, not one by one:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html, SequenceNumber
_FIRST_SEQUENCE, _SEQUENCE_STEP = 18_849_496_460_467_696_128, 256


class Holding:
    """The messages of one queue, and what happens to them without anybody's call.

    Args:
        arn: The queue's.
        fifo: Whether it is a FIFO queue.
        settings: Answers the queue's attributes as they are now.
        watcher: Hears what becomes of the messages.
        new_id: Makes message ids.
        lock: Held while messages move; one for all mailboxes that move messages to each other, and reentrant.
    """

    def __init__(
        self,
        arn: str,
        *,
        fifo: bool,
        settings: Callable[[], Settings],
        watcher: Watcher,
        new_id: Callable[[], str],
        lock: AbstractContextManager[Any],
    ) -> None:
        self.arn = arn
        self.fifo = fifo
        self.new_id = new_id
        self._settings = settings
        self._watcher = watcher
        self._lock = lock
        self._store = Store(fifo=fifo)
        self._sequence = _FIRST_SEQUENCE

    @property
    def settings(self) -> Settings:
        """The queue's attributes as they are now."""
        return self._settings()

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._watcher.now()

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something when so many seconds have passed."""
        self._watcher.later(seconds, action)

    def counts(self) -> Counts:
        """How many messages are visible, in flight, delayed."""
        with self._lock:
            self._pass_time()
            return self._store.counts

    def oldest(self) -> tuple[float, float] | None:
        """Since when the message is here that came first, and when the first one's retention is over; None if empty."""
        with self._lock:
            self._pass_time()
            arrived, sent = self._store.oldest_arrival, self._store.oldest_sending
            return None if arrived is None or sent is None else (arrived, sent + self.settings.retention)

    def next_visible(self) -> float | None:
        """When the next message shows itself that is hidden now; None without one."""
        with self._lock:
            self._pass_time()
            return self._store.next_visible()

    def empty(self) -> None:
        """Throw all messages away: the queue is deleted."""
        with self._lock:
            self._pass_time()
            for message in self._store.clear():
                self._watcher.departed(self.arn, message.id, Departure.PURGED)

    def hand_over(self, find: Callable[[Message], Holding]) -> bool:
        """Move the message whose turn it is to the mailbox that `find` names for it; False when none is visible.

        There it is a new one, with an id and a time of its own, and counts its receptions anew:
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
        """
        with self._lock:
            self._pass_time()
            message = self._store.first()
            if message is None:
                return False
            target = find(message)
            self._store.remove(message)
            self._watcher.departed(self.arn, message.id, Departure.MOVED, target.arn)
            target.accept(
                Message(
                    self.new_id(),
                    message.body,
                    self.now(),
                    message.attributes,
                    {name: value for name, value in message.system.items() if name != SOURCE},
                    message.group,
                    message.deduplication,
                    message.carried,
                ),
                target.settings.delay,
            )
        return True

    def accept(self, message: Message, delay: int) -> None:
        """Put in what comes from another queue, delayed by so many seconds."""
        message.sequence = self._next()
        self._add(message, delay)

    def _bury(self, message: Message, target: Holding) -> None:
        """A standard queue's message keeps its time; a FIFO queue's gets a new one, and its id as deduplication id.

        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
        """
        message.system = {**message.system, SOURCE: self.arn}
        if self.fifo:
            message.sent = self.now()
            message.deduplication = message.id
        self._watcher.redriven(message.id, self.arn, target.arn)
        target.accept(message, 0)

    def _add(self, message: Message, delay: float) -> None:
        now = self.now()
        self._store.add(message, visible_at=now + delay, now=now)
        self._watcher.message_waits(self.arn)

    def _pass_time(self) -> None:
        now = self.now()
        for message in self._store.pass_time(now, sent_until=now - self.settings.retention):
            self._watcher.departed(self.arn, message.id, Departure.EXPIRED)

    def _any_visible(self) -> bool:
        with self._lock:
            self._pass_time()
            return self._store.any_visible()

    def _next(self) -> str | None:
        if not self.fifo:
            return None
        self._sequence += _SEQUENCE_STEP
        return str(self._sequence)
