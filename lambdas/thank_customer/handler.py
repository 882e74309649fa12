"""Customer service: asks customer care to thank for a large order.

A topic invokes it with OrderPlaced; the subscription admits the large orders only. A message that fails makes the
invocation fail, so that Lambda retries it and then hands it to the failure destination; SNS puts one message into
each invocation, so none suffers for another.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

from dataclasses import dataclass
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from shop.envelopes import from_topic
from shop.environment import Environment
from shop.events import Event, OrderPlaced
from shop.once import Once
from shop.telling import telling
from shop.tracing import traced
from thanks import thanks_for


@dataclass(frozen=True, kw_only=True)
class ThankCustomer(Environment):
    """The function's environment variables."""

    care_queue_url: str
    idempotency_table: str


environment = ThankCustomer.read()
logger = Logger(service="thank_customer")
sqs = boto3.client("sqs")
once = Once(
    client=boto3.client("dynamodb"),
    table=environment.idempotency_table,
    name="thank_customer",
    key="detail.order_id",
    logger=logger,
)


@once.work
def thank(event: Event[OrderPlaced]) -> None:
    """Sends the task to customer care."""
    sqs.send_message(QueueUrl=environment.care_queue_url, MessageBody=thanks_for(event))
    logger.info("Thanks asked for", order_id=event.detail.order_id)


@logger.inject_lambda_context
@traced("thank_customer")
def handle(event: dict[str, Any], context: LambdaContext) -> None:
    """Lambda's entry: a notification of the topic."""
    once.register(context)
    for record in event["Records"]:
        with telling(logger, message_id=record["Sns"]["MessageId"]):
            thank(from_topic(record, Event[OrderPlaced]))
