"""Opens what a function receives into the typed message it carries.

A queue's record holds the message in an SNS envelope or raw, as the subscription says; both are opened alike, so
a subscription can change to raw delivery without its function. The shapes:
https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html (the envelope)
https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html (raw delivery)
https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html (a topic invokes a function)
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html (a rule invokes a function)
https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html (a Firehose stream invokes a function)
"""

import base64
import json
from collections.abc import Mapping
from typing import Any, TypeVar

from aws_lambda_powertools.utilities.data_classes import SQSRecord
from pydantic import BaseModel, ValidationError

Message = TypeVar("Message", bound=BaseModel)


class UnreadableMessageError(ValueError):
    """A message that is no JSON, or not what the function handles. Trying again will not help."""


def from_queue(record: SQSRecord, form: type[Message]) -> Message:
    """The message in a queue's record, SNS envelope or raw.

    Raises:
        UnreadableMessageError: when the body, or the envelope's message, is no JSON or not of this form.
    """
    content = _json(record.body)
    if isinstance(content, dict) and content.get("Type") == "Notification" and "Message" in content:
        content = _json(content["Message"])
    return _read(content, form)


def from_topic(record: Mapping[str, Any], form: type[Message]) -> Message:
    """The message in one of the `Records` with which a topic invokes a function.

    Raises:
        UnreadableMessageError: when the message is no JSON or not of this form.
    """
    return _read(_json(record["Sns"]["Message"]), form)


def from_bus(event: Mapping[str, Any], form: type[Message]) -> Message:
    """The event with which a rule invokes a function.

    Raises:
        UnreadableMessageError: when the event is not of this form.
    """
    return _read(event, form)


def from_stream(record: Mapping[str, Any], form: type[Message]) -> Message:
    """The event in one of the `records` with which a Firehose stream invokes a function.

    Raises:
        UnreadableMessageError: when the data are no JSON or not of this form.
    """
    return _read(_json(base64.b64decode(record["data"]).decode(errors="replace")), form)


def _json(text: str) -> object:
    try:
        content: object = json.loads(text)
    except ValueError as error:
        raise UnreadableMessageError(f"The message is no JSON: {error}") from error
    return content


def _read(content: object, form: type[Message]) -> Message:
    try:
        return form.model_validate(content)
    except ValidationError as error:
        # Where and why, but not the values: customers' data stays out of the log.
        faults = (
            f"{'.'.join(map(str, fault['loc'])) or 'message'}: {fault['msg']}"
            for fault in error.errors(include_url=False, include_input=False, include_context=False)
        )
        raise UnreadableMessageError(f"The message is no {form.__name__}: {'; '.join(faults)}") from None
