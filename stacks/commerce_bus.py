"""The bus that the whole shop talks over, what is said on it, and its audit trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import RemovalPolicy, Stack, aws_logs

from eventyard.constructs import Bus, SchemaRegistry
from lambdas.shop_layer.python.shop.events import SHOP_EVENTS

if TYPE_CHECKING:
    from constructs import Construct


class CommerceBus(Stack):
    """The bus `commerce`; `bus` is what other stacks route from, `audit` the log group that keeps every event."""

    def __init__(self, scope: Construct, construct_id: str, **props: Any) -> None:  # noqa: ANN401 (aws-cdk-lib's own properties)
        super().__init__(scope, construct_id, **props)
        self.bus = Bus(self, "Commerce", name="commerce", events=SHOP_EVENTS)
        SchemaRegistry(
            self, "Contracts", name="shop", events=SHOP_EVENTS, description="What is said on the bus commerce"
        )
        self.audit = aws_logs.LogGroup(
            self,
            "Audit",
            log_group_name="/shop/audit",
            retention=aws_logs.RetentionDays.ONE_YEAR,
            # Evidence outlives the stack. A first deployment that fails takes the group away again, so that the next
            # one does not find its name taken.
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        self.bus.route("AuditTrail", {"source": [{"prefix": "shop."}]}, to=self.audit)
