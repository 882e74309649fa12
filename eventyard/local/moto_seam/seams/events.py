"""EventBridge: deliveries are ours, and so is what a request may be."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from moto.core.exceptions import JsonRESTError
from moto.core.utils import camelcase_to_underscores
from moto.events.exceptions import ValidationException
from moto.events.models import EventPatternParser, EventsBackend, Replay, ReplayState, Rule
from moto.events.responses import EventsHandler

from eventyard.local.door import ApiError, check_model
from eventyard.local.door.buses import check_bus
from eventyard.local.door.replays import check_replay
from eventyard.local.door.rules import check_rule, test_event_pattern
from eventyard.local.door.targets import check_targets
from eventyard.local.moto_seam.seams._seam import CHANGED, Moto, RefusedError, Seam, then_changed

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.local.moto_seam.seams._seam import Listener

    # What is checked of a request, with the backend it goes to.
    Check = Callable[[Moto, dict[str, Any]], None]


def _put_events(_original: Moto, listener: Listener) -> Moto:
    def put_events(self: Moto, events: list[Moto]) -> list[Moto]:
        try:
            return listener.put_events(self.account_id, self.region_name, events)
        except RefusedError as refused:
            raise ValidationException(str(refused)) from None

    return put_events


def _replay_events(_original: Moto, listener: Listener) -> Moto:
    def replay_events(self: Moto, archive: Moto) -> None:
        # moto replays everything, to every rule, each time as another event.
        start, end = (_seconds(moment) for moment in (self.event_start_time, self.event_end_time))
        chosen = [event for event in archive.events if start <= _seconds(event["time"]) < end]
        listener.replay(self.name, archive.source_arn, chosen, self.destination.get("FilterArns") or [])
        self.state = ReplayState.COMPLETED
        self.end_time = listener.now()

    return replay_events


def _seconds(moment: float | str) -> float:
    return datetime.fromisoformat(moment).timestamp() if isinstance(moment, str) else float(moment)


def _validate_event_pattern(_original: Moto, _listener: Listener) -> Moto:
    def validate(self: Moto, pattern: Moto) -> None:
        """Nothing: the door has looked at it, and moto takes less than EventBridge."""

    return validate


# The door


def door(operation: str, check: Check | None = None) -> Callable[[Moto, Listener], Moto]:
    """What the service's model says of a request, and then what `check` says; then moto's own handler."""

    def make(original: Moto, _listener: Listener) -> Moto:
        def handle(self: Moto) -> Moto:
            request = json.loads(self.body or "{}")
            try:
                check_model("events", operation, request)
                if check:
                    check(self.events_backend, request)
            except ApiError as refused:
                raise JsonRESTError(refused.code, refused.message) from None
            return original(self)

        return handle

    return make


def _test_event_pattern(_original: Moto, _listener: Listener) -> Moto:
    def handle(self: Moto) -> str:
        request = json.loads(self.body or "{}")
        try:
            check_model("events", "TestEventPattern", request)
            return json.dumps({"Result": test_event_pattern(request)})
        except ApiError as refused:
            raise JsonRESTError(refused.code, refused.message) from None

    return handle


def _put_rule(backend: Moto, request: dict[str, Any]) -> None:
    bus = _bus(backend, request)
    _check_unmanaged(bus, request["Name"])
    own = {name: rule.event_pattern.dump() for name, rule in bus.rules.items() if not rule.managed_by}
    check_rule(request, bus.name, own)


def _put_targets(backend: Moto, request: dict[str, Any]) -> None:
    bus = _bus(backend, request)
    _check_unmanaged(bus, request["Rule"])
    rule = bus.rules.get(request["Rule"])
    present = [target["Id"] for target in rule.targets] if rule else []
    check_targets(request["Targets"], present, backend.account_id, backend.region_name)


def _remove_targets(backend: Moto, request: dict[str, Any]) -> None:
    if not request.get("Force"):
        _check_unmanaged(_bus(backend, request), request["Rule"])


def _delete_rule(backend: Moto, request: dict[str, Any]) -> None:
    # moto passes over a bus that is not there.
    bus = _bus(backend, request)
    if not request.get("Force"):
        _check_unmanaged(bus, request["Name"])


def check_event_bus(backend: Moto, request: dict[str, Any]) -> None:
    """CreateEventBus, whose own seam keeps more of the request than moto does."""
    check_bus(request, backend.event_buses, backend.region_name)


def _start_replay(backend: Moto, request: dict[str, Any]) -> None:
    bus = backend.event_buses.get(request["Destination"]["Arn"].rsplit("/", 1)[-1])
    rules = {rule.arn for rule in bus.rules.values()} if bus else set()
    under_way = (ReplayState.STARTING, ReplayState.RUNNING)
    check_replay(request, rules, sum(replay.state in under_way for replay in backend.replays.values()))


def _bus(backend: Moto, request: dict[str, Any]) -> Moto:
    return backend.describe_event_bus((request.get("EventBusName") or "default").rsplit("/", 1)[-1])


def _check_unmanaged(bus: Moto, rule: str) -> None:
    # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html, ManagedRuleException: an archive's.
    found = bus.rules.get(rule)
    if found is not None and found.managed_by:
        raise ApiError("ManagedRuleException", f"Rule {rule} is managed by {found.managed_by}.")


_DOORS: dict[str, Check | None] = {
    "PutEvents": None,
    "PutRule": _put_rule,
    "DeleteRule": _delete_rule,
    "PutTargets": _put_targets,
    "RemoveTargets": _remove_targets,
    "StartReplay": _start_replay,
}

_PUT_RULE = (
    "self",
    "name",
    "description",
    "event_bus_arn",
    "event_pattern",
    "role_arn",
    "scheduled_expression",
    "state",
    "managed_by",
    "tags",
)

SEAMS = (
    Seam(EventsBackend, "put_events", ("self", "events"), "deliveries are ours", _put_events),
    Seam(Replay, "replay_events", ("self", "archive"), "and a replay's", _replay_events),
    Seam(EventPatternParser, "_validate_event_pattern", ("self", "pattern"), "one matcher", _validate_event_pattern),
    Seam(EventsHandler, "test_event_pattern", ("self",), "the same one", _test_event_pattern),
    *(
        Seam(EventsHandler, camelcase_to_underscores(operation), ("self",), "the door", door(operation, check))
        for operation, check in _DOORS.items()
    ),
    *(
        Seam(owner, name, parameters, CHANGED, then_changed)
        for owner, name, parameters in (
            (EventsBackend, "put_rule", _PUT_RULE),
            (Rule, "put_targets", ("self", "targets")),
            (Rule, "remove_targets", ("self", "ids")),
            (Rule, "enable", ("self",)),
            (Rule, "disable", ("self",)),
            (EventsBackend, "delete_rule", ("self", "name", "event_bus_arn")),
            (EventsBackend, "delete_event_bus", ("self", "name")),
            (EventsBackend, "update_archive", ("self", "name", "description", "event_pattern", "retention")),
            (EventsBackend, "delete_archive", ("self", "name")),
        )
    ),
)
