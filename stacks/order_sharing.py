"""What the shop hands to other accounts: order events to analytics, orders, alerts and news to the partner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Stack

from eventyard.constructs import Topic
from stacks.order_fanout import DELIVERED_TO, PRODUCERS

if TYPE_CHECKING:
    from aws_cdk import Environment
    from constructs import Construct

    from eventyard.constructs import Bus, RemoteBus, RemoteFunction, RemoteQueue, RemoteTopic

# What analytics keeps a mirror of.
ORDER_EVENTS = ["OrderPlaced", "PaymentTaken", "ReturnRequested"]


class OrderSharing(Stack):
    """The sender's side of every crossing: rules and their roles. What is elsewhere is known by its name alone."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bus: Bus,
        mirror: RemoteBus,
        partner_orders: RemoteQueue,
        plan_supply: RemoteFunction,
        news: RemoteTopic,
        partner: Environment,
        **props: Any,  # noqa: ANN401 (aws-cdk-lib's own properties)
    ) -> None:
        super().__init__(scope, construct_id, **props)

        # To another Region only a bus is reached.
        bus.route("Mirror", {"source": PRODUCERS, "detail-type": ORDER_EVENTS}, to=mirror, scope=self)

        # Straight into the partner's account: orders to countries that the shop's own warehouse does not deliver to,
        # and articles that run low.
        abroad = {"country": [{"anything-but": DELIVERED_TO}]}
        bus.route(
            "OrdersAbroad",
            {"source": PRODUCERS, "detail-type": ["OrderPlaced"], "detail": abroad},
            to=partner_orders,
            scope=self,
        )
        bus.route("LowStock", {"source": PRODUCERS, "detail-type": ["StockLow"]}, to=plan_supply, scope=self)

        # For whoever of the partner's wants to hear it: they subscribe by themselves.
        self.news = Topic(self, "News", topic_name=news.name)
        self.news.admit_subscribers(partner)
        bus.route("Returns", {"source": PRODUCERS, "detail-type": ["ReturnRequested"]}, to=self.news)
