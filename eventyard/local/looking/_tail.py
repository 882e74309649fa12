"""Events and fates as they happen, from a number on, for those who ask again and again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eventyard.local.looking import _forms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.ledger import Event, Happening, Tape

# What one answer holds: enough for a screen a second, and never a body that takes long to make.
_MOST = 1_000
# Of this machine's: shorter than any client or proxy takes for silence.
_LONGEST_WAIT = 20.0


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody wants to see. Each is empty for anything; texts are parts of ARNs, but source and detail-type.

    A fate hides the events themselves, as they have none; attempts are hidden unless asked for.
    """

    account: str = ""
    edge: str = ""
    to: str = ""
    fate: str = ""
    source: str = ""
    detail_type: str = ""
    attempts: bool = False

    def wants(self, found: Happening) -> bool:
        """Whether it is to be seen."""
        return self._is_of_its_event(found.event) and (
            self._is_published(found.event) if found.delivery is None else self._is_delivered(found)
        )

    def _is_of_its_event(self, event: Event | None) -> bool:
        if not (self.source or self.detail_type):
            return True
        envelope = _forms.envelope_of(event) if event else {}
        return (not self.source or self.source == envelope.get("source")) and (
            not self.detail_type or self.detail_type == envelope.get("detail-type")
        )

    def _is_published(self, event: Event | None) -> bool:
        if event is None or self.fate or self.edge:
            return False
        return self.to in event.to and (not self.account or f":{self.account}:" in event.to)

    def _is_delivered(self, found: Happening) -> bool:
        delivery = found.delivery
        if delivery is None:
            return False
        edge = delivery.edge
        ends = f"{edge.source} {edge.target}"
        return (
            (self.attempts or delivery.fate != "pending")
            and (not self.fate or delivery.fate == self.fate)
            and self.to in edge.target
            and self.edge in f"{edge.kind} {edge.source} → {edge.target}"
            and (not self.account or f":{self.account}:" in ends or edge.source == self.account)
        )


def tail(tape: Tape, wanted: Filter, *, after: int | None, last: int, wait: float) -> dict[str, Any]:
    """What happened after a number, as soon as there is anything, or after the wait.

    Args:
        tape: Where it is written.
        wanted: What is to be seen of it.
        after: The number; None begins with the `last` ones that are wanted, and does not wait.
        last: So many.
        wait: Seconds of this machine.

    Returns:
        `happenings`, `next` (to ask `after`), and `missed`: how many of those after the number are kept no longer.
    """
    if after is None:
        found = tape.after(0)
        shown = [one for one in found if wanted.wants(one)]
        shown, missed = shown[len(shown) - last :] if last < len(shown) else shown, 0
        reached = found[-1].number if found else tape.last
    else:
        tape.wait(after, min(wait, _LONGEST_WAIT))
        found = tape.after(after)[:_MOST]
        shown = [one for one in found if wanted.wants(one)]
        missed = found[0].number - after - 1 if found else 0
        reached = found[-1].number if found else after
    return {"happenings": [_forms.happening(one) for one in shown], "next": reached, "missed": missed}


def filter_of(query: Mapping[str, str]) -> Filter:
    """The filter that a query names."""
    texts = {name: query.get(name, "") for name in ("account", "edge", "to", "fate", "source", "detail_type")}
    return Filter(**texts, attempts=query.get("attempts", "") == "1")
