"""What the shop remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Stack

from stacks.kept_table import kept_table

if TYPE_CHECKING:
    from constructs import Construct


class ShopRecords(Stack):
    """The shop's tables, apart from the functions that use them: those may be torn down and rebuilt at any time."""

    def __init__(self, scope: Construct, construct_id: str, **props: Any) -> None:  # noqa: ANN401 (aws-cdk-lib's own properties)
        super().__init__(scope, construct_id, **props)
        self.reservations = kept_table(self, "Reservations", key="order_id")
        self.invoices = kept_table(self, "Invoices", key="order_id")
        self.returns = kept_table(self, "Returns", key="return_id")
        self.tickets = kept_table(self, "Tickets", key="question_id")
        self.stock = kept_table(self, "Stock", key="sku")
        # Of all functions: what they have done already, by business id. The names of key and attribute are Powertools'.
        self.idempotency = kept_table(self, "Idempotency", key="id", time_to_live_attribute="expiration")
