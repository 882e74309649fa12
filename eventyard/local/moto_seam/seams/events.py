"""EventBridge: deliveries are ours, and so is what a pattern or a target may be."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from moto.core.exceptions import JsonRESTError
from moto.events.exceptions import InvalidEventPatternException, ValidationException
from moto.events.models import EventPatternParser, EventsBackend, Replay, ReplayState, Rule

from eventyard.errors import PatternError, TransformError
from eventyard.local.moto_seam._records import Arn
from eventyard.local.moto_seam.seams._seam import CHANGED, Moto, RefusedError, Seam, then_changed
from eventyard.patterns import EventPattern
from eventyard.transforms import check_target

if TYPE_CHECKING:
    from eventyard.local.moto_seam.seams._seam import Listener


_MOST_TARGETS = 5


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
        if not self.pattern:
            return  # a schedule has none
        try:
            EventPattern.parse(pattern)
        except PatternError as error:
            raise InvalidEventPatternException(reason=str(error)) from None

    return validate


def _put_targets(original: Moto, _listener: Listener) -> Moto:
    def put_targets(self: Moto, name: str, event_bus_arn: str | None, targets: list[Moto]) -> None:
        # The rule that keeps an archive is moto's own, and its input is no JSON.
        if not name.startswith("Events-Archive-"):
            bus = self.event_buses.get((event_bus_arn or "default").rsplit("/", 1)[-1])
            rule = bus and bus.rules.get(name)
            _check_targets(self.account_id, rule.targets if rule else [], targets)
        original(self, name, event_bus_arn, targets)

    return put_targets


def _check_targets(account: str, present: list[Moto], targets: list[Moto]) -> None:
    """https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html, and its quota of five a rule."""
    for target in targets:
        try:
            check_target(target)
        except TransformError as error:
            raise ValidationException(str(error)) from None
        arn = Arn.parse(target["Arn"])
        if arn.service == "events" and arn.account != account and not target.get("RoleArn"):
            raise ValidationException(f"RoleArn is required for target {target['Arn']}.")
    if len({target["Id"] for target in (*present, *targets)}) > _MOST_TARGETS:
        raise JsonRESTError("LimitExceededException", "The requested resource exceeds the maximum number allowed.")


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
    Seam(EventsBackend, "put_targets", ("self", "name", "event_bus_arn", "targets"), "one transformer", _put_targets),
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
