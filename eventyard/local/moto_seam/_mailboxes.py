"""moto's queues and our mailboxes: each queue has one, which reads the queue's attributes as they are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.moto_api._internal import mock_random
from moto.sqs.models import sqs_backends

from eventyard.local.messages import Mailbox, Redrive, Settings
from eventyard.local.moto_seam._records import Arn

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from eventyard.local.messages import Watcher

# moto's own objects: untyped, and ours to handle with care.
Moto = Any


def furnish(queue: Moto, watcher: Watcher, lock: AbstractContextManager[Any]) -> None:
    """Give a new queue its mailbox."""
    queue.eventyard_mailbox = Mailbox(
        queue.queue_arn,
        fifo=queue.fifo_queue,
        settings=lambda: _settings(queue),
        watcher=watcher,
        new_id=lambda: str(mock_random.uuid4()),
        lock=lock,
    )


def mailbox_of(queue: Moto) -> Mailbox:
    """The mailbox of one of moto's queues."""
    found: Mailbox = queue.eventyard_mailbox
    return found


def find_mailbox(arn: str) -> Mailbox | None:
    """The mailbox of the queue of this ARN, in whichever account and Region; None without such a queue."""
    found = find_queue(arn)
    return None if found is None else mailbox_of(found)


def find_queue(arn: str) -> Moto | None:
    """The queue of this ARN, as moto has it; None without one."""
    parsed = Arn.parse(arn)
    if parsed.service != "sqs":
        return None
    return sqs_backends[parsed.account][parsed.region].queues.get(parsed.resource)


def is_dead_letter_queue(arn: str) -> bool:
    """Whether another queue's redrive policy names this one (an ARN)."""
    parsed = Arn.parse(arn)
    queues = sqs_backends[parsed.account][parsed.region].queues.values()
    return any((queue.redrive_policy or {}).get("deadLetterTargetArn") == arn for queue in queues)


def as_json(policy: object) -> str | None:
    """A policy as text; CloudFormation gives it as an object."""
    if not policy:
        return None
    return policy if isinstance(policy, str) else json.dumps(policy)


def _settings(queue: Moto) -> Settings:
    return Settings(
        int(queue.delay_seconds),
        int(queue.visibility_timeout),
        int(queue.message_retention_period),
        int(queue.receive_message_wait_time_seconds),
        int(queue.maximum_message_size),
        bool(queue.content_based_deduplication),
        queue.deduplication_scope == "messageGroup",
        _redrive(queue.redrive_policy) if queue.redrive_policy else None,
    )


def _redrive(policy: Moto) -> Redrive | None:
    # While the dead-letter queue does not exist, messages stay where they are (AWS's documents do not say).
    target = find_mailbox(policy["deadLetterTargetArn"])
    return None if target is None else Redrive(int(policy["maxReceiveCount"]), target)
