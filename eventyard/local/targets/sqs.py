"""A queue as the target of a rule or a subscription."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.local._yard import Undeliverable

if TYPE_CHECKING:
    from eventyard.local._yard import Parcel, Yard

service = "sqs"

# https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
MOST_ATTRIBUTES = 10


def find(target: str, yard: Yard) -> None:
    """The queue."""
    if not yard.state.queue_exists(target):
        raise Undeliverable("NO_RESOURCE", f"there is no queue {target}.")


def deliver(parcel: Parcel, yard: Yard) -> bool:
    """SendMessage; a rule names the FIFO queue's group in SqsParameters."""
    if len(parcel.attributes) > MOST_ATTRIBUTES:
        raise Undeliverable("SDK_CLIENT_ERROR", f"{len(parcel.attributes)} message attributes are more than 10.")
    group = parcel.group or parcel.parameters.get("SqsParameters", {}).get("MessageGroupId")
    added = yard.queues.send(
        parcel.target,
        parcel.text,
        delivery=parcel.delivery,
        attributes=parcel.attributes,
        group=group,
        deduplication=parcel.deduplication,
    )
    if not added:
        yard.delivered(parcel.delivery, note="a duplicate within five minutes: the queue keeps the first")
        return False
    return True
