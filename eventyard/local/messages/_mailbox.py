"""The message half of one queue: what SendMessage, ReceiveMessage, DeleteMessage and their kin do.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/Welcome.html
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eventyard.local.messages._holding import Holding
from eventyard.local.messages._message import Departure, Message, State
from eventyard.local.messages._receipts import Receipts
from eventyard.local.messages._recent import Recent
from eventyard.local.messages._refusal import EXPIRED_HANDLE, NOT_THERE, Refusal, invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from eventyard.local.messages._moves import Move
    from eventyard.local.messages._settings import Settings, Watcher

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html. A FIFO queue's was
# 20,000 until November 2024; boto3's model of ChangeMessageVisibility has the new number too.
MOST_IN_FLIGHT = 120_000
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
LONGEST_VISIBILITY = 43_200
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html
BETWEEN_PURGES = 60


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a SendMessage; `new` is False for a duplicate, whose answer is that of the first."""

    id: str
    sequence: str | None
    new: bool


@dataclass(frozen=True, slots=True)
class Reception:
    """A message, and the handle of this reception of it."""

    message: Message
    handle: str


@dataclass(slots=True)
class _Attempt:
    """What a reception with a ReceiveRequestAttemptId found, hidden until `visible_at`."""

    found: list[Reception]
    visible_at: float


