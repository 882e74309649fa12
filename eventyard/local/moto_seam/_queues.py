"""The queues in moto's state: messages in, messages out, without moto's copies and scans."""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import TYPE_CHECKING, Any

from moto.moto_api._internal import mock_random
from moto.sqs.exceptions import QueueDoesNotExist
from moto.sqs.models import Message, sqs_backends

from eventyard.local.moto_seam._records import Arn, Carried, NoSuchQueueError, Received

if TYPE_CHECKING:
    from collections.abc import Mapping

# moto's own objects: untyped, and ours to handle with care.
Moto = Any


class QueueState:
    """Every account's queues, by ARN."""

    def send(
        self,
        queue: str,
        body: str,
        *,
        attributes: Mapping[str, Mapping[str, Any]],
        group: str | None,
        deduplication: str | None,
        carried: Carried,
    ) -> bool:
        """Put a message into a queue; False when a FIFO queue had it within five minutes.

        Raises:
            NoSuchQueueError: no such queue.
        """
        found = self._queue(queue)
        message: Moto = Message(str(mock_random.uuid4()), body)
        message.message_attributes = {name: dict(value) for name, value in attributes.items()}
        message.group_id = group
        if found.fifo_queue:
            message.deduplication_id = deduplication or hashlib.sha256(body.encode()).hexdigest()
        message.mark_sent(delay_seconds=None if found.fifo_queue else found.delay_seconds)
        message.eventyard_carried = carried
        found.add_message(message)
        return getattr(message, "eventyard_queue", None) == queue

    def deduplicates_by_content(self, queue: str) -> bool:
        """Whether a FIFO queue makes deduplication ids of bodies.

        Raises:
            NoSuchQueueError: no such queue.
        """
        return bool(self._queue(queue).content_based_deduplication)

    def visible(self, queue: str, most: int) -> int:
        """How many messages can be received now; counts no further than `most`."""
        ready = (1 for message in self._queue(queue)._messages if message.visible and not message.delayed)
        return sum(islice(ready, most))

    def receive(self, queue: str, most: int) -> list[Received]:
        """Take up to `most` visible messages, for the queue's own visibility timeout, as a poller does.

        Raises:
            NoSuchQueueError: no such queue.
        """
        found, arn = self._queue(queue), Arn.parse(queue)
        backend = sqs_backends[arn.account][arn.region]
        messages = backend.receive_message(found.name, most, 0, found.visibility_timeout, ["All"])
        return [_received(message) for message in messages]

    def delete(self, queue: str, receipt: str) -> None:
        """Delete a received message."""
        self._queue(queue).delete_message(receipt)

    def expire(self, queue: str, now: float) -> list[str]:
        """Throw away what is older than the queue's retention period; answers the messages' ids."""
        found = self._queue(queue)
        if getattr(found, "eventyard_expired", None) == now:
            return []
        found.eventyard_expired = now
        oldest = (now - found.message_retention_period) * 1000
        gone = [message.id for message in found._messages if message.sent_timestamp <= oldest]
        if gone:
            ids = set(gone)
            found._messages = [message for message in found._messages if message.id not in ids]
            found._pending_messages = {m for m in found._pending_messages if m.id not in ids}
        return gone

    def next_visible(self, queue: str, now: float) -> float | None:
        """When the next message that is invisible now becomes visible (seconds since the epoch); None without one."""
        moments = [max(m.visible_at, m.delayed_until) / 1000 for m in self._queue(queue)._messages]
        return min((moment for moment in moments if moment > now), default=None)

    def _queue(self, queue: str) -> Moto:
        arn = Arn.parse(queue)
        try:
            return sqs_backends[arn.account][arn.region].get_queue(arn.resource)
        except QueueDoesNotExist:
            raise NoSuchQueueError(queue) from None


def _received(message: Moto) -> Received:
    attributes = {
        "ApproximateReceiveCount": str(message.approximate_receive_count),
        "SentTimestamp": str(message.sent_timestamp),
        "SenderId": message.sender_id,
        "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
    }
    fifo = {
        "SequenceNumber": message.sequence_number,
        "MessageGroupId": message.group_id,
        "MessageDeduplicationId": message.deduplication_id,
    }
    attributes.update({name: value for name, value in fifo.items() if value is not None})
    return Received(
        message.id,
        message.receipt_handle,
        message.body,
        attributes,
        message.message_attributes,
        message.body_md5,
        message.attribute_md5 if message.message_attributes else "",
        getattr(message, "eventyard_carried", None),
    )
