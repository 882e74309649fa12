"""One batch on its way through a pipe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventyard.local._permits import permit_all
from eventyard.local.ledger import Edge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local._yard import Yard
    from eventyard.local.ledger import Delivery
    from eventyard.local.moto_seam import Pipe

SERVICE = "pipes.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Batch:
    """`deliveries` are those of the messages to the pipe, which are pending until the batch has gone through."""

    yard: Yard
    pipe: Pipe
    deliveries: tuple[Delivery, ...]

    def ask(self, action: str, resource: str, context: Mapping[str, str] | None = None) -> None:
        """Whether the pipe's role may.

        Raises:
            Undeliverable: it may not.
        """
        refusal = self.yard.authority.as_role(
            role=self.pipe.role,
            service=SERVICE,
            source=self.pipe.arn,
            action=action,
            resource=resource,
            context=context,
        )
        permit_all(self.yard, self.deliveries, refusal)

    def message_of(self, position: int, items: int) -> Delivery:
        """Whose an item is. An enrichment that answers more or fewer does not say: the last message's, then."""
        return self.deliveries[position if items == len(self.deliveries) else -1]

    def onward(self, position: int, items: int) -> Delivery:
        """The hand-over of one item to the target begins."""
        message, pipe = self.message_of(position, items), self.pipe
        service = pipe.target.split(":")[2]
        return self.yard.ledger.begin(message.event_id, Edge(f"pipes→{service}", pipe.arn, pipe.target), message.number)
