"""moto's state, read into frozen data and written to where moto's own API would be too slow or knows no account.

Everything here is addressed by ARN, so that one account's rule finds another account's queue.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from moto.awslambda.models import lambda_backends
from moto.awslambda.utils import get_backend as lambda_backend
from moto.events.models import events_backends
from moto.logs.models import logs_backends
from moto.moto_api._internal import mock_random
from moto.sns.models import sns_backends
from moto.sqs.exceptions import QueueDoesNotExist
from moto.sqs.models import Message, sqs_backends
from moto.sts.models import sts_backends

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# moto's own objects: untyped, and ours to handle with care.
Moto = Any


@dataclass(frozen=True, slots=True)
class Arn:
    """The fields of an ARN that deliveries need; `resource` is everything after the account."""

    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, text: str) -> Arn:
        """Split `arn:partition:service:region:account:resource`; missing fields are empty."""
        parts = (*text.split(":", 5), "", "", "", "", "", "")
        return cls(parts[2], parts[3], parts[4], parts[5])


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a bus. `pattern` is None for a schedule; `targets` are as PutTargets took them."""

    arn: str
    name: str
    pattern: str | None
    targets: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive of a bus; `pattern` is None when it keeps everything."""

    arn: str
    name: str
    pattern: str | None


@dataclass(frozen=True, slots=True)
class Subscription:
    """A confirmed subscription, with its attributes as SetSubscriptionAttributes took them."""

    arn: str
    topic: str
    protocol: str
    endpoint: str
    account: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """An event source mapping of a queue. `window` is in seconds; `filters` are filter patterns as JSON text."""

    uuid: str
    queue: str
    function: str
    batch_size: int
    window: int
    filters: tuple[str, ...]
    partial: bool


@dataclass(frozen=True, slots=True)
class Function:
    """A function as deployed. `environment` are its own variables; `timeout` is in seconds, `memory` in MB."""

    arn: str
    name: str
    account: str
    region: str
    handler: str
    runtime: str
    role: str
    timeout: float
    memory: int
    environment: Mapping[str, str]
    code: bytes
    layers: tuple[tuple[str, bytes], ...]
    log_group: str
    dead_letters: str
    on_failure: str
    retries: int


@dataclass(frozen=True, slots=True)
class Carried:
    """What a message in a queue brings along: the event it belongs to, and the delivery that put it there."""

    event_id: str
    parent: int | None


@dataclass(frozen=True, slots=True)
class Received:
    """A message as a poller received it; `attributes` are SQS's system attributes."""

    id: str
    receipt: str
    body: str
    attributes: Mapping[str, str]
    message_attributes: Mapping[str, Mapping[str, Any]]
    body_md5: str
    attribute_md5: str
    carried: Carried | None


class NoSuchQueueError(Exception):
    """The queue that an ARN names does not exist."""


