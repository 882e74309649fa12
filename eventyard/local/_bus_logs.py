"""What a bus says of itself: a record for each step that EventBridge takes with an event, in the bus's log groups.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-logs-schema.html has the records' fields and
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-logs.html the levels. AWS delivers them as vended
logs, when it can and in no order; here each is written when its step is taken.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local._hand_over import GivenUp
    from eventyard.local._yard import Undeliverable, Yard
    from eventyard.local.moto_seam import BusLogging, Rule

# The least level that has a step. AWS's table of them is a picture: docs/fidelity.md says what is uncertain.
_LEVELS = {
    "EVENT_INGEST_FAILURE": "ERROR",
    "EVENT_INGEST_SUCCESS": "TRACE",
    "EVENT_RECEIPT": "INFO",
    "INVOCATION_ATTEMPT_PERMANENT_FAILURE": "ERROR",
    "INVOCATION_ATTEMPT_RETRYABLE_FAILURE": "ERROR",
    "INVOCATION_ATTEMPT_START": "TRACE",
    "INVOCATION_ATTEMPT_SUCCESS": "TRACE",
    "INVOCATION_DLQ": "ERROR",
    "INVOCATION_FAILURE": "ERROR",
    "INVOCATION_START": "TRACE",
    "INVOCATION_SUCCESS": "INFO",
    "NO_STANDARD_RULES_MATCHED": "INFO",
    "RULE_MATCH": "INFO",
    "RULE_MATCH_START": "TRACE",
}
_ORDER = ("OFF", "ERROR", "INFO", "TRACE")
_IDS = uuid.UUID("5f0c0a8e-3f0d-4c7e-9d4b-9a8a3c1f2b6d")


class BusLogs:
    """The logs of all buses."""

    def __init__(self, yard: Yard) -> None:
        self._yard = yard
        self._logs: dict[str, BusLog | None] = {}

    def forget(self) -> None:
        """A bus, or where its logs go, changed."""
        self._logs.clear()

    def of(self, bus: str) -> BusLog | None:
        """The log of a bus (an ARN); None where nobody reads any."""
        if bus not in self._logs:
            logging = self._yard.state.bus_logging(bus)
            self._logs[bus] = BusLog(self._yard, bus, logging) if logging else None
        return self._logs[bus]


@dataclass(frozen=True, slots=True)
class BusLog:
    """The log of one bus."""

    yard: Yard
    bus: str
    logging: BusLogging

    def received(self, event: Mapping[str, Any], account: str) -> None:
        """An account's event has come."""
        self._of_event("EVENT_RECEIPT", event, account)

    def ingested(self, event: Mapping[str, Any], account: str, failure: str = "") -> None:
        """It is on the bus; or it is not, because the bus's key cannot be used."""
        if failure:
            self._of_event("EVENT_INGEST_FAILURE", event, account, error=_error(failure, "kms"))
        else:
            self._of_event("EVENT_INGEST_SUCCESS", event, account)
            self._of_event("RULE_MATCH_START", event, account)

    def matched(self, event: Mapping[str, Any], rule: Rule) -> None:
        """One rule wants it."""
        targets = [str(target["Arn"]) for target in rule.targets]
        ids = [_invocation(event["id"], rule.arn, target) for target in targets]
        details = {"rule_arn": rule.arn, "target_arns": targets, "invocation_ids": ids}
        self.write("RULE_MATCH", event["id"], details)

    def unmatched(self, event: Mapping[str, Any]) -> None:
        """No rule wants it."""
        self.write("NO_STANDARD_RULES_MATCHED", event["id"], {})

    def _of_event(
        self, step: str, event: Mapping[str, Any], account: str, error: Mapping[str, str] | None = None
    ) -> None:
        details = {
            "caller_account_id": account,
            "source_time_ms": round(self.yard.clock.now() * 1000),
            "source": event["source"],
            "detail_type": event["detail-type"],
            "resources": event["resources"],
        }
        self.write(step, event["id"], details, {"event_detail": json.dumps(event["detail"])}, error=error)

    def write(
        self,
        step: str,
        event_id: str,
        details: Mapping[str, Any],
        full: Mapping[str, Any] | None = None,
        *,
        at: float | None = None,
        invocation: str = "",
        error: Mapping[str, str] | None = None,
    ) -> None:
        """One record, if the bus's level has its step; `full` is left out where the bus keeps details to itself."""
        level, moment = _LEVELS[step], self.yard.clock.now() if at is None else at
        groups = self.logging.groups.get(level)
        if not groups or _ORDER.index(level) > _ORDER.index(self.logging.level):
            return
        record = {
            "resource_arn": self.bus,
            "message_timestamp_ms": round(moment * 1000),
            "event_id": event_id,
            **({"invocation_id": invocation} if invocation else {}),
            "request_id": str(uuid.uuid5(_IDS, event_id)),
            "message_type": step,
            "log_level": level,
            "details": {**details, **((full or {}) if self.logging.full else {})},
            **({"error": error} if error else {}),
        }
        stream = self.bus.rsplit("/", 1)[-1]
        for group in groups:
            self.yard.state.log(group, stream, [json.dumps(record)], moment)