class Mailbox(Holding):
    """The messages of one queue, and the calls that users and services make. Made like a `Holding`."""

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
        super().__init__(arn, fifo=fifo, settings=settings, watcher=watcher, new_id=new_id, lock=lock)
        self.moves: list[Move] = []
        self._receipts = Receipts(new_id())
        self._sent = Recent[Sent]()
        self._attempts = Recent[_Attempt]()
        self._purged_at = float("-inf")

    def send(
        self,
        body: str,
        *,
        attributes: Mapping[str, Mapping[str, Any]] | None = None,
        system: Mapping[str, str] | None = None,
        group: str | None = None,
        deduplication: str | None = None,
        delay: int | None = None,
        carried: Any = None,  # noqa: ANN401  # the sender's own
    ) -> Sent:
        """Put a message in; the request has been checked. A FIFO queue makes a deduplication id of a body without one.

        A duplicate within five minutes is not put in, even when the first has been deleted since:
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html
        """
        settings, now = self.settings, self.now()
        with self._lock:
            self._pass_time()
            if self.fifo:
                deduplication = deduplication or hashlib.sha256(body.encode()).hexdigest()
            key = (group or "" if settings.per_group else "", deduplication or "")
            if self.fifo and (first := self._sent.get(key, now)) is not None:
                return Sent(first.id, first.sequence, new=False)
            message = Message(
                self.new_id(), body, now, attributes or {}, system or {}, group, deduplication, sequence=self._next()
            )
            message.carried = carried or self._watcher.message_added(self.arn, message.id, body)
            sent = Sent(message.id, message.sequence, new=True)
            self._sent.enter(key, sent, now) if self.fifo else None
            self._add(message, settings.delay if delay is None else delay)
        return sent

    def receive(
        self, most: int, *, wait: float = 0, visibility: int | None = None, attempt: str | None = None
    ) -> list[Reception]:
        """Take up to `most` messages, waiting up to `wait` seconds of the watcher's time for the first one.

        Messages that were received too often go to the dead-letter queue instead, on whoever's reception:
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html

        Raises:
            Refusal: OverLimit: too many messages of a standard queue are in flight, and `wait` is zero.
        """
        now = self.now()
        deadline = now + wait
        while True:
            due = self.next_visible()
            step = min(deadline, due if due is not None else deadline) - now
            self._watcher.waiting(self.arn, max(step, 0.0), self._any_visible)
            with self._lock:
                found, worn_out = self._take(most, visibility, attempt, short=not wait)
            before, now = now, self.now()
            # Time stands still when this call is itself part of what the cloud is doing.
            if found or now >= deadline or (now == before and not worn_out):
                return found

    def delete(self, handle: str) -> None:
        """Delete a message.

        A standard queue deletes by an old handle too ("might not be deleted", says AWS; it mostly is), a FIFO queue
        only by that of a reception whose visibility timeout is not over. A message that is gone is no error.

        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html

        Raises:
            Refusal: ReceiptHandleIsInvalid, or InvalidParameterValue for an expired handle.
        """
        with self._lock:
            self._pass_time()
            message = self._find(handle)
            if message is not None:
                self._store.remove(message)
                self._watcher.departed(self.arn, message.id, Departure.DELETED)

    def change_visibility(self, handle: str, seconds: int) -> None:
        """Make a message in flight visible in so many seconds from now.

        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html

        Raises:
            Refusal: ReceiptHandleIsInvalid; MessageNotInflight when it is visible again; InvalidParameterValue when it
                is gone, a FIFO queue's handle has expired, or it would be hidden for more than twelve hours altogether.
        """
        with self._lock:
            self._pass_time()
            message = self._find(handle)
            if message is None:
                raise invalid("ReceiptHandle", handle, NOT_THERE)
            if message.state is not State.IN_FLIGHT:
                raise Refusal("MessageNotInflight", "The specified message isn't in flight.")
            visible_at = self.now() + seconds
            if visible_at - message.last_received > LONGEST_VISIBILITY:
                reason = f"Total VisibilityTimeout for the message is beyond the limit [{LONGEST_VISIBILITY} seconds]"
                raise invalid("VisibilityTimeout", seconds, reason)
            self._store.put_off(message, visible_at)
            self._pass_time()

    def purge(self) -> None:
        """Throw all messages away, those in flight too.

        Raises:
            Refusal: PurgeQueueInProgress: the last time was less than a minute ago.
        """
        with self._lock:
            if self.now() - self._purged_at < BETWEEN_PURGES:
                name = self.arn.rsplit(":", 1)[-1]
                raise Refusal(
                    "PurgeQueueInProgress",
                    f"Only one PurgeQueue operation on {name} is allowed every {BETWEEN_PURGES} seconds.",
                )
            self._purged_at = self.now()
            self.empty()

    def _take(
        self, most: int, visibility: int | None, attempt: str | None, *, short: bool
    ) -> tuple[list[Reception], list[Message]]:
        self._pass_time()
        settings, now = self.settings, self.now()
        visible_at = now + (settings.visibility if visibility is None else visibility)
        if attempt is not None and (again := self._again(attempt, visible_at)):
            return again, []
        free = MOST_IN_FLIGHT - self._store.counts.in_flight
        if free <= 0 and short and not self.fifo:
            raise Refusal("OverLimit", f"Too many messages in flight: at most {MOST_IN_FLIGHT:,} can be.")
        redrive = settings.redrive
        limit = redrive.limit if redrive else None
        messages, worn_out = self._store.take(min(most, max(free, 0)), visible_at=visible_at, now=now, limit=limit)
        if redrive:
            for message in worn_out:
                self._bury(message, redrive.target)
        found = [Reception(m, self._receipts.handle(m.order, m.received_here)) for m in messages]
        if attempt is not None and found:
            self._attempts.enter((attempt,), _Attempt(found, visible_at), now)
        return found, worn_out

    def _again(self, attempt: str, visible_at: float) -> list[Reception] | None:
        """What the same attempt (ReceiveRequestAttemptId) received before, if none of it was changed; hidden anew.

        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
        """
        earlier = self._attempts.get((attempt,), self.now())
        if earlier is None or not all(self._is_untouched(reception, earlier.visible_at) for reception in earlier.found):
            return None
        for reception in earlier.found:
            self._store.put_off(reception.message, visible_at)
        earlier.visible_at = visible_at
        return earlier.found

    def _is_untouched(self, reception: Reception, visible_at: float) -> bool:
        message = reception.message
        here = self._store.get(message.order) is message
        same = here and self._receipts.handle(message.order, message.received_here) == reception.handle
        return same and message.state is State.IN_FLIGHT and message.visible_at == visible_at

    def _find(self, handle: str) -> Message | None:
        order, reception = self._receipts.read(handle)
        message = self._store.get(order)
        if message is not None and self.fifo:
            current = message.state is State.IN_FLIGHT and message.received_here == reception
            if not current:
                raise invalid("ReceiptHandle", handle, EXPIRED_HANDLE)
        return message
