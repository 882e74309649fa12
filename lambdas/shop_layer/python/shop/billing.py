"""What happens to an order's invoice, as plain data, and what its amounts say about it.

The order, its payments and its refunds come over different ways and in any order.
"""

from dataclasses import dataclass
from typing import Literal

Status = Literal["awaiting_order", "open", "paid", "refunded"]


@dataclass(frozen=True, kw_only=True)
class Bill:
    """The order asks for `total` cents."""

    order_id: str
    customer_id: str
    total: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class Posting:
    """Money that came in (`paid`) or went back (`refunded`), counted once for its `posting_id`.

    `amount` is in cents; `currency` is None where the event names none and means the invoice's.
    """

    order_id: str
    account: Literal["paid", "refunded"]
    posting_id: str
    amount: int
    currency: str | None = None


class CurrencyMismatchError(ValueError):
    """Cents of two currencies would have been added up."""


def status_of(*, total: int | None, paid: int, refunded: int) -> Status:
    """The invoice's status from its amounts in cents; `total` is None while the order is unknown.

    What was refunded need not be paid any more, so an invoice is settled when the two together reach the total.
    """
    if total is None:
        return "awaiting_order"
    if paid + refunded < total:
        return "open"
    return "refunded" if refunded and refunded >= total else "paid"
