"""What the payment provider tells the shop, on a bus of its own: money that moved, and money that is contested.

Amounts are in integer cents, as in `shop.events`.
"""

from typing import Annotated

from pydantic import Field

from eventyard.contracts import EventType

from .events import Cents, Currency, Id

__all__ = ["PROVIDER", "SETTLEMENT_EVENTS", "ChargebackOpened", "PayoutMade"]

PROVIDER = "pay.provider"


class PayoutMade(EventType, source=PROVIDER):
    """The provider has paid out what customers paid; `fee` is what it kept."""

    payout_id: Id
    amount: Annotated[int, Field(strict=True, gt=0)]
    fee: Cents
    currency: Currency


class ChargebackOpened(EventType, source=PROVIDER):
    """A customer's bank takes a payment back until the shop has shown that it was right."""

    chargeback_id: Id
    payment_id: Id
    amount: Annotated[int, Field(strict=True, gt=0)]
    currency: Currency
    reason: str


SETTLEMENT_EVENTS: tuple[type[EventType], ...] = (PayoutMade, ChargebackOpened)
"""All of them, for the bus and the tests."""
