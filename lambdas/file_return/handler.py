"""Partner: files what comes back to the shop.

A topic of the shop's account invokes it with ReturnRequested. A message that fails makes the invocation fail, so that
Lambda retries it and then hands it to the dead-letter queue, in the partner's account. The table itself tells a
repetition.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

from dataclasses import dataclass
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from filed import filed
from shop.envelopes import from_topic
from shop.environment import Environment
from shop.events import Event, ReturnRequested
from shop.tables import put_new
from shop.telling import telling
from shop.tracing import traced


@dataclass(frozen=True, kw_only=True)
class FileReturn(Environment):
    """The function's environment variables."""

    filed_returns_table: str


environment = FileReturn.read()
logger = Logger(service="file_return")
dynamodb = boto3.client("dynamodb")


@logger.inject_lambda_context
@traced("file_return")
def handle(event: dict[str, Any], context: LambdaContext) -> None:  # noqa: ARG001 (Lambda's signature)
    """Lambda's entry: a notification of the topic."""
    for record in event["Records"]:
        with telling(logger, message_id=record["Sns"]["MessageId"]):
            item = filed(from_topic(record, Event[ReturnRequested]))
            new = put_new(dynamodb, environment.filed_returns_table, item, key="return_id")
            logger.info("Return filed" if new else "Already done", return_id=item["return_id"])
