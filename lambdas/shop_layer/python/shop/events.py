"""The shop's event types: the detail of each, who publishes it, its version.

Money is in integer cents. Fields that are not declared here are ignored by who reads, so a producer may add some
without breaking a consumer; a field that is declared must be there and valid, else the event is refused. What was
promised is on record in `tests/shop/contracts`: a change that breaks it needs a new version.
"""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from eventyard.contracts import Event, EventType

__all__ = [
    "SHOP_EVENTS",
    "Event",
    "OrderPlaced",
    "ParcelDelivered",
    "PaymentTaken",
    "QuestionAsked",
    "ReturnRequested",
    "StockLow",
]

PRODUCERS = ("shop.web", "shop.mobile", "shop.pos")

Id = Annotated[str, Field(min_length=1)]
"""Of any kind: it becomes a key in DynamoDB, and those are not empty."""

Cents = Annotated[int, Field(strict=True, ge=0)]
Quantity = Annotated[int, Field(strict=True, gt=0)]
Count = Annotated[int, Field(strict=True)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["DE", "FR", "US"])]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR", "USD"])]


class Frozen(BaseModel):
    """The base of what an event is made of: cannot be changed once it is read."""

    model_config = ConfigDict(frozen=True)


class Line(Frozen):
    """One article and how many of it."""

    sku: Id
    quantity: Quantity


class OrderLine(Line):
    """A line of an order; `price` is that of one piece, in cents."""

    price: Cents


class OrderPlaced(EventType, source=PRODUCERS):
    """A customer has ordered; `total` in cents is what the invoice asks for."""

    order_id: Id
    customer_id: Id
    country: Country
    currency: Currency
    total: Cents
    lines: Annotated[tuple[OrderLine, ...], Field(min_length=1)]


class PaymentTaken(EventType, source=PRODUCERS):
    """Money has come in for an order; it may be told before the order is."""

    payment_id: Id
    order_id: Id
    amount: Annotated[int, Field(strict=True, gt=0)]
    currency: Currency
    method: Literal["card", "invoice", "cash"]


class ReturnRequested(EventType, source=PRODUCERS):
    """A customer sends goods back; `refund` in cents is what they get, in the order's currency."""

    return_id: Id
    order_id: Id
    customer_id: Id
    reason: str
    refund: Cents
    lines: Annotated[tuple[Line, ...], Field(min_length=1)]


class QuestionAsked(EventType, source=PRODUCERS):
    """A customer wants to know something, perhaps about one order."""

    question_id: Id
    customer_id: Id
    order_id: Id | None = None
    topic: Literal["delivery", "product", "invoice", "other"]
    urgency: Literal["low", "normal", "high"]
    text: str


class StockLow(EventType, source=PRODUCERS):
    """A warehouse has less of an article than its threshold; both in pieces."""

    alert_id: Id
    sku: Id
    level: Count
    threshold: Quantity
    warehouse: Id


class ParcelDelivered(EventType, source="shop.carrier"):
    """A carrier has handed a parcel to the customer; `notice_id` is the carrier's own for this piece of news."""

    notice_id: Id
    order_id: Id
    parcel: Id
    carrier: Id
    delivered_at: AwareDatetime


SHOP_EVENTS: tuple[type[EventType], ...] = (
    OrderPlaced,
    PaymentTaken,
    ReturnRequested,
    QuestionAsked,
    StockLow,
    ParcelDelivered,
)
"""All of them, for the bus, the schema registry and the tests."""
