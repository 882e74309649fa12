"""Warehouse: reserves the goods of an order and tells the stock keeper.

Hears OrderPlaced from a queue, in SNS envelopes. The reservation is put before its movements are published; when
publishing fails, the message comes back, finds the reservation and publishes again.
"""

from dataclasses import dataclass
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from reservation import reservation_for
from shop.envelopes import from_queue
from shop.environment import Environment
from shop.events import Event, OrderPlaced
from shop.movements import publish
from shop.once import Once
from shop.tables import put_new
from shop.telling import telling
from shop.tracing import traced


@dataclass(frozen=True, kw_only=True)
class ReserveStock(Environment):
    """The function's environment variables."""

    reservations_table: str
    movements_topic_arn: str
    idempotency_table: str


environment = ReserveStock.read()
logger = Logger(service="reserve_stock")
dynamodb = boto3.client("dynamodb")
sns = boto3.client("sns")
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
once = Once(
    client=dynamodb,
    table=environment.idempotency_table,
    name="reserve_stock",
    key="detail.order_id",
    logger=logger,
)


@once.work
def reserve(event: Event[OrderPlaced]) -> None:
    """Keeps the reservation and publishes its stock movements."""
    reservation = reservation_for(event)
    put_new(dynamodb, environment.reservations_table, reservation.item(), key="order_id")
    publish(sns, environment.movements_topic_arn, reservation.moves)
    logger.info("Reserved", order_id=reservation.order_id, articles=len(reservation.moves))


def handle_record(record: SQSRecord) -> None:
    """One message of the batch."""
    with telling(logger, message_id=record.message_id):
        reserve(from_queue(record, Event[OrderPlaced]))


@logger.inject_lambda_context
@traced("reserve_stock")
def handle(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Lambda's entry: a batch of the queue; answers with the messages that failed."""
    once.register(context)
    return process_partial_response(event=event, record_handler=handle_record, processor=processor, context=context)
