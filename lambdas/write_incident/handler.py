"""Operations: keeps what is wrong, and since when it is right again.

Hears alerts from a queue, in SNS envelopes. One item a subject: a later alert replaces an earlier one, however they
arrive, and a repetition changes nothing, so there is no idempotency store.
"""

import json
from dataclasses import dataclass
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ClientError
from incident import OPEN, Incident, incident_of
from shop.environment import Environment
from shop.tables import marshal, refused
from shop.telling import telling
from shop.tracing import traced


@dataclass(frozen=True, kw_only=True)
class WriteIncident(Environment):
    """The function's environment variables."""

    incidents_table: str


environment = WriteIncident.read()
logger = Logger(service="write_incident")
dynamodb = boto3.client("dynamodb")
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


def write(incident: Incident) -> bool:
    """Keeps the incident unless something later is known of its subject; says whether it did."""
    moment = "opened" if incident.state == OPEN else "ended"
    try:
        dynamodb.update_item(
            TableName=environment.incidents_table,
            Key=marshal({"subject": incident.subject}),
            UpdateExpression="SET #state = :state, #since = :since, #reason = :reason, #moment = :since",
            ConditionExpression="attribute_not_exists(#since) OR #since < :since",
            ExpressionAttributeNames={
                "#state": "state",
                "#since": "since",
                "#reason": "reason",
                "#moment": f"{moment}_at",
            },
            ExpressionAttributeValues=marshal(
                {":state": incident.state, ":since": incident.since, ":reason": incident.reason}
            ),
        )
    except ClientError as error:
        if refused(error):
            return False
        raise
    return True


def handle_record(record: SQSRecord) -> None:
    """One message of the batch."""
    with telling(logger, message_id=record.message_id):
        incident = incident_of(json.loads(record.body)["Message"])
        logger.info(
            "Incident written" if write(incident) else "Already known", subject=incident.subject, state=incident.state
        )


@logger.inject_lambda_context
@traced("write_incident")
def handle(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Lambda's entry: a batch of the queue; answers with the messages that failed."""
    return process_partial_response(event=event, record_handler=handle_record, processor=processor, context=context)
