"""A log group as the target of a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.local._yard import Undeliverable

if TYPE_CHECKING:
    from eventyard.local._yard import Parcel, Yard

service = "logs"


def find(target: str, yard: Yard) -> None:
    """The log group."""
    if not yard.state.log_group_exists(target):
        raise Undeliverable("NO_RESOURCE", f"there is no log group {target}.")


def deliver(parcel: Parcel, yard: Yard) -> bool:
    """One log event, in a stream of its own as EventBridge makes it."""
    stream = parcel.delivery.event_id
    yard.state.log(parcel.target, stream, [parcel.text], yard.clock.now())
    return True
