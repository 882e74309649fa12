"""Event types with everything a detail may be made of."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from eventyard.contracts import EventType


class Channel(StrEnum):
    """Where an order came from."""

    WEB = "web"
    SHOP = "shop"


class Line(BaseModel):
    """One article of an order."""

    sku: Annotated[str, Field(min_length=1, max_length=20)]
    quantity: Annotated[int, Field(gt=0, le=99)]
    gift: str | None = None


class Parcel(BaseModel):
    """It may hold further parcels."""

    weight: Annotated[float, Field(ge=0.1, lt=30)]
    inside: list[Parcel] = []


class Card(BaseModel):
    """Paid by card."""

    kind: Literal["card"]
    last_digits: Annotated[str, Field(pattern=r"^\d{4}$", examples=["4242", "0005"])]


class Transfer(BaseModel):
    """Paid by bank transfer."""

    kind: Literal["transfer"]
    bank: str


class OrderPlaced(EventType, source=("shop.web", "shop.pos")):
    """A customer has ordered.

    The rest of the text is not for the registry.
    """

    order_id: Annotated[str, Field(min_length=1)]
    country: Annotated[str, Field(pattern="^[A-Z]{2}$", examples=["DE", "FR"])]
    total: Annotated[int, Field(ge=0)]
    urgency: Literal["low", "normal", "high"] = "normal"
    note: str | None = None
    lines: Annotated[list[Line], Field(min_length=1)]


class OrderPacked(EventType, source="shop.warehouse"):
    """An order is ready to be fetched: all types a field may have."""

    order: UUID
    packed_at: datetime
    due: date | None
    price: Annotated[Decimal, Field(examples=["12.50", "0.99"])]
    channel: Channel
    paid: Card | Transfer
    parcel: Parcel
    size: tuple[int, int, int]
    labels: dict[str, str]
    fragile: bool
    remark: object = None


class OrderShipped(EventType, source="shop.warehouse", version="2"):
    """It is on its way; the second version, whose fields are in camelCase on the wire."""

    model_config = ConfigDict(alias_generator=to_camel)

    order_id: str
    tracking_number: Annotated[str, Field(min_length=3)]


EVENTS: tuple[type[EventType], ...] = (OrderPlaced, OrderPacked, OrderShipped)
