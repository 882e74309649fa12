"""Another bus as the target of a rule, in any account and Region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.local._yard import Undeliverable

if TYPE_CHECKING:
    from eventyard.local._yard import Parcel, Yard

service = "events"


def find(target: str, yard: Yard) -> None:
    """The bus."""
    if not yard.state.bus_exists(target):
        raise Undeliverable("NO_RESOURCE", f"there is no bus {target}.")


def deliver(parcel: Parcel, yard: Yard) -> bool:
    """PutEvents there: the event keeps its id, and is not sent on to a third bus."""
    yard.buses.forward(parcel)
    return True
