"""What is known of a subject (an alarm, an instance, an object) after something was told of it.

A topic tells it in the words of whoever publishes:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html (alarms)
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html (events of AWS's own)
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

OPEN, OVER = "open", "over"


class UnknownAlertError(ValueError):
    """An alert of a kind that this function does not know. Trying again will not help."""


@dataclass(frozen=True, kw_only=True)
class Incident:
    """The state of a subject since a moment (ISO 8601, UTC), and why."""

    subject: str
    state: str
    since: str
    reason: str


def incident_of(alert: str) -> Incident:
    """The incident that an alert opens or ends.

    Raises:
        UnknownAlertError: it is neither an alarm's nor an event.
    """
    try:
        told = json.loads(alert)
    except ValueError as error:
        raise UnknownAlertError(f"The alert is no JSON: {error}") from error
    if not isinstance(told, Mapping):
        raise UnknownAlertError("The alert is no JSON object.")
    try:
        return _of_alarm(told) if "AlarmName" in told else _of_event(told)
    except (KeyError, ValueError) as error:
        raise UnknownAlertError(f"The alert is neither an alarm's nor an event: {error}") from error


def _of_alarm(told: Mapping[str, Any]) -> Incident:
    return Incident(
        subject=f"alarm {told['AlarmName']}",
        state=OPEN if told["NewStateValue"] == "ALARM" else OVER,
        since=_utc(told["StateChangeTime"]),
        reason=told["NewStateReason"],
    )


def _of_event(event: Mapping[str, Any]) -> Incident:
    about = ", ".join(event["resources"]) or event["source"]
    return Incident(
        subject=f"{event['detail-type']}: {about}",
        state=OPEN,
        since=_utc(event["time"]),
        reason=json.dumps(event["detail"]),
    )


def _utc(moment: str) -> str:
    """All in one form, so that a later one is greater."""
    return datetime.fromisoformat(moment).isoformat(timespec="milliseconds")
