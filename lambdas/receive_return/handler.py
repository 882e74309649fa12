"""Warehouse: keeps a return and tells the stock keeper what re-enters the stock.

Hears ReturnRequested from a queue, in SNS envelopes. The return is put before its movements are published; when
publishing fails, the message comes back, finds the return and publishes again.
"""

from dataclasses import dataclass
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from goods import goods_of
from shop.envelopes import from_queue
from shop.environment import Environment
from shop.events import Event, ReturnRequested
from shop.movements import publish
from shop.once import Once
from shop.tables import put_new
from shop.telling import telling
from shop.tracing import traced


@dataclass(frozen=True, kw_only=True)
class ReceiveReturn(Environment):
    """The function's environment variables."""

    returns_table: str
    movements_topic_arn: str
    idempotency_table: str


environment = ReceiveReturn.read()
logger = Logger(service="receive_return")
dynamodb = boto3.client("dynamodb")
sns = boto3.client("sns")
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
once = Once(
    client=dynamodb,
    table=environment.idempotency_table,
    name="receive_return",
    key="detail.return_id",
    logger=logger,
)


@once.work
def receive(event: Event[ReturnRequested]) -> None:
    """Keeps the return and publishes its stock movements."""
    goods = goods_of(event)
    put_new(dynamodb, environment.returns_table, goods.item(), key="return_id")
    publish(sns, environment.movements_topic_arn, goods.moves)
    logger.info("Return received", return_id=goods.return_id, articles=len(goods.moves))


def handle_record(record: SQSRecord) -> None:
    """One message of the batch."""
    with telling(logger, message_id=record.message_id):
        receive(from_queue(record, Event[ReturnRequested]))


@logger.inject_lambda_context
@traced("receive_return")
def handle(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Lambda's entry: a batch of the queue; answers with the messages that failed."""
    once.register(context)
    return process_partial_response(event=event, record_handler=handle_record, processor=processor, context=context)
