"""Who would break if an event type became another.

Two sides may break. *Consumers* that read the recorded schema get the new events: what they need has to be there still,
and hold nothing that they do not know. And *recorded events* still come: from archives and dead-letter queues, from
producers that are not deployed yet; whoever reads with the new schema has to understand them. Adding an optional field
breaks neither, which is how an event type grows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.contracts.finding import Finding
from eventyard.contracts.fitting import Misfit, misfits

if TYPE_CHECKING:
    from eventyard.contracts.schema import Schema

# What a misfit means to either side, by its code.
_FOR_CONSUMERS = {"absent": "removed", "lost": "removed", "unsure": "made-optional"}
_FOR_EVENTS = {"absent": "newly-required", "unsure": "newly-required"}


def breaking_changes(recorded: Schema, current: Schema, *, event: str) -> list[Finding]:
    """What breaks when events of one schema are followed by events of another, field by field.

    Args:
        recorded: The schema that consumers rely on.
        current: The schema of today.
        event: The event's detail type, for the findings.
    """
    consumers = "consumers of the recorded version would break"
    events = "recorded events, and those of producers not deployed yet, could no longer be read"
    return [
        *(
            _finding(_FOR_CONSUMERS.get(misfit.code, "widened"), misfit, event, consumers)
            for misfit in misfits(current, recorded)
        ),
        *(
            _finding(_FOR_EVENTS.get(misfit.code, "narrowed"), misfit, event, events)
            for misfit in misfits(recorded, current)
            if misfit.code != "lost"  # an optional field that is new: old events lack it, and nobody needs it
        ),
    ]


def _finding(code: str, misfit: Misfit, event: str, who: str) -> Finding:
    field = f"detail.{misfit.field}" if misfit.field else "detail"
    return Finding(code, event, field, f"{event}: {field} {misfit.why} ({code}): {who}.")