@dataclass(slots=True)
class Invocation:
    """One target's invocation with one event, told to a bus's log."""

    log: BusLog
    event_id: str
    rule: str
    target: str
    role: str
    attempts: int = 0
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        """It begins now."""
        self._began = self.log.yard.clock.now()
        self._write("INVOCATION_START", {"attempt_count": 0})

    def attempted(self, failure: Undeliverable | None, moment: float) -> None:
        """An attempt went well, and it is over; or it failed."""
        if failure is None:
            self._attempt("INVOCATION_ATTEMPT_SUCCESS", "SUCCESS", moment)
            self._ended("INVOCATION_SUCCESS", "SUCCESS")
            return
        kind = "RETRYABLE" if failure.passes else "PERMANENT"
        self._attempt(f"INVOCATION_ATTEMPT_{kind}_FAILURE", failure.code, moment, _error(failure.reason, self._service))

    def given_up(self, given_up: GivenUp, *, dead_lettered: bool) -> None:
        """There is no further one; and whether the dead-letter queue has the event."""
        failure = given_up.failure
        self._ended("INVOCATION_FAILURE", failure.code, _error(failure.reason, self._service))
        if dead_lettered:
            self._ended("INVOCATION_DLQ", failure.code)

    def _attempt(self, step: str, status: str, moment: float, error: Mapping[str, str] | None = None) -> None:
        self._write("INVOCATION_ATTEMPT_START", {"attempt_count": self.attempts + 1}, at=moment)
        self.attempts += 1
        kind = "FIRST" if self.attempts == 1 else "RETRY"
        details = {"attempt_type": kind, "attempt_count": self.attempts, "invocation_status": status}
        self._write(step, details, error, at=moment)

    def _ended(self, step: str, status: str, error: Mapping[str, str] | None = None) -> None:
        latency = round((self.log.yard.clock.now() - self._began) * 1000)
        details: dict[str, Any] = {"total_attempts": self.attempts, "final_invocation_status": status}
        if step == "INVOCATION_SUCCESS":
            details["ingestion_to_success_latency_ms"] = latency
        self._write(step, {**details, "ingestion_to_complete_latency_ms": latency}, error)

    def _write(
        self, step: str, more: Mapping[str, Any], error: Mapping[str, str] | None = None, at: float | None = None
    ) -> None:
        who = {"rule_arn": self.rule, "target_arn": self.target, **({"role_arn": self.role} if self.role else {})}
        invocation = _invocation(self.event_id, self.rule, self.target)
        self.log.write(step, self.event_id, {**who, **more}, at=at, invocation=invocation, error=error)

    @property
    def _service(self) -> str:
        return self.target.split(":")[2]


def _invocation(event_id: str, rule: str, target: str) -> str:
    return str(uuid.uuid5(_IDS, f"{event_id}/{rule}/{target}"))


def _error(reason: str, service: str) -> dict[str, str]:
    return {"error_message": reason, "aws_service": service}
