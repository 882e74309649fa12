"""What a service has to say for itself to be published to: its entries, its limits, its answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one entry.

    Attributes:
        id: The service's id of the event or message; empty if it was not taken.
        code: The service's error code; empty if it was taken.
        reason: What the service says of it.
        passing: Whether the same entry may well be taken another time.
    """

    id: str = ""
    code: str = ""
    reason: str = ""
    passing: bool = False


class Destination(Protocol):
    """A bus or a topic. `name` is its ARN, or its name where the ARN cannot be had."""

    @property
    def name(self) -> str:
        """What reports and resume files call it."""

    @property
    def most_entries(self) -> int:
        """Of a call."""

    @property
    def most_bytes(self) -> int:
        """Of all entries of a call together."""

    @property
    def ordered(self) -> bool:
        """Whether it keeps an order, so that one call has to wait for another."""

    def entry(self, found: dict[str, Any]) -> dict[str, Any]:
        """A line's object as the service's API has it.

        Raises:
            EventyardError: it is none; `where` is the field.
        """

    def size(self, entry: dict[str, Any]) -> int:
        """In bytes, as the service counts them."""

    def send(self, entries: Sequence[dict[str, Any]]) -> list[Answer]:
        """One call; an answer for each entry, in order.

        Raises:
            ClientError: the call as a whole was refused.
            BotoCoreError: it did not get there, or its answer did not get here.
        """
