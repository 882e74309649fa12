"""What there is in moto's state, account by account, for whoever asks what is deployed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.events.models import events_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from eventyard.local.moto_seam._records import ListedQueue, ListedRule

if TYPE_CHECKING:
    from collections.abc import Iterator

# moto's own objects: untyped, and ours to handle with care.
Moto = Any


class InventoryState:
    """Everything of a kind, of every account and Region."""

    def buses(self) -> Iterator[str]:
        """The ARNs of all buses; each account and Region that EventBridge was asked about has a default one."""
        for backend in _all(events_backends):
            yield from [bus.arn for bus in backend.event_buses.values()]

    def listed_rules(self) -> Iterator[ListedRule]:
        """All rules, disabled ones too; those that archives made for themselves excepted."""
        for backend in _all(events_backends):
            for bus in list(backend.event_buses.values()):
                for rule in list(bus.rules.values()):
                    if not rule.managed_by:
                        yield ListedRule(
                            rule.arn,
                            rule.name,
                            bus.arn,
                            rule.scheduled_expression or "",
                            tuple((target.get("DeadLetterConfig") or {}).get("Arn", "") for target in rule.targets),
                            enabled=rule.state != "DISABLED",
                        )

    def topics(self) -> Iterator[str]:
        """The ARNs of all topics."""
        for backend in _all(sns_backends):
            yield from list(backend.topics)

    def listed_queues(self) -> Iterator[ListedQueue]:
        """All queues."""
        for backend in _all(sqs_backends):
            for queue in list(backend.queues.values()):
                yield ListedQueue(queue.queue_arn, _dead_letters(queue.redrive_policy))


def _dead_letters(redrive: Moto) -> str:
    policy = json.loads(redrive) if isinstance(redrive, str) else redrive
    return str((policy or {}).get("deadLetterTargetArn", ""))


def _all(backends: Moto) -> Iterator[Moto]:
    for _, regions in list(backends.items()):
        yield from list(regions.values())
