"""The partner's desk: what the shop's rules hand straight into the partner's account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import CfnOutput, RemovalPolicy, Stack, aws_kms

from eventyard.constructs import Admission, Queue
from stacks.kept_table import kept_table
from stacks.shop_code import ShopCode

if TYPE_CHECKING:
    from constructs import Construct

    from eventyard.constructs import RemoteBus, RemoteFunction, RemoteQueue


class PartnerDesk(Stack):
    """A queue of orders, encrypted with the partner's own key, and the function `plan_supply` with its table."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        orders: RemoteQueue,
        plan_supply: RemoteFunction,
        serves: RemoteBus,
        **props: Any,  # noqa: ANN401 (aws-cdk-lib's own properties)
    ) -> None:
        super().__init__(scope, construct_id, **props)
        key = aws_kms.Key(
            self,
            "OrdersKey",
            description="Encrypts the orders that the shop passes on",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        self.orders = Queue(self, "Orders", queue_name=orders.name, encryption_master_key=key)
        Admission(self, "OrdersFromCommerce", sender=serves, to=self.orders)
        CfnOutput(self, "OrdersQueueUrl", value=self.orders.queue_url)

        self.plans = kept_table(self, "SupplyPlans", key="alert_id")
        self.plan = ShopCode(self, "Code").function(
            "PlanSupply",
            once=False,
            function_name=plan_supply.name,
            environment={"SUPPLY_PLANS_TABLE": self.plans.table_name},
        )
        self.plans.grant(self.plan, "dynamodb:PutItem")
        Admission(self, "AlertsFromCommerce", sender=serves, to=self.plan)
