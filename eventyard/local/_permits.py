"""One refusal for a batch: it concerns each of its deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eventyard.local._yard import Yard
    from eventyard.local.authority import Refusal
    from eventyard.local.ledger import Delivery


def permit_all(yard: Yard, deliveries: Iterable[Delivery], refusal: Refusal | None) -> None:
    """Let a batch pass that is not refused, or where permissions are not enforced; the ledger says so then.

    Raises:
        Undeliverable: it is refused.
    """
    for delivery in deliveries:
        yard.permit(delivery, refusal)
