"""A topic as the target of a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.local._yard import Undeliverable

if TYPE_CHECKING:
    from eventyard.local._yard import Parcel, Yard

service = "sns"


def find(target: str, yard: Yard) -> None:
    """The topic."""
    if not yard.state.topic_exists(target):
        raise Undeliverable("NO_RESOURCE", f"there is no topic {target}.")


def deliver(parcel: Parcel, yard: Yard) -> bool:
    """Publish: the message is what the rule's input makes of the event; there are no attributes and no subject."""
    yard.topics.pass_on(parcel.delivery, parcel.target, parcel.text)
    return True
