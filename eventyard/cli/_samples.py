"""Samples of an event type that somebody names."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eventyard.contracts import EventType
from eventyard.contracts.testing import sample
from eventyard.errors import EventyardError
from eventyard.publishing import Bus
from eventyard.publishing.lines import item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventyard.publishing import Destination, Item


def samples(name: str | None, count: int, seed: int, source: str | None, to: Destination) -> Iterator[Item]:
    """So many samples of an event type, as a bus takes events or a topic takes messages.

    Args:
        name: `package.module:Type`, as this folder imports it.
        count: How many.
        seed: Which ones.
        source: Of the type's sources.
        to: Where they go.

    Raises:
        EventyardError: there is no such type, or no sample can be made of it.
    """
    kind = _event_type(name or "")

    def object_of(number: int) -> dict[str, Any]:
        made = sample(kind, seed=seed + number)
        if not isinstance(to, Bus):
            return {"Message": made.detail_json()}
        entry = made.entry(bus=to.name, source=source)
        return {"Source": entry["Source"], "DetailType": entry["DetailType"], "Detail": entry["Detail"]}

    for number in range(1, count + 1):
        yield item(number, object_of(number), to, f"samples of {kind.__name__}")


def _event_type(name: str) -> type[EventType]:
    module, _, attribute = name.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise EventyardError(f"{error}.", where=f"--sample {name}", remedy="Write package.module:Type.") from None
    if not (isinstance(found, type) and issubclass(found, EventType)):
        raise EventyardError("it is no event type.", where=f"--sample {name}", remedy="Name a subclass of EventType.")
    return found
