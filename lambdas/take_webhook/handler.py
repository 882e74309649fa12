"""Carriers: takes their webhooks and puts them on the bus.

A function URL invokes it. It answers 200 only when the event is on the bus, and what the carrier must not send again
with 4xx; everything else is 500, and the carrier tries again. A notice that comes twice is published once.
https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html (the request and the answer)
"""

import base64
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.parameters import SecretsProvider
from aws_lambda_powertools.utilities.typing import LambdaContext
from notice import Notice, delivered
from pydantic import ValidationError
from shop.environment import Environment
from shop.once import Once
from shop.tracing import traced
from signature import HEADER, ForgedError, check

from eventyard.contracts import publish

MOST_BYTES = 65_536
"""A notice is well under a kilobyte."""

SECRET_SECONDS = 300
"""How long a secret that was changed still counts."""


@dataclass(frozen=True, kw_only=True)
class TakeWebhook(Environment):
    """The function's environment variables."""

    webhook_secret_arn: str
    bus_name: str
    idempotency_table: str


environment = TakeWebhook.read()
logger = Logger(service="take_webhook")
events = boto3.client("events")
secrets = SecretsProvider(boto3_client=boto3.client("secretsmanager"))
once = Once(
    client=boto3.client("dynamodb"),
    table=environment.idempotency_table,
    name="take_webhook",
    key="id",
    logger=logger,
)


@once.work
def take(notice: Notice) -> None:
    """Publishes a notice; it is on the bus when this returns."""
    (event_id,) = publish([delivered(notice)], client=events, bus=environment.bus_name)
    logger.info("Published", notice_id=notice.id, event_id=event_id)


def answer(request: dict[str, Any]) -> HTTPStatus:
    """Does the work of one request; the status of its answer."""
    if request["requestContext"]["http"]["method"] != "POST":
        return HTTPStatus.METHOD_NOT_ALLOWED
    text = request.get("body", "")
    body = base64.b64decode(text) if request["isBase64Encoded"] else text.encode()
    if len(body) > MOST_BYTES:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    secret = str(secrets.get(environment.webhook_secret_arn, max_age=SECRET_SECONDS))
    try:
        check(body, request["headers"].get(HEADER, ""), secret=secret, now=time.time())
        notice = Notice.model_validate_json(body)
    except ForgedError as error:
        logger.warning("Refused", reason=str(error))
        return HTTPStatus.UNAUTHORIZED
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        logger.warning("Unreadable", faults=[f"{fault['loc']}: {fault['msg']}" for fault in faults])
        return HTTPStatus.UNPROCESSABLE_ENTITY
    take(notice)
    return HTTPStatus.OK


@logger.inject_lambda_context
@traced("take_webhook")
def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Lambda's entry: an HTTP request. Whatever it stumbles over is the sender's to try again, and ours to read."""
    once.register(context)
    try:
        status = answer(event)
    except Exception as error:
        logger.exception("Webhook failed", reason=str(error))
        status = HTTPStatus.INTERNAL_SERVER_ERROR
    return {"statusCode": status.value, "headers": {"content-type": "text/plain"}, "body": status.phrase}
