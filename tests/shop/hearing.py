"""Who hears what: read from the ledger, compared with what the shop promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.local import Fate, readable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local import LocalCloud, Story

# What the shop promises. A function, a queue or a log group that an event must reach, whatever is on the way.
PROMISED = {
    "OrderPlaced": {"ReserveStock", "TrackStock", "OpenInvoice", "ThankCustomer", "/shop/audit"},
    "PaymentTaken": {"RecordPayment", "/shop/audit"},
    "ReturnRequested": {"ReceiveReturn", "TrackStock", "RefundOrder", "/shop/audit"},
    "QuestionAsked": {"OpenTicket", "CustomerCare", "/shop/audit"},
    "StockLow": {"ReorderStock", "/shop/audit"},
    "ParcelDelivered": {"/shop/audit"},
}


def hearers(story: Story) -> set[str]:
    """The consumers at the ends of an event's way, by the names they have in the stacks."""
    delivered = [delivery.edge for delivery in story.deliveries if delivery.fate is Fate.DELIVERED]
    return {_name(edge.target) for edge in delivered}


def broken_promises(cloud: LocalCloud, ids: Mapping[str, str]) -> list[str]:
    """A sentence for each consumer that did not hear what it must; `ids` maps detail types to event ids."""
    return [
        f"{consumer} no longer hears {detail_type}"
        for detail_type, event_id in ids.items()
        for consumer in sorted(PROMISED[detail_type] - hearers(cloud.ledger.story(event_id)))
    ]


def _name(arn: str) -> str:
    name = readable(arn)
    if name.startswith("logs:"):
        return name.removeprefix("logs:")
    return name.rsplit("/", 1)[-1].removesuffix("Function")
