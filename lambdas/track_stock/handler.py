"""Warehouse: the stock keeper, who follows every movement of every article in its order.

Hears stock movements from a FIFO queue, raw. When one fails, those of the same article behind it are handed back with
it, since they may not overtake it; other articles go on. The table itself tells a repetition, so there is no
idempotency store.
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

from dataclasses import dataclass
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import SqsFifoPartialProcessor, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ClientError
from shop.envelopes import from_queue
from shop.environment import Environment
from shop.movements import StockMovement
from shop.tables import marshal, refused
from shop.telling import telling
from shop.tracing import traced
from stock import CHANGE, NAMES, NOT_COUNTED, values_for


@dataclass(frozen=True, kw_only=True)
class TrackStock(Environment):
    """The function's environment variables."""

    stock_table: str


environment = TrackStock.read()
logger = Logger(service="track_stock")
dynamodb = boto3.client("dynamodb")
processor = SqsFifoPartialProcessor(skip_group_on_error=True)
processor.raise_on_entire_batch_failure = False  # the constructor does not take it


def track(movement: StockMovement) -> None:
    """Counts the movement, unless it has been counted."""
    try:
        dynamodb.update_item(
            TableName=environment.stock_table,
            Key=marshal({"sku": movement.sku}),
            UpdateExpression=CHANGE,
            ConditionExpression=NOT_COUNTED,
            ExpressionAttributeNames=NAMES,
            ExpressionAttributeValues=marshal(values_for(movement)),
        )
    except ClientError as error:
        if not refused(error):
            raise
        logger.info("Already done", movement_id=movement.movement_id)
    else:
        logger.info("Stock moved", movement_id=movement.movement_id, quantity=movement.quantity)


def handle_record(record: SQSRecord) -> None:
    """One message of the batch."""
    with telling(logger, message_id=record.message_id):
        track(from_queue(record, StockMovement))


@logger.inject_lambda_context
@traced("track_stock")
def handle(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Lambda's entry: a batch of the queue; answers with the messages that failed or had to wait."""
    return process_partial_response(event=event, record_handler=handle_record, processor=processor, context=context)
