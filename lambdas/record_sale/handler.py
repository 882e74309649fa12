"""Analytics: keeps the sales, in an account and Region of its own.

Hears OrderPlaced, mirrored from the shop's bus, from a queue. The table itself tells a repetition, so there is no
idempotency store.
"""

from dataclasses import dataclass
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from sale import sale_of
from shop.envelopes import from_queue
from shop.environment import Environment
from shop.events import Event, OrderPlaced
from shop.tables import put_new
from shop.telling import telling
from shop.tracing import traced


@dataclass(frozen=True, kw_only=True)
class RecordSale(Environment):
    """The function's environment variables."""

    sales_table: str


environment = RecordSale.read()
logger = Logger(service="record_sale")
dynamodb = boto3.client("dynamodb")
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


def handle_record(record: SQSRecord) -> None:
    """One message of the batch."""
    with telling(logger, message_id=record.message_id):
        sale = sale_of(from_queue(record, Event[OrderPlaced]))
        new = put_new(dynamodb, environment.sales_table, sale, key="order_id")
        logger.info("Sale recorded" if new else "Already done", order_id=sale["order_id"])


@logger.inject_lambda_context
@traced("record_sale")
def handle(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Lambda's entry: a batch of the queue; answers with the messages that failed."""
    return process_partial_response(event=event, record_handler=handle_record, processor=processor, context=context)
