"""A queue as a test uses it: boto3's calls without their QueueUrl."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.local import LocalCloud

Json = dict[str, Any]


class Box:
    """A queue made with the attributes given; FIFO if its name says so."""

    def __init__(self, cloud: LocalCloud, name: str = "orders", **attributes: object) -> None:
        self.sqs = cloud.client("sqs")
        given = {key: value if isinstance(value, str) else json.dumps(value) for key, value in attributes.items()}
        if name.endswith(".fifo"):
            given["FifoQueue"] = "true"
        self.arn = f"arn:aws:sqs:us-east-1:111111111111:{name}"
        self.url = self.sqs.create_queue(QueueName=name, Attributes=given)["QueueUrl"]

    def send(self, body: str = "hello", **fields: Any) -> Json:  # noqa: ANN401 - SendMessage's own
        """SendMessage."""
        return dict(self.sqs.send_message(QueueUrl=self.url, MessageBody=body, **fields))

    def send_batch(self, *entries: Json) -> Json:
        """SendMessageBatch; entries without their ids."""
        given = [{"Id": str(index), **entry} for index, entry in enumerate(entries)]
        return dict(self.sqs.send_message_batch(QueueUrl=self.url, Entries=given))

    def receive(self, most: int = 10, **fields: Any) -> list[Json]:  # noqa: ANN401 - ReceiveMessage's own
        """ReceiveMessage, with all attributes."""
        every = {"MessageSystemAttributeNames": ["All"], "MessageAttributeNames": ["All"]}
        answer = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=most, **{**every, **fields})
        return list(answer.get("Messages", []))

    def bodies(self, most: int = 10, **fields: Any) -> list[str]:  # noqa: ANN401 - as above
        """The bodies of what `receive` finds."""
        return [message["Body"] for message in self.receive(most, **fields)]

    def delete(self, message: Json) -> None:
        """DeleteMessage."""
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def hide(self, message: Json, seconds: int) -> None:
        """ChangeMessageVisibility."""
        self.sqs.change_message_visibility(
            QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=seconds
        )

    def set(self, **attributes: object) -> None:
        """SetQueueAttributes; what is no text goes as JSON."""
        given = {key: value if isinstance(value, str) else json.dumps(value) for key, value in attributes.items()}
        self.sqs.set_queue_attributes(QueueUrl=self.url, Attributes=given)

    def attribute(self, name: str) -> str | None:
        """One of GetQueueAttributes."""
        answer = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])
        found: str | None = answer["Attributes"].get(name)
        return found

    def counts(self) -> tuple[int, int, int]:
        """Visible, in flight, delayed."""
        names = ("", "NotVisible", "Delayed")
        visible, in_flight, delayed = (int(self.attribute(f"ApproximateNumberOfMessages{n}") or -1) for n in names)
        return visible, in_flight, delayed


def refused(do: Callable[[], object]) -> tuple[str, str]:
    """The code and the words with which a call is refused."""
    with pytest.raises(ClientError) as caught:
        do()
    error = caught.value.response["Error"]
    return error["Code"].removeprefix("AWS.SimpleQueueService."), error["Message"]
