"""Reading an event: JSON text or parsed, always an object."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from collections.abc import Mapping


def read_event(event: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """The event as an object.

    Raises:
        EventyardError: It is no JSON object, or nested beyond what a parser reads.
    """
    if isinstance(event, str):
        try:
            parsed = _decode(event)
        except RecursionError:
            raise too_deep() from None
        except ValueError as error:
            raise EventyardError(
                f"The event is not valid JSON: {error}.", where="event", remedy="Correct the text there."
            ) from None
    else:
        parsed = event
    if isinstance(parsed, dict):
        return parsed
    raise EventyardError(
        "The event is not a JSON object.",
        where="event",
        remedy='Pass the whole envelope: {"source": ..., "detail-type": ..., "detail": {...}}.',
    )


def too_deep() -> EventyardError:
    """The refusal of an event that is nested beyond what can be walked."""
    return EventyardError("The event is nested too deeply to be matched.", where="event", remedy="Flatten its detail.")


def _refuse(token: str) -> None:
    raise ValueError(f"{token} is no JSON")  # the JSON parser's own kind of error


# One decoder for all: `json.loads` with an option would make one for every event, at the price of a small event.
_decode = json.JSONDecoder(parse_constant=_refuse).decode
