"""Customer service: opens a ticket for a question and announces it.

Hears QuestionAsked from a queue, in SNS envelopes. The ticket is put before its notice is published; when publishing
fails, the message comes back, finds the ticket and publishes again. Who wants which notices chooses by the
attributes `urgency` and `topic`.
"""

from dataclasses import dataclass
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from shop.envelopes import from_queue
from shop.environment import Environment
from shop.events import Event, QuestionAsked
from shop.once import Once
from shop.tables import put_new
from shop.telling import telling
from shop.tracing import traced
from ticket import ticket_for


@dataclass(frozen=True, kw_only=True)
class OpenTicket(Environment):
    """The function's environment variables."""

    tickets_table: str
    notices_topic_arn: str
    idempotency_table: str


environment = OpenTicket.read()
logger = Logger(service="open_ticket")
dynamodb = boto3.client("dynamodb")
sns = boto3.client("sns")
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
once = Once(
    client=dynamodb,
    table=environment.idempotency_table,
    name="open_ticket",
    key="detail.question_id",
    logger=logger,
)


@once.work
def open_ticket(event: Event[QuestionAsked]) -> None:
    """Keeps the ticket and publishes its notice."""
    ticket = ticket_for(event)
    put_new(dynamodb, environment.tickets_table, ticket.item(), key="question_id")
    sns.publish(
        TopicArn=environment.notices_topic_arn,
        Message=ticket.notice(),
        MessageAttributes={
            "urgency": {"DataType": "String", "StringValue": ticket.urgency},
            "topic": {"DataType": "String", "StringValue": ticket.topic},
        },
    )
    logger.info("Ticket opened", question_id=ticket.question_id, urgency=ticket.urgency)


def handle_record(record: SQSRecord) -> None:
    """One message of the batch."""
    with telling(logger, message_id=record.message_id):
        open_ticket(from_queue(record, Event[QuestionAsked]))


@logger.inject_lambda_context
@traced("open_ticket")
def handle(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Lambda's entry: a batch of the queue; answers with the messages that failed."""
    once.register(context)
    return process_partial_response(event=event, record_handler=handle_record, processor=processor, context=context)
