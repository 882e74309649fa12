"""Analytics, in an account and Region of its own: a mirror of the order events, and the sales in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Duration, Stack

from eventyard.constructs import Admission, Archive, Bus
from lambdas.shop_layer.python.shop.events import SHOP_EVENTS
from stacks.kept_table import kept_table
from stacks.shop_code import ShopCode

if TYPE_CHECKING:
    from constructs import Construct

    from eventyard.constructs import RemoteBus


class AnalyticsMirror(Stack):
    """The bus that order events are mirrored to, their archive, and the function `record_sale` with its table."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        itself: RemoteBus,
        mirrors: RemoteBus,
        **props: Any,  # noqa: ANN401 (aws-cdk-lib's own properties)
    ) -> None:
        super().__init__(scope, construct_id, **props)
        self.bus = Bus(self, "Mirror", name=itself.name, events=SHOP_EVENTS)
        Admission(self, "FromCommerce", sender=mirrors, to=self.bus)
        # A forwarded event keeps the account that it was published in.
        mirrored = {"account": [mirrors.at.account]}
        Archive(
            self,
            "Archive",
            bus=self.bus,
            description="A year of the shop's order events, to be replayed to new rules",
            pattern=mirrored,
            retention=Duration.days(365),
        )

        self.sales = kept_table(self, "Sales", key="order_id")
        record = ShopCode(self, "Code").worker(
            "RecordSale", once=False, environment={"SALES_TABLE": self.sales.table_name}
        )
        self.sales.grant(record.function, "dynamodb:PutItem")
        self.bus.route("Sales", mirrored | {"detail-type": ["OrderPlaced"]}, to=record)
