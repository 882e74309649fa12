"""From the bus to everyone concerned: a topic for each concern, and the functions and queues behind the topics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import CfnOutput, Stack

from eventyard.constructs import Queue, Topic
from eventyard.patterns.builder import at_least, more_than
from stacks.shop_code import ShopCode, let_publish

if TYPE_CHECKING:
    from constructs import Construct

    from eventyard.constructs import Bus
    from stacks.shop_records import ShopRecords

PRODUCERS = ["shop.web", "shop.mobile", "shop.pos"]

# Where the warehouse delivers to: Germany and its neighbours.
DELIVERED_TO = ["DE", "FR", "AT", "NL", "BE"]

# An order of 500.00 or more is worth a thank-you; amounts are in cents.
GENEROUS = 50_000


class OrderFanout(Stack):
    """Topics, workers and queues of warehouse, finance and customer service."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bus: Bus,
        records: ShopRecords,
        **props: Any,  # noqa: ANN401 (aws-cdk-lib's own properties)
    ) -> None:
        super().__init__(scope, construct_id, **props)
        self.code = ShopCode(self, "Code", idempotency=records.idempotency)

        # Each type of event goes to the topic of those it concerns.
        self.orders = Topic(self, "Orders")
        self.payments = Topic(self, "Payments")
        self.returns = Topic(self, "Returns")
        self.questions = Topic(self, "Questions")
        bus.route("PlacedOrders", _published("OrderPlaced"), to=self.orders)
        bus.route("TakenPayments", _published("PaymentTaken"), to=self.payments)
        bus.route("RequestedReturns", _published("ReturnRequested"), to=self.returns)
        bus.route("AskedQuestions", _published("QuestionAsked"), to=self.questions)

        # What the shop's own functions publish: stock movements in order and without duplicates, notices to people.
        self.movements = Topic(self, "StockMovements", fifo=True)
        self.notices = Topic(self, "Notices")

        # The queues that people and suppliers read.
        self.care = Queue(self, "CustomerCare", listens_to=self.notices.only(urgency=["high"]), raw=True)
        self.purchases = Queue(self, "PurchaseOrders")
        CfnOutput(self, "CustomerCareQueueUrl", value=self.care.queue_url)
        CfnOutput(self, "PurchaseOrdersQueueUrl", value=self.purchases.queue_url)

        self._warehouse(bus, records)
        self._finance(records)
        self._customer_service(records)

    def _warehouse(self, bus: Bus, records: ShopRecords) -> None:
        self.reserve_stock = reserve = self.code.worker(
            "ReserveStock",
            listens_to=self.orders.only({"detail": {"country": DELIVERED_TO}}),
            environment={
                "RESERVATIONS_TABLE": records.reservations.table_name,
                "MOVEMENTS_TOPIC_ARN": self.movements.topic_arn,
            },
        )
        records.reservations.grant(reserve.function, "dynamodb:PutItem")
        let_publish(reserve.function, self.movements)

        receive = self.code.worker(
            "ReceiveReturn",
            listens_to=self.returns,
            environment={
                "RETURNS_TABLE": records.returns.table_name,
                "MOVEMENTS_TOPIC_ARN": self.movements.topic_arn,
            },
        )
        records.returns.grant(receive.function, "dynamodb:PutItem")
        let_publish(receive.function, self.movements)

        # It recognizes a movement that it has seen by the article's own history, so it needs no other memory.
        track = self.code.worker(
            "TrackStock",
            listens_to=self.movements.only(kind=["reserved", "returned"]),
            raw=True,
            once=False,
            environment={"STOCK_TABLE": records.stock.table_name},
        )
        records.stock.grant(track.function, "dynamodb:UpdateItem")

        reorder = self.code.function(
            "ReorderStock", environment={"PURCHASE_ORDERS_QUEUE_URL": self.purchases.queue_url}
        )
        bus.route("LowStock", _published("StockLow"), to=reorder)
        self.purchases.grant(reorder, "sqs:SendMessage")

    def _finance(self, records: ShopRecords) -> None:
        environment = {"INVOICES_TABLE": records.invoices.table_name}
        refunds = self.returns.only({"detail": {"refund": [more_than(0)]}})
        self.open_invoice = self.code.worker("OpenInvoice", listens_to=self.orders, raw=True, environment=environment)
        for worker in (
            self.open_invoice,
            self.code.worker("RecordPayment", listens_to=self.payments, raw=True, environment=environment),
            self.code.worker("RefundOrder", listens_to=refunds, raw=True, environment=environment),
        ):
            records.invoices.grant(worker.function, "dynamodb:UpdateItem")

    def _customer_service(self, records: ShopRecords) -> None:
        ticket = self.code.worker(
            "OpenTicket",
            listens_to=self.questions,
            environment={
                "TICKETS_TABLE": records.tickets.table_name,
                "NOTICES_TOPIC_ARN": self.notices.topic_arn,
            },
        )
        records.tickets.grant(ticket.function, "dynamodb:PutItem")
        let_publish(ticket.function, self.notices)

        thank = self.code.function(
            "ThankCustomer",
            listens_to=self.orders.only({"detail": {"total": [at_least(GENEROUS)]}}),
            environment={"CARE_QUEUE_URL": self.care.queue_url},
        )
        self.care.grant(thank, "sqs:SendMessage")


def _published(detail_type: str) -> dict[str, list[str]]:
    """What any of the shop's producers publishes of one type."""
    return {"source": PRODUCERS, "detail-type": [detail_type]}
