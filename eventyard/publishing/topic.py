"""A topic: PublishBatch.

https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from eventyard.errors import EventyardError
from eventyard.publishing.destination import Answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_sns.client import SNSClient

MOST_ENTRIES = 10
# Unless the topic's MaximumMessageSize allows more: https://docs.aws.amazon.com/sns/latest/dg/large-message-payloads.html
MOST_BYTES = 262_144
_KNOWN = frozenset(
    {
        "Message",
        "Subject",
        "MessageStructure",
        "MessageAttributes",
        "MessageGroupId",
        "MessageDeduplicationId",
    }
)


class Topic:
    """The topic of an ARN.

    Raises:
        EventyardError: there is no such topic.
    """

    most_entries = MOST_ENTRIES

    def __init__(self, client: SNSClient, arn: str) -> None:
        self._client = client
        self.name = arn
        self.ordered = arn.endswith(".fifo")
        attributes: dict[str, str] = {}
        try:
            attributes = client.get_topic_attributes(TopicArn=arn)["Attributes"]
        except ClientError as error:
            if error.response["Error"]["Code"] in {"NotFound", "NotFoundException"}:
                raise EventyardError(
                    "there is no such topic.", where=f"topic {arn}", remedy="Look at its name, account and Region."
                ) from None
            # Who may only publish may not look.
        self.most_bytes = int(attributes.get("MaximumMessageSize", MOST_BYTES))

    def entry(self, found: dict[str, Any]) -> dict[str, Any]:
        """An entry of PublishBatch without its Id; a Message that is an object becomes its JSON text.

        Raises:
            EventyardError: it is none; `where` is the field.
        """
        message = found.get("Message")
        if not message:
            raise EventyardError("it is required.", where="Message", remedy='Write {"Message": "..."}.')
        if unknown := sorted(found.keys() - _KNOWN):
            raise EventyardError(f"an entry of PublishBatch has only {', '.join(sorted(_KNOWN))}.", where=unknown[0])
        if self.ordered and not found.get("MessageGroupId"):
            raise EventyardError("a FIFO topic requires it.", where="MessageGroupId")
        attributes = found.get("MessageAttributes", {})
        if not isinstance(attributes, dict) or not all(map(_is_attribute, attributes.values())):
            raise EventyardError(
                "it is not what PublishBatch takes.",
                where="MessageAttributes",
                remedy='Write {"NAME": {"DataType": "String", "StringValue": "..."}}.',
            )
        text = message if isinstance(message, str) else json.dumps(message, ensure_ascii=False)
        return {**found, "Message": text}

    def size(self, entry: dict[str, Any]) -> int:
        """In bytes: the message, and its attributes with their names and types."""
        texts = [entry["Message"]]
        for name, attribute in entry.get("MessageAttributes", {}).items():
            texts += [name, attribute["DataType"], attribute["StringValue"]]
        return sum(len(text.encode()) for text in texts)

    def send(self, entries: Sequence[dict[str, Any]]) -> list[Answer]:
        """PublishBatch."""
        named = [{**entry, "Id": str(number)} for number, entry in enumerate(entries)]
        answer = self._client.publish_batch(TopicArn=self.name, PublishBatchRequestEntries=named)  # type: ignore[arg-type]  # `entry` above has looked at them
        answers = {one["Id"]: Answer(id=one["MessageId"]) for one in answer.get("Successful", ())}
        for one in answer.get("Failed", ()):
            reason = one.get("Message", "")
            answers[one["Id"]] = Answer(code=one["Code"], reason=reason, passing=not one["SenderFault"])
        return [answers[str(number)] for number in range(len(entries))]


def _is_attribute(found: object) -> bool:
    return (
        isinstance(found, dict)
        and found.keys() == {"DataType", "StringValue"}
        and all(isinstance(value, str) for value in found.values())
    )
