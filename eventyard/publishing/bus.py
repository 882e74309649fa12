"""A bus: PutEvents.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from eventyard.contracts.publishing import MOST_BYTES, MOST_ENTRIES, entry_bytes
from eventyard.errors import EventyardError
from eventyard.publishing.destination import Answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_events.client import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

_REQUIRED = ("Source", "DetailType", "Detail")
_KNOWN = frozenset({*_REQUIRED, "Time", "Resources", "TraceHeader", "EventBusName"})
# An event as consumers and archives have it. Its id, account and Region are EventBridge's to give.
_ENVELOPE = {
    "source": "Source",
    "detail-type": "DetailType",
    "detail": "Detail",
    "time": "Time",
    "resources": "Resources",
}
# PutEventsResultEntry, ErrorCode: "Retryable errors include". The third is the operation's own error.
_PASSING = frozenset({"InternalFailure", "ThrottlingException", "InternalException"})


class Bus:
    """The bus of a name or ARN.

    Raises:
        EventyardError: there is no such bus: PutEvents would take the events all the same, and they would be gone.
    """

    most_entries = MOST_ENTRIES
    most_bytes = MOST_BYTES
    ordered = False

    def __init__(self, client: EventBridgeClient, bus: str) -> None:
        self._client = client
        self._bus = bus
        self.name = bus
        try:
            self.name = client.describe_event_bus(Name=bus)["Arn"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                raise EventyardError(
                    "there is no such bus.",
                    where=f"bus {bus}",
                    remedy="Look at its name and Region: PutEvents takes its events all the same, and they are gone.",
                ) from None
            # Who may only publish may not look, and a bus of another account cannot be looked at.
        except KeyError:
            pass

    def entry(self, found: dict[str, Any]) -> dict[str, Any]:
        """An entry of PutEvents, or a whole event, as an entry for this bus.

        Raises:
            EventyardError: it is neither; `where` is the field.
        """
        if "detail-type" in found:
            found = {_ENVELOPE[name]: value for name, value in found.items() if name in _ENVELOPE}
        entry = dict(found)
        for name in _REQUIRED:
            if entry.get(name, "") in ("", None):
                raise EventyardError(
                    "it is required.", where=name, remedy="Write Source, DetailType and Detail, or a whole event."
                )
        if unknown := sorted(entry.keys() - _KNOWN):
            raise EventyardError(f"an entry of PutEvents has only {', '.join(sorted(_KNOWN))}.", where=unknown[0])
        if entry.get("EventBusName", self._bus) not in {self._bus, self.name}:
            raise EventyardError(f"it is {entry['EventBusName']}, and not {self._bus}.", where="EventBusName")
        for name in ("Source", "DetailType"):
            if not isinstance(entry[name], str):
                raise EventyardError("it is no text.", where=name)
        return {**entry, "Detail": _detail(entry["Detail"]), **_time(entry), "EventBusName": self._bus}

    def size(self, entry: dict[str, Any]) -> int:
        """In bytes."""
        return entry_bytes(_typed(entry))

    def send(self, entries: Sequence[dict[str, Any]]) -> list[Answer]:
        """PutEvents."""
        answers = self._client.put_events(Entries=[_typed(entry) for entry in entries])["Entries"]
        return [
            Answer(id=answer["EventId"])
            if answer.get("EventId")
            else Answer(
                code=answer.get("ErrorCode", "Unknown"),
                reason=answer.get("ErrorMessage", ""),
                passing=answer.get("ErrorCode") in _PASSING,
            )
            for answer in answers
        ]


def _typed(entry: dict[str, Any]) -> PutEventsRequestEntryTypeDef:
    return entry  # type: ignore[return-value]  # `entry` above has looked at it


def _detail(given: object) -> str:
    """A JSON object as text; a text stays as it is."""
    try:
        text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False, allow_nan=False)
        if isinstance(json.loads(text), dict):
            return text
    except (ValueError, RecursionError):
        pass  # no JSON is no JSON object
    raise EventyardError("it is no JSON object.", where="Detail", remedy="Write {...}, or the same as a text.")


def _time(entry: dict[str, Any]) -> dict[str, datetime]:
    if "Time" not in entry:
        return {}
    try:
        return {"Time": datetime.fromisoformat(entry["Time"])}
    except (TypeError, ValueError):
        raise EventyardError(
            f"{entry['Time']!r} is no time.", where="Time", remedy="Write it as 2026-01-01T08:00:00Z."
        ) from None
