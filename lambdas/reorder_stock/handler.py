"""Warehouse: orders an article that runs low.

A rule invokes it with StockLow. An event that fails makes the invocation fail, so that Lambda retries it and then
hands it to the failure destination.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

from dataclasses import dataclass
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from purchase import purchase_for
from shop.envelopes import from_bus
from shop.environment import Environment
from shop.events import Event, StockLow
from shop.once import Once
from shop.telling import telling
from shop.tracing import traced


@dataclass(frozen=True, kw_only=True)
class ReorderStock(Environment):
    """The function's environment variables."""

    purchase_orders_queue_url: str
    idempotency_table: str


environment = ReorderStock.read()
logger = Logger(service="reorder_stock")
sqs = boto3.client("sqs")
once = Once(
    client=boto3.client("dynamodb"),
    table=environment.idempotency_table,
    name="reorder_stock",
    key="detail.alert_id",
    logger=logger,
)


@once.work
def reorder(event: Event[StockLow]) -> None:
    """Sends the purchase order."""
    sqs.send_message(QueueUrl=environment.purchase_orders_queue_url, MessageBody=purchase_for(event))
    logger.info("Reordered", alert_id=event.detail.alert_id, sku=event.detail.sku)


@logger.inject_lambda_context
@traced("reorder_stock")
def handle(event: dict[str, Any], context: LambdaContext) -> None:
    """Lambda's entry: an event of the bus."""
    once.register(context)
    with telling(logger, message_id=str(event.get("id"))):
        reorder(from_bus(event, Event[StockLow]))
