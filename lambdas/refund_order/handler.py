"""Finance: records the refund of a return on the invoice of its order.

Hears ReturnRequested from a queue, raw; the subscription admits returns with a refund only. The return may come
before the order; the invoice then waits for its total.
"""

from dataclasses import dataclass
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from refund import posting_of
from shop.envelopes import from_queue
from shop.environment import Environment
from shop.events import Event, ReturnRequested
from shop.invoices import Invoices
from shop.once import Once
from shop.telling import telling
from shop.tracing import traced


@dataclass(frozen=True, kw_only=True)
class RefundOrder(Environment):
    """The function's environment variables."""

    invoices_table: str
    idempotency_table: str


environment = RefundOrder.read()
logger = Logger(service="refund_order")
dynamodb = boto3.client("dynamodb")
invoices = Invoices(dynamodb, environment.invoices_table)
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
once = Once(
    client=dynamodb,
    table=environment.idempotency_table,
    name="refund_order",
    key="detail.return_id",
    logger=logger,
)


@once.work
def refund(event: Event[ReturnRequested]) -> None:
    """Records the refund on the invoice."""
    invoices.post(posting_of(event))
    logger.info("Refunded", order_id=event.detail.order_id, return_id=event.detail.return_id)


def handle_record(record: SQSRecord) -> None:
    """One message of the batch."""
    with telling(logger, message_id=record.message_id):
        refund(from_queue(record, Event[ReturnRequested]))


@logger.inject_lambda_context
@traced("refund_order")
def handle(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Lambda's entry: a batch of the queue; answers with the messages that failed."""
    once.register(context)
    return process_partial_response(event=event, record_handler=handle_record, processor=processor, context=context)
