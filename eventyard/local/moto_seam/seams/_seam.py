"""What a seam is, and what the local cloud answers when moto comes to one."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from eventyard.local.messages import Departure
    from eventyard.local.moto_seam._records import ApiCall, Carried

# moto's own objects and functions: untyped, and ours to handle with care.
Moto = Any
# Account, Region, namespace, name and dimensions of a metric.
MetricName = tuple[str, str, str, str, tuple[tuple[str, str], ...]]
# How many samples, their sum, the least and the most.
Samples = tuple[float, float, float, float]
# What stands in moto where we add something that it lacks.
ABSENT = None


class Listener(Protocol):
    """What moto tells the local cloud, and asks it to do in its place; `account` is that of keys which
    nobody made, moto's own if it is empty.
    """

    account: str

    def now(self) -> float:
        """Seconds since the epoch."""

    def account_of(self, access_key: str) -> str | None:
        """The account that an access key belongs to; None leaves it to moto (assumed roles, users' keys)."""

    def authorize(self, call: ApiCall) -> None:
        """Somebody calls an API.

        Raises:
            RefusedError: they may not.
        """

    def put_events(self, account: str, region: str, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """PutEvents; answers its `Entries`.

        Raises:
            RefusedError: the request is refused.
        """

    def replay(self, name: str, bus: str, events: list[dict[str, Any]], rules: list[str]) -> None:
        """A replay hands archived events to a bus (an ARN), or to some rules of it (ARNs)."""

    def publish(self, topic: str, message: Mapping[str, Any]) -> str:
        """Publish to a topic (an ARN); answers the MessageId.

        Raises:
            RefusedError: the request is refused.
        """

    def subscribed(self, subscription: str) -> None:
        """Somebody subscribed an HTTP endpoint (the subscription's ARN), which has to confirm it."""

    def confirm(self, topic: str, token: str, *, authenticated: bool) -> str:
        """ConfirmSubscription of a topic (an ARN); answers the subscription's ARN.

        Raises:
            RefusedError: the request is refused.
        """

    def put_records(self, stream: str, records: list[bytes]) -> list[str]:
        """PutRecord or PutRecordBatch to a Firehose stream (an ARN); answers the records' ids."""

    def schemas(self, account: str, region: str, operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """An operation of the schema registry.

        Raises:
            ApiError: the request is refused.
        """

    def report(  # the fields of an event
        self, account: str, region: str, source: str, detail_type: str, detail: Mapping[str, Any], resources: list[str]
    ) -> None:
        """A service of AWS's reports something on the default bus of an account and Region."""

    def alarms_put(self) -> None:
        """Alarms were put, deleted, or their actions enabled or disabled."""

    def check_alarm_rule(self, account: str, region: str, rule: str) -> None:
        """Somebody puts a composite alarm.

        Raises:
            RefusedError: its rule cannot be read, or names alarms that are not there.
        """

    def alarm_changed(self, alarm: str, change: Mapping[str, Any]) -> None:
        """An alarm (an ARN) has another state; `change` is the detail of the event that reports it."""

    def metric_put(self, key: MetricName, moment: float, samples: Samples) -> None:
        """PutMetricData of one metric, at a moment (seconds since the epoch)."""

    def metric_data(
        self, account: str, region: str
    ) -> Iterable[tuple[str, str, tuple[tuple[str, str], ...], datetime, Samples]]:
        """The datapoints of AWS's own metrics: namespace, name, dimensions, the minute, and the samples."""

    def message_added(self, queue: str, message_id: str, body: str) -> Carried:
        """Somebody put a message into a queue (an ARN) through the API."""

    def message_waits(self, queue: str) -> None:
        """A queue (an ARN) has a message more."""

    def may_map(self, role: str, queue: str) -> None:
        """A function with this role (an ARN) is about to be mapped to a queue (an ARN).

        Raises:
            RefusedError: the role may not poll it.
        """

    def mapped(self, queue: str) -> None:
        """A function was mapped to a queue (an ARN), which may hold messages."""

    def redriven(self, message_id: str, source: str, target: str) -> None:
        """A queue moved a message to its dead-letter queue (both ARNs): it was received too often."""

    def departed(self, queue: str, message_id: str, why: Departure, target: str = "") -> None:
        """A queue (an ARN) holds a message no longer, for another reason; `target` is where it was moved to."""

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something when so many seconds have passed."""

    def waiting(self, queue: str, seconds: float, found: Callable[[], bool]) -> None:
        """A consumer waits up to `seconds` for a message: do what is due, until `found` says that one is there."""

    def invoke(self, function: str, payload: bytes, kind: str) -> tuple[bytes, str | None, str]:
        """Invoke; answers payload, FunctionError (None: none) and log."""

    def changed(self) -> None:
        """Rules, targets, subscriptions or mappings changed: forget what was derived from them."""

    def model(self, type_: str) -> type[Any] | None:
        """Our CloudFormation model for a resource type, if we have one."""

    def problem(self, stack: str, logical_id: str, type_: str, error: Exception, done: str) -> str:
        """A resource could not be `done`: created, updated or deleted. Answers why, in a sentence."""

    def deployed(self, account: str, region: str, stack: str, template: Mapping[str, Any]) -> None:
        """A stack was created or updated."""


class RefusedError(Exception):
    """A request that AWS would refuse, with the words of its refusal, and its code where moto has none of its own."""

    def __init__(self, words: str, code: str = "") -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True, slots=True)
class Seam:
    """`owner.name` of moto, taking `parameters`, replaced by what `make(original, listener)` returns.

    `original` is what stands in the owner: a function, or a property; ABSENT, without parameters, where moto has
    nothing and we add to it.
    """

    owner: Moto
    name: str
    parameters: tuple[str, ...]
    why: str
    make: Callable[[Any, Listener], Any]

    @property
    def label(self) -> str:
        """`moto.events.models.EventsBackend.put_events`."""
        where = getattr(self.owner, "__qualname__", "")
        module = getattr(self.owner, "__module__", self.owner.__name__)
        return ".".join(part for part in (module, where, self.name) if part)

    @property
    def original(self) -> Any:  # noqa: ANN401  # moto's own
        """What stands there now."""
        return self.owner.__dict__.get(self.name, ABSENT)

    @property
    def is_in(self) -> bool:
        """Whether our replacement stands there now."""
        found = self.original
        found = found.fget if isinstance(found, property) else found
        return str(getattr(found, "__module__", "")).startswith(__package__)

    def actual_parameters(self) -> tuple[str, ...]:
        """What the installed moto's function takes."""
        found = self.original
        if found is ABSENT:
            return ()
        if isinstance(found, property):
            found = found.fget
        elif isinstance(found, staticmethod):
            found = found.__func__
        return tuple(inspect.signature(found).parameters)


CHANGED = "what is derived from rules, subscriptions and mappings is forgotten when they change"


def then_changed(original: Moto, listener: Listener) -> Moto:
    """The original, after which everything derived is forgotten."""

    def call(*args: Moto, **more: Moto) -> Moto:
        answer = original(*args, **more)
        listener.changed()
        return answer

    return call
