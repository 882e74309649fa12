"""SQS: who polls, what a FIFO queue has had, and a clock that stands still."""

from __future__ import annotations

import base64
import contextlib
import copy
from typing import TYPE_CHECKING

import moto.sqs.models
from moto.moto_api._internal import mock_random
from moto.sqs.exceptions import ReceiptHandleIsInvalid
from moto.sqs.models import Message, Queue, SQSBackend, _filter_message_attributes

from eventyard.local.moto_seam.seams._seam import Moto, Seam

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventyard.local.moto_seam.seams._seam import Listener

# How long a FIFO queue remembers what it had:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
DEDUPLICATION_SECONDS = 300
_RECEIPT_BITS = 1024
# Twenty digits that grow, not one by one:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html, SequenceNumber
_FIRST_SEQUENCE, _SEQUENCE_STEP = 18_849_496_460_467_696_128, 256


def _add_message(_original: Moto, listener: Listener) -> Moto:
    def add_message(self: Moto, message: Moto) -> None:
        came_from = getattr(message, "eventyard_queue", None)
        if came_from is None and self.fifo_queue and _is_duplicate(self, message, listener.now()):
            return
        if not hasattr(message, "eventyard_carried"):
            message.eventyard_carried = listener.message_added(self.queue_arn, message.id, message.body)
        message.eventyard_queue = self.queue_arn
        if self.fifo_queue:
            self.eventyard_sequence = getattr(self, "eventyard_sequence", _FIRST_SEQUENCE) + _SEQUENCE_STEP
            message.sequence_number = str(self.eventyard_sequence)
        if came_from is not None:
            # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html:
            # the message keeps its send time; it is visible at once.
            message.visible_at = 0.0
            listener.redriven(message.id, came_from, self.queue_arn)
        with self._messages_lock:
            self._messages.append(message)
            self._messages_lock.notify_all()
        listener.message_waits(self.queue_arn)

    return add_message


def _is_duplicate(queue: Moto, message: Moto, now: float) -> bool:
    if message.deduplication_id is None:
        return False
    # In the order of their coming, so that the old ones stand first.
    seen: dict[str, float] = queue.__dict__.setdefault("eventyard_seen", {})
    while seen and now - seen[oldest := next(iter(seen))] >= DEDUPLICATION_SECONDS:
        del seen[oldest]
    scope = message.group_id if queue.deduplication_scope == "messageGroup" else ""
    key = f"{scope}\0{message.deduplication_id}"
    if key in seen:
        return True
    seen[key] = now
    return False


def _receive_message(_original: Moto, listener: Listener) -> Moto:
    def receive_message(
        self: Moto,
        queue_name: str,
        count: int,
        wait_seconds_timeout: int,
        visibility_timeout: int,
        message_attribute_names: list[str] | None = None,
    ) -> list[Moto]:
        queue = self.get_queue(queue_name)
        listener.waiting(queue.queue_arn, float(wait_seconds_timeout or 0), lambda: any(_ready(queue)))
        found = []
        for message in _take(queue, int(count), visibility_timeout):
            shown = copy.copy(message)
            _filter_message_attributes(shown, message_attribute_names or [])
            found.append(shown)
        return found

    return receive_message


def _ready(queue: Moto) -> Iterator[Moto]:
    return (message for message in queue._messages if message.visible and not message.delayed)


def _take(queue: Moto, count: int, visibility_timeout: int) -> list[Moto]:
    """Moto's own loop in other words: its cost does not grow with the messages behind those that are taken."""
    taken: list[Moto] = []
    worn_out: list[Moto] = []
    limit = (queue.redrive_policy or {}).get("maxReceiveCount") if queue.dead_letter_queue else None
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html:
    # a group waits for those of its messages that somebody has.
    busy = {message.group_id for message in queue._pending_messages if not message.visible}
    for message in _ready(queue):
        if len(taken) >= count:
            break
        queue._pending_messages.discard(message)
        if queue.fifo_queue and message.group_id in busy:
            continue
        if limit is not None and message.approximate_receive_count >= limit:
            worn_out.append(message)
            continue
        taken.append(message)
    receipts = queue.__dict__.setdefault("eventyard_receipts", {})
    for message in taken:
        queue._pending_messages.add(message)
        message.mark_received(visibility_timeout=visibility_timeout)
        receipts[message.receipt_handle] = message
    for message in worn_out:
        queue._messages.remove(message)
        queue.dead_letter_queue.add_message(message)
    return taken


def _delete_message(_original: Moto, _listener: Listener) -> Moto:
    def delete_message(self: Moto, receipt_handle: str) -> None:
        if receipt_handle in self.deleted_messages:
            return
        message = self.__dict__.get("eventyard_receipts", {}).get(receipt_handle)
        if message is None:
            raise ReceiptHandleIsInvalid
        handles = [handle for handle in message.all_receipt_handles if handle]
        for handle in handles:
            self.eventyard_receipts.pop(handle, None)
        self.deleted_messages.update(handles)
        self._pending_messages.discard(message)
        with contextlib.suppress(ValueError):  # purged, or moved to the dead-letter queue
            self._messages.remove(message)

    return delete_message


def _receipt_handle(_original: Moto, _listener: Listener) -> Moto:
    return lambda: base64.b64encode(mock_random.getrandbits(_RECEIPT_BITS).to_bytes(_RECEIPT_BITS // 8)).decode()


def _visible(_original: Moto, listener: Listener) -> Moto:
    # moto asks whether the moment has passed. Where the clock stands still, its coming must do.
    return property(lambda self: listener.now() * 1000 >= self.visible_at)


def _set_attributes(original: Moto, _listener: Listener) -> Moto:
    def set_attributes(self: Moto, attributes: dict[str, Moto], now: float | None = None) -> None:
        # moto's queue loses its policy whenever another attribute is set.
        kept = self.policy if "_policy_json" in self.__dict__ else None
        original(self, {"Policy": kept, **attributes}, now)

    return set_attributes


SEAMS = (
    Seam(Queue, "add_message", ("self", "message"), "pollers and deduplication are ours", _add_message),
    Seam(
        SQSBackend,
        "receive_message",
        ("self", "queue_name", "count", "wait_seconds_timeout", "visibility_timeout", "message_attribute_names"),
        "waiting for a message passes the cloud's time, not yours",
        _receive_message,
    ),
    Seam(Queue, "delete_message", ("self", "receipt_handle"), "without a look at every message", _delete_message),
    Seam(moto.sqs.models, "generate_receipt_handle", (), "without a draw for each character", _receipt_handle),
    Seam(Message, "visible", ("self",), "a message is visible when its moment has come", _visible),
    Seam(Queue, "_set_attributes", ("self", "attributes", "now"), "a queue keeps its policy", _set_attributes),
)
