"""What a target kind is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from eventyard.local._yard import Parcel, Yard


class TargetKind(Protocol):
    """One kind of target. `service` is the service's name in ARNs, or a subscription's protocol without ARNs."""

    service: str

    def find(self, target: str, yard: Yard) -> None:
        """Look whether it is there.

        Raises:
            Undeliverable: it is not.
        """

    def deliver(self, parcel: Parcel, yard: Yard) -> bool:
        """Hand it over; False when the kind ends the delivery itself, later.

        Raises:
            Undeliverable: AWS would refuse it.
        """
