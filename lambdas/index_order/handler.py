"""Search: makes a document of each order that passes a Firehose stream.

Firehose invokes it with a batch, waits for the answer, and writes what comes back. A record that is no order is
answered ProcessingFailed: Firehose keeps it, as it came, under the stream's error prefix.
https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html
"""

import base64
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from document import document_for
from shop.envelopes import UnreadableMessageError, from_stream
from shop.environment import Environment
from shop.events import Event, OrderPlaced
from shop.tracing import traced


@dataclass(frozen=True, kw_only=True)
class IndexOrder(Environment):
    """The function's environment variables."""

    index_name: str


environment = IndexOrder.read()
logger = Logger(service="index_order")


def index(record: dict[str, Any]) -> dict[str, str]:
    """The answer for one record."""
    record_id: str = record["recordId"]
    try:
        document = document_for(from_stream(record, Event[OrderPlaced]), environment.index_name)
    except UnreadableMessageError as error:
        logger.warning("Not indexed", record_id=record_id, reason=str(error))
        return {"recordId": record_id, "result": "ProcessingFailed", "data": record["data"]}
    return {"recordId": record_id, "result": "Ok", "data": base64.b64encode(document.encode()).decode()}


@logger.inject_lambda_context
@traced("index_order")
def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """Lambda's entry: a batch of a Firehose stream."""
    return {"records": [index(record) for record in event["records"]]}
