"""What a failed assertion about deliveries says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.errors import DeliveryError
from eventyard.local.ledger._story import readable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eventyard.local.ledger._books import Drops
    from eventyard.local.ledger._records import Delivery
    from eventyard.local.ledger._story import Story

# As many as fit a screen.
_SHOWN = 10


def line(delivery: Delivery) -> str:
    """One delivery as a line."""
    edge = delivery.edge
    last = delivery.attempts[-1] if delivery.attempts else None
    code, reason = (delivery.code, delivery.reason) if delivery.code or last is None else (last.code, last.reason)
    told = f" ({code}: {reason})" if code else ""
    return f"{readable(edge.source)} → {readable(edge.target)}: {delivery.fate}{told}"


def dropped(unasked: Sequence[Drops]) -> DeliveryError:
    """Deliveries were dropped that nobody expected."""
    count = sum(drops.count for drops in unasked)
    shown = unasked[:_SHOWN]
    lines = "\n".join(f"  {drops.edge.source} → {drops.edge.target}: {drops.code} {drops.reason}" for drops in shown)
    more = f"\n  and of {len(unasked) - len(shown)} more kinds" if len(unasked) > len(shown) else ""
    return DeliveryError(
        f"{count} deliveries were dropped and nobody expected it:\n{lines}{more}\n",
        remedy="Give the edge a dead-letter queue, or say ledger.expect_drops(...) where a test means it.",
    )


def undelivered(story: Story, to: str, reasons: list[str]) -> DeliveryError:
    """It should have been delivered."""
    return DeliveryError(f"{_event(story)} was not delivered to {to!r}{_because(reasons)}\n{story}\n")


def delivered(story: Story, to: str) -> DeliveryError:
    """It should not have been delivered."""
    return DeliveryError(f"{_event(story)} was delivered to {to!r}:\n{story}\n")


def other_reasons(story: Story, to: str, because: str, reasons: list[str]) -> DeliveryError:
    """It was not delivered, but not for the reason that was given."""
    return DeliveryError(
        f"{_event(story)} was not delivered to {to!r}, but not because of {because!r}{_because(reasons)}"
    )


def _event(story: Story) -> str:
    first = story.chapters[0].event
    return f"{first.title} ({first.id})"


def _because(reasons: list[str]) -> str:
    if not reasons:
        return ": no edge leads there from where it went."
    return ":" + "".join(f"\n  {reason}" for reason in reasons)
