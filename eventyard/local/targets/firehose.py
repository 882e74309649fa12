"""A Firehose stream as the target of a rule or a subscription."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.local._yard import Undeliverable
from eventyard.local.door.delivery_streams import RECORD_BYTES

if TYPE_CHECKING:
    from eventyard.local._yard import Parcel, Yard

service = "firehose"


def find(target: str, yard: Yard) -> None:
    """The stream."""
    if yard.state.delivery_stream(target) is None:
        raise Undeliverable("NO_RESOURCE", f"there is no Firehose stream {target}.")


def deliver(parcel: Parcel, yard: Yard) -> bool:
    """PutRecord: the stream has the record now, and what becomes of it there are deliveries of their own."""
    record = parcel.text.encode()
    if len(record) > RECORD_BYTES:
        raise Undeliverable("SDK_CLIENT_ERROR", f"a record has at most {RECORD_BYTES} bytes, this one {len(record)}.")
    yard.streams.put(parcel.target, record, event_id=parcel.delivery.event_id, parent=parcel.delivery.number)
    return True
