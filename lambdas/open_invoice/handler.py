"""Finance: opens the invoice of an order.

Hears OrderPlaced from a queue, raw. A payment or a refund may have been here before.
"""

from dataclasses import dataclass
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from bill import bill_for
from shop.envelopes import from_queue
from shop.environment import Environment
from shop.events import Event, OrderPlaced
from shop.invoices import Invoices
from shop.once import Once
from shop.telling import telling
from shop.tracing import traced


@dataclass(frozen=True, kw_only=True)
class OpenInvoice(Environment):
    """The function's environment variables."""

    invoices_table: str
    idempotency_table: str


environment = OpenInvoice.read()
logger = Logger(service="open_invoice")
dynamodb = boto3.client("dynamodb")
invoices = Invoices(dynamodb, environment.invoices_table)
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
once = Once(
    client=dynamodb,
    table=environment.idempotency_table,
    name="open_invoice",
    key="detail.order_id",
    logger=logger,
)


@once.work
def open_invoice(event: Event[OrderPlaced]) -> None:
    """Puts what the order asks for on its invoice."""
    invoices.bill(bill_for(event))
    logger.info("Invoice opened", order_id=event.detail.order_id)


def handle_record(record: SQSRecord) -> None:
    """One message of the batch."""
    with telling(logger, message_id=record.message_id):
        open_invoice(from_queue(record, Event[OrderPlaced]))


@logger.inject_lambda_context
@traced("open_invoice")
def handle(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Lambda's entry: a batch of the queue; answers with the messages that failed."""
    once.register(context)
    return process_partial_response(event=event, record_handler=handle_record, processor=processor, context=context)
