"""What the carrier tells, in the carrier's words, and what it is in ours."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from shop.events import ParcelDelivered

Text = Annotated[str, Field(min_length=1, max_length=200)]


class Parcel(BaseModel):
    """The parcel of a notice; `reference` is what the shop wrote on it: the order."""

    model_config = ConfigDict(frozen=True)

    number: Text
    reference: Text


class Notice(BaseModel):
    """A notice of the carrier's; the same notice has the same `id`, however often it is sent. More fields may come."""

    model_config = ConfigDict(frozen=True)

    id: Text
    status: Literal["DELIVERED"]
    at: AwareDatetime
    carrier: Text
    parcel: Parcel


def delivered(notice: Notice) -> ParcelDelivered:
    """The event that a notice is for the shop."""
    return ParcelDelivered(
        notice_id=notice.id,
        order_id=notice.parcel.reference,
        parcel=notice.parcel.number,
        carrier=notice.carrier,
        delivered_at=notice.at,
    )
