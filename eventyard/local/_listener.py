"""What moto tells the local cloud, passed on to the box it concerns."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from eventyard.errors import EventyardError
from eventyard.local import _identity
from eventyard.local._bootstrap import prepare
from eventyard.local._yard import causes
from eventyard.local.alarms import MINUTE, Datum, MetricKey
from eventyard.local.moto_seam import RefusedError
from eventyard.local.schemas import Registries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from eventyard.local._resources import Resources
    from eventyard.local._yard import Yard
    from eventyard.local.messages import Departure
    from eventyard.local.moto_seam import ApiCall, Carried, MetricName, Samples


class CloudListener:
    """A `moto_seam.Listener`, method by method."""

    def __init__(self, yard: Yard, resources: Resources, account: str) -> None:
        self.account = account
        self._yard = yard
        self._resources = resources
        self._registries = Registries(yard.clock)

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._yard.clock.now()

    def account_of(self, access_key: str) -> str | None:
        """The account that an access key belongs to."""
        return _identity.account_of(access_key) or self._yard.state.account_of(access_key)

    def authorize(self, call: ApiCall) -> None:
        """Somebody's call. The CDK CLI finds an environment bootstrapped, whichever it is."""
        if call.operation == "AssumeRole":
            prepare(str(call.parameters.get("RoleArn")), self._resources.client)
        authority = self._yard.authority
        refusal = authority.call(call)
        if refusal is not None and authority.enforce:
            raise RefusedError(refusal.reason, refusal.code)

    def put_events(self, account: str, region: str, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """PutEvents."""
        return self._yard.buses.put_events(account, region, entries)

    def replay(self, name: str, bus: str, events: list[dict[str, Any]], rules: list[str]) -> None:
        """A replay."""
        self._yard.buses.replay(name, bus, events, rules)

    def publish(self, topic: str, message: Mapping[str, Any]) -> str:
        """Publish."""
        return self._yard.topics.publish(topic, message)

    def subscribed(self, subscription: str) -> None:
        """An HTTP endpoint was subscribed."""
        self._yard.confirmations.ask(subscription)

    def confirm(self, topic: str, token: str, *, authenticated: bool) -> str:
        """ConfirmSubscription."""
        return self._yard.confirmations.confirm(topic, token, authenticated=authenticated)

    def put_records(self, stream: str, records: list[bytes]) -> list[str]:
        """PutRecord, PutRecordBatch."""
        return self._yard.streams.put_by_api(stream, records)

    def schemas(self, account: str, region: str, operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """The schema registry."""
        return self._registries.call(account, region, operation, given)

    def report(  # noqa: PLR0917  # as in the protocol
        self, account: str, region: str, source: str, detail_type: str, detail: Mapping[str, Any], resources: list[str]
    ) -> None:
        """A service reports something."""
        entry = {"Source": source, "DetailType": detail_type, "Detail": json.dumps(detail), "Resources": resources}
        self._yard.buses.put(entry, account, region, causes.get())

    def alarms_put(self) -> None:
        """Alarms were put or deleted."""
        self._yard.alarms.forget()

    def check_alarm_rule(self, account: str, region: str, rule: str) -> None:
        """Somebody puts a composite alarm."""
        try:
            missing = self._yard.alarms.missing(account, region, rule)
        except EventyardError as error:
            raise RefusedError(f"AlarmRule: {error.message}") from None
        if missing:
            raise RefusedError(f"AlarmRule names alarms that are not there: {', '.join(missing)}.")

    def alarm_changed(self, alarm: str, change: Mapping[str, Any]) -> None:
        """An alarm has another state."""
        self._yard.alarms.changed(alarm, change)

    def metric_put(self, key: MetricName, moment: float, samples: Samples) -> None:
        """Somebody's PutMetricData."""
        self._yard.metrics.put(MetricKey(*key), Datum(*samples), moment)

    def metric_data(
        self, account: str, region: str
    ) -> Iterator[tuple[str, str, tuple[tuple[str, str], ...], datetime, Samples]]:
        """The datapoints of AWS's own metrics."""
        for key, minute, datum in self._yard.metrics.of(account, region):
            if key.namespace.startswith("AWS/"):
                moment = datetime.fromtimestamp(minute * MINUTE, UTC).replace(tzinfo=None)  # as moto compares them
                samples = (datum.count, datum.total, datum.least, datum.most)
                yield key.namespace, key.name, key.dimensions, moment, samples

    def message_added(self, queue: str, message_id: str, body: str) -> Carried:
        """Somebody's SendMessage."""
        return self._yard.queues.received_from_outside(queue, message_id, body)

    def message_waits(self, queue: str) -> None:
        """A queue has a message more."""
        self._yard.metrics.touch(queue)
        self._yard.queues.waits(queue)

    def may_map(self, role: str, queue: str) -> None:
        """A function is about to be mapped to a queue."""
        authority = self._yard.authority
        refusal = authority.map(role=role, queue=queue)
        if refusal is not None and authority.enforce:
            raise RefusedError(refusal.reason, refusal.code)

    def mapped(self, queue: str) -> None:
        """A function was mapped to a queue."""
        self._yard.queues.waits(queue)

    def redriven(self, message_id: str, source: str, target: str) -> None:
        """A message became a dead letter."""
        self._yard.metrics.touch(source)
        self._yard.queues.redriven(message_id, source, target)

    def departed(self, queue: str, message_id: str, why: Departure, target: str = "") -> None:
        """A queue holds a message no longer."""
        self._yard.metrics.touch(queue)
        self._yard.queues.departed(queue, message_id, why, target)

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Something is to be done later."""
        self._yard.agenda.at(self._yard.clock.now() + seconds, action)

    def waiting(self, queue: str, seconds: float, found: Callable[[], bool]) -> None:
        """A consumer waits."""
        self._yard.metrics.touch(queue)
        self._yard.turn.wait(seconds, found)

    def invoke(self, function: str, payload: bytes, kind: str) -> tuple[bytes, str | None, str]:
        """Invoke."""
        return self._yard.functions.invoke_by_api(function, payload, kind)

    def changed(self) -> None:
        """Something that others derive from changed."""
        self._yard.forget()

    def model(self, type_: str) -> type[Any] | None:
        """Our CloudFormation model."""
        return self._resources.model(type_)

    def problem(self, stack: str, logical_id: str, type_: str, error: Exception, done: str) -> str:
        """A resource could not be made."""
        return self._resources.failed(stack, logical_id, type_, error, done)

    def deployed(self, account: str, region: str, stack: str, template: Mapping[str, Any]) -> None:
        """A stack stands."""
        self._yard.forget()
        self._resources.deployed(account, region, stack, template)
