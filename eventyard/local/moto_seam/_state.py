"""moto's state, read into frozen data and written to where moto's own API would be too slow or knows no account.

Everything here is addressed by ARN, so that one account's rule finds another account's queue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from moto.events.models import events_backends
from moto.logs.models import logs_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from eventyard.local.moto_seam._alarms import AlarmState
from eventyard.local.moto_seam._buckets import BucketState
from eventyard.local.moto_seam._delivery_streams import StreamState
from eventyard.local.moto_seam._destinations import DestinationState
from eventyard.local.moto_seam._functions import FunctionState
from eventyard.local.moto_seam._identities import IdentityState
from eventyard.local.moto_seam._inventory import InventoryState
from eventyard.local.moto_seam._log_deliveries import LogDeliveryState
from eventyard.local.moto_seam._pipes import PipeState
from eventyard.local.moto_seam._policies import PolicyState
from eventyard.local.moto_seam._queues import QueueState
from eventyard.local.moto_seam._records import Archive, Arn, Rule
from eventyard.local.moto_seam._subscriptions import SubscriptionState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# moto's own objects: untyped, and ours to handle with care.
Moto = Any


class MotoState(
    QueueState,
    FunctionState,
    PolicyState,
    IdentityState,
    DestinationState,
    SubscriptionState,
    LogDeliveryState,
    BucketState,
    StreamState,
    AlarmState,
    PipeState,
    InventoryState,
):
    """What the deliveries see of moto, and the little that they write."""

    def arns(self) -> Iterator[str]:
        """The ARNs of everything that is delivered to; URLs of subscriptions."""
        yield from self.functions()
        yield from self.delivery_streams()
        yield from self.buckets()
        yield from self.pipes()
        for backend in _all(sqs_backends):
            yield from [queue.queue_arn for queue in backend.queues.values()]
        for backend in _all(sns_backends):
            yield from list(backend.topics)
            yield from [one.endpoint for one in backend.subscriptions.values() if one.endpoint.startswith("http")]
        for backend in _all(events_backends):
            yield from [bus.arn for bus in backend.event_buses.values()]
            yield from [destination.arn for destination in backend.destinations.values()]
        for backend in _all(logs_backends):
            yield from [group.arn for group in backend.groups.values()]

    # Buses

    def bus_exists(self, bus: str) -> bool:
        """Whether there is a bus of this ARN."""
        arn = Arn.parse(bus)
        return arn.resource.removeprefix("event-bus/") in events_backends[arn.account][arn.region].event_buses

    def rules(self, bus: str) -> list[Rule]:
        """The enabled rules of a bus, archives' own excepted."""
        return [
            Rule(rule.arn, rule.name, rule.event_pattern.dump(), tuple(rule.targets))
            for rule in self._bus(bus).rules.values()
            if rule.state != "DISABLED" and not rule.managed_by
        ]

    def schedules(self) -> Iterator[tuple[str, str, str]]:
        """All enabled rules with a schedule: each with its bus (both ARNs) and its expression."""
        for backend in _all(events_backends):
            bus = backend.event_buses["default"]
            for rule in list(bus.rules.values()):
                if rule.scheduled_expression and rule.state != "DISABLED":
                    yield rule.arn, bus.arn, rule.scheduled_expression

    def archives(self, bus: str) -> list[Archive]:
        """The archives of a bus."""
        arn = Arn.parse(bus)
        archives = events_backends[arn.account][arn.region].archives.values()
        return [
            Archive(archive.arn, archive.name, archive.event_pattern.dump())
            for archive in archives
            if archive.source_arn == bus
        ]

    def keep(self, archive: Archive, event: Mapping[str, Any]) -> None:
        """Put an event into an archive."""
        arn = Arn.parse(archive.arn)
        events_backends[arn.account][arn.region].archives[archive.name].events.append(cast("Moto", dict(event)))

    def _bus(self, bus: str) -> Moto:
        arn = Arn.parse(bus)
        return events_backends[arn.account][arn.region].event_buses[arn.resource.removeprefix("event-bus/")]

    # Topics

    def topic_exists(self, topic: str) -> bool:
        """Whether there is a topic of this ARN."""
        arn = Arn.parse(topic)
        return topic in sns_backends[arn.account][arn.region].topics

    def topic_is_fifo(self, topic: str) -> tuple[bool, bool]:
        """Whether it is a FIFO topic, and whether it deduplicates by content."""
        arn = Arn.parse(topic)
        found = sns_backends[arn.account][arn.region].topics[topic]
        return _true(found.fifo_topic), _true(found.content_based_deduplication)

    # Logs

    def log(self, group: str, stream: str, lines: list[str], now: float) -> bool:
        """Write lines to a log group (an ARN), making the stream; False when there is no such group."""
        arn = Arn.parse(group)
        backend = logs_backends[arn.account][arn.region]
        name = arn.resource.removeprefix("log-group:").removesuffix(":*")
        if name not in backend.groups:
            return False
        if stream not in backend.groups[name].streams:
            backend.create_log_stream(name, stream)
        moment = int(now * 1000)
        # To the stream itself: the backend measures the age of what it is given by a clock of its own.
        found = backend.groups[name].streams[stream]
        found.put_log_events([{"timestamp": moment, "message": line} for line in lines])
        return True

    def log_stream_exists(self, group: str, stream: str) -> bool:
        """Whether a log group (an ARN) is there, and has a stream of this name."""
        arn = Arn.parse(group)
        found = logs_backends[arn.account][arn.region].groups.get(arn.resource.removeprefix("log-group:"))
        return found is not None and stream in found.streams

    def log_group_exists(self, group: str) -> bool:
        """Whether there is a log group of this ARN."""
        arn = Arn.parse(group)
        name = arn.resource.removeprefix("log-group:").removesuffix(":*")
        return name in logs_backends[arn.account][arn.region].groups

    def make_log_group(self, group: str) -> None:
        """Make a log group (an ARN), as Lambda does for a function that has none."""
        arn = Arn.parse(group)
        logs_backends[arn.account][arn.region].create_log_group(arn.resource.removeprefix("log-group:"), {})


def _all(backends: Moto) -> Iterator[Moto]:
    for _, regions in list(backends.items()):
        yield from list(regions.values())


def _true(value: object) -> bool:
    return str(value).lower() == "true"
