"""The shop's events as Pydantic classes: the detail of each event type, and EventBridge's envelope around it.

Money is in integer cents. Fields that are not declared here are ignored, so a producer may add some without
breaking a consumer; a field that is declared must be there and valid, else the event is refused.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
"""

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

Id = Annotated[str, Field(min_length=1)]
"""Of any kind: it becomes a key in DynamoDB, and those are not empty."""

Cents = Annotated[int, Field(strict=True, ge=0)]
Quantity = Annotated[int, Field(strict=True, gt=0)]
Count = Annotated[int, Field(strict=True)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class Frozen(BaseModel):
    """The base of all: cannot be changed once it is read."""

    model_config = ConfigDict(frozen=True)


class Line(Frozen):
    """One article and how many of it."""

    sku: Id
    quantity: Quantity


class OrderLine(Line):
    """A line of an order; `price` is that of one piece, in cents."""

    price: Cents


class OrderPlaced(Frozen):
    """A customer has ordered; `total` in cents is what the invoice asks for."""

    order_id: Id
    customer_id: Id
    country: Country
    currency: Currency
    total: Cents
    lines: Annotated[tuple[OrderLine, ...], Field(min_length=1)]


class PaymentTaken(Frozen):
    """Money has come in for an order; it may be told before the order is."""

    payment_id: Id
    order_id: Id
    amount: Annotated[int, Field(strict=True, gt=0)]
    currency: Currency
    method: Literal["card", "invoice", "cash"]


class ReturnRequested(Frozen):
    """A customer sends goods back; `refund` in cents is what they get, in the order's currency."""

    return_id: Id
    order_id: Id
    customer_id: Id
    reason: str
    refund: Cents
    lines: Annotated[tuple[Line, ...], Field(min_length=1)]


class QuestionAsked(Frozen):
    """A customer wants to know something, perhaps about one order."""

    question_id: Id
    customer_id: Id
    order_id: Id | None = None
    topic: Literal["delivery", "product", "invoice", "other"]
    urgency: Literal["low", "normal", "high"]
    text: str


class StockLow(Frozen):
    """A warehouse has less of an article than its threshold; both in pieces."""

    alert_id: Id
    sku: Id
    level: Count
    threshold: Quantity
    warehouse: Id


Detail = TypeVar("Detail", bound=Frozen)


class Event(Frozen, Generic[Detail]):
    """EventBridge's envelope, as far as the shop reads it: `Event[OrderPlaced]` takes OrderPlaced events only."""

    id: Id
    source: Id
    detail_type: Annotated[str, Field(alias="detail-type")]
    time: AwareDatetime
    detail: Detail

    @field_validator("detail_type")
    @classmethod
    def _is_the_type_wanted(cls, detail_type: str) -> str:
        wanted = cls.model_fields["detail"].annotation
        if isinstance(wanted, type) and detail_type != wanted.__name__:
            raise ValueError(f"this function handles {wanted.__name__}, not {detail_type}")
        return detail_type