class MotoState:
    """What the deliveries see of moto, and the little that they write."""

    def __init__(self) -> None:
        self._assumed: dict[str, str] = {}

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

    def subscriptions(self, topic: str) -> list[Subscription]:
        """The confirmed subscriptions of a topic, whichever account made them."""
        region = Arn.parse(topic).region
        return [
            Subscription(
                found.arn,
                topic,
                found.protocol,
                found.endpoint,
                found.account_id,
                {name: _text(value) for name, value in found.attributes.items()},
            )
            for _, backends in list(sns_backends.items())
            for found in list(backends[region].subscriptions.values())
            if found.topic.arn == topic
        ]

    # Queues

    def queue_exists(self, queue: str) -> bool:
        """Whether there is a queue of this ARN."""
        arn = Arn.parse(queue)
        return arn.resource in sqs_backends[arn.account][arn.region].queues

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
            message.sequence_number = f"{mock_random.randint(1, 10**19):020d}"
        message.mark_sent(delay_seconds=None if found.fifo_queue else found.delay_seconds)
        message.eventyard_carried = carried
        found.add_message(message)
        return getattr(message, "eventyard_queue", None) == queue

    def deduplicates_by_content(self, queue: str) -> bool:
        """Whether a FIFO queue makes deduplication ids of bodies.

        Raises:
            NoSuchQueueError: no such queue.
        """
        return _true(self._queue(queue).content_based_deduplication)

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
        gone = [message.id for message in found._messages if message.sent_timestamp < oldest]
        if gone:
            ids = set(gone)
            found._messages = [message for message in found._messages if message.id not in ids]
            found._pending_messages = {m for m in found._pending_messages if m.id not in ids}
        return gone

    def next_visible(self, queue: str, now: float) -> float | None:
        """When the next message that is invisible now becomes visible (seconds since the epoch); None without one."""
        moments = [max(m.visible_at, m.delayed_until) / 1000 for m in self._queue(queue)._messages]
        return min((moment for moment in moments if moment > now), default=None)

    def mappings(self, queue: str) -> list[SourceMapping]:
        """The enabled event source mappings of a queue."""
        arn = Arn.parse(queue)
        return [
            SourceMapping(
                mapping.uuid,
                queue,
                mapping.function_arn,
                mapping.batch_size,
                int(mapping.max_batch_window or 0),
                tuple(f["Pattern"] for f in (mapping.filter_criteria or {}).get("Filters", ())),
                "ReportBatchItemFailures" in (mapping.function_response_types or ()),
            )
            for mapping in list(lambda_backends[arn.account][arn.region]._event_source_mappings.values())
            if mapping.event_source_arn == queue and _true(mapping.enabled)
        ]

    def _queue(self, queue: str) -> Moto:
        arn = Arn.parse(queue)
        try:
            return sqs_backends[arn.account][arn.region].get_queue(arn.resource)
        except QueueDoesNotExist:
            raise NoSuchQueueError(queue) from None

    # Functions

    def function(self, function: str) -> Function | None:
        """The function (or version, or alias) of this ARN as deployed; None without one."""
        arn = Arn.parse(function)
        name, _, qualifier = arn.resource.removeprefix("function:").partition(":")
        try:
            found = lambda_backend(arn.account, arn.region).get_function(name, qualifier or None)
        except Exception:  # noqa: BLE001  # moto raises several unrelated kinds here, all of them meaning "none"
            return None
        return _function(found, arn)

    def functions(self) -> Iterator[str]:
        """The ARNs of all functions."""
        for _, regions in list(lambda_backends.items()):
            for backend in list(regions.values()):
                for found in backend.list_functions():
                    yield f"arn:aws:lambda:{found.region}:{found.account_id}:function:{found.function_name}"

    # Identities

    def assume(self, role: str, session: str, region: str) -> dict[str, str]:
        """Credentials of a role (an ARN), as environment variables; the same role and session have the same ones."""
        digest = base64.b32encode(hashlib.sha256(f"{role}/{session}".encode()).digest()).decode()
        key = f"ASIA{digest[:16]}"
        backend = sts_backends[Arn.parse(role).account]["aws"]
        assumed = backend.get_assumed_role_from_access_key(key)
        if assumed is None:
            assumed = backend.assume_role(region, session, role, "", 3600, "")
            assumed.access_key_id, assumed.session_token = key, digest
            self._assumed[key] = Arn.parse(role).account
        return {
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": digest[16:48],
            "AWS_SESSION_TOKEN": digest,
        }

    def account_of(self, access_key: str) -> str | None:
        """The account of credentials that `assume` gave."""
        return self._assumed.get(access_key)

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

    def make_log_group(self, group: str) -> None:
        """Make a log group (an ARN), as Lambda does for a function that has none."""
        arn = Arn.parse(group)
        logs_backends[arn.account][arn.region].create_log_group(arn.resource.removeprefix("log-group:"), {})


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


def _function(found: Moto, arn: Arn) -> Function:
    spec: dict[str, Any] = getattr(found, "eventyard_spec", {})
    config: dict[str, Any] = next((c.config for c in found.event_invoke_config), {})
    group = spec.get("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{found.function_name}")
    return Function(
        arn=found.function_arn,
        name=found.function_name,
        account=arn.account,
        region=arn.region,
        handler=found.handler or "",
        runtime=found.run_time or "",
        role=found.role,
        timeout=float(found.timeout),
        memory=int(found.memory_size),
        environment={name: str(value) for name, value in found.environment_vars.items()},
        code=getattr(found, "code_bytes", b""),
        layers=tuple((layer.arn, layer.code_bytes) for layer in getattr(found, "eventyard_layers", ())),
        log_group=f"arn:aws:logs:{arn.region}:{arn.account}:log-group:{group}",
        dead_letters=spec.get("DeadLetterConfig", {}).get("TargetArn", ""),
        on_failure=config.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination", ""),
        retries=int(config.get("MaximumRetryAttempts", 2)),
    )


def _true(value: object) -> bool:
    return str(value).lower() == "true"


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
