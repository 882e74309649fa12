"""The queues in moto's state: messages in, messages out, through their mailboxes."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from eventyard.local.messages import SENDER, Refusal, attributes_md5, body_md5, system_attributes
from eventyard.local.moto_seam._mailboxes import find_mailbox
from eventyard.local.moto_seam._records import Carried, NoSuchQueueError, QueueFigures, Received

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.messages import Mailbox, Reception


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
        sent = self._mailbox(queue).send(
            body,
            attributes={name: dict(value) for name, value in attributes.items()},
            system={"SenderId": SENDER},
            group=group,
            deduplication=deduplication,
            carried=carried,
        )
        return sent.new

    def queue_exists(self, queue: str) -> bool:
        """Whether there is a queue of this ARN."""
        try:
            self._mailbox(queue)
        except NoSuchQueueError:
            return False
        return True

    def deduplicates_by_content(self, queue: str) -> bool:
        """Whether a FIFO queue makes deduplication ids of bodies.

        Raises:
            NoSuchQueueError: no such queue.
        """
        return self._mailbox(queue).settings.by_content

    def visible(self, queue: str, most: int) -> int:
        """How many messages are visible now, `most` at the most."""
        return min(self._mailbox(queue).counts().visible, most)

    def receive(self, queue: str, most: int) -> list[Received]:
        """Take up to `most` visible messages, for the queue's own visibility timeout, as a poller does.

        None while too many are in flight: a poller comes again.

        Raises:
            NoSuchQueueError: no such queue.
        """
        try:
            found = self._mailbox(queue).receive(most)
        except Refusal:
            return []
        return [_received(reception) for reception in found]

    def figures(self, queue: str) -> QueueFigures | None:
        """What CloudWatch is told about a queue; None when it does not exist."""
        mailbox = find_mailbox(queue)
        if mailbox is None:
            return None
        counts, oldest = mailbox.counts(), mailbox.oldest()
        arrived, expires = oldest or (None, None)
        return QueueFigures(counts.visible, counts.in_flight, counts.delayed, arrived, expires)

    def delete(self, queue: str, receipt: str) -> None:
        """Delete a received message; one whose visibility timeout is over meanwhile stays in a FIFO queue."""
        with contextlib.suppress(Refusal):
            self._mailbox(queue).delete(receipt)

    def next_visible(self, queue: str, now: float) -> float | None:
        """When the next message that is invisible now becomes visible (seconds since the epoch); None without one."""
        moment = self._mailbox(queue).next_visible()
        return moment if moment is not None and moment > now else None

    def _mailbox(self, queue: str) -> Mailbox:
        found = find_mailbox(queue)
        if found is None:
            raise NoSuchQueueError(queue)
        return found


def _received(reception: Reception) -> Received:
    message = reception.message
    return Received(
        message.id,
        reception.handle,
        message.body,
        system_attributes(message),
        message.attributes,
        body_md5(message.body),
        attributes_md5(message.attributes),
        message.carried,
    )
