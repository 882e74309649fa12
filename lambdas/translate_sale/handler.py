"""Branches: what the old tills print, as the shop's own events.

A pipe invokes it with a list of a queue's messages, and puts what it answers on the bus. A line that it cannot read
makes the invocation fail: the pipe's queue shows the message again, and hands it to its dead-letter queue in the end.
https://docs.aws.amazon.com/eventbridge/latest/userguide/pipes-enrichment.html
"""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from sale import order_of
from shop.telling import telling
from shop.tracing import traced

logger = Logger(service="translate_sale")


@logger.inject_lambda_context
@traced("translate_sale")
def handle(event: list[dict[str, Any]], context: LambdaContext) -> list[dict[str, Any]]:  # noqa: ARG001 - Lambda's signature
    """Lambda's entry: messages in, details of OrderPlaced out."""
    orders = []
    for message in event:
        with telling(logger, message_id=message["messageId"]):
            orders.append(order_of(message["body"]).model_dump(mode="json"))
    return orders
