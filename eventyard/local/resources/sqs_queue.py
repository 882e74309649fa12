"""AWS::SQS::Queue, changed in place with its messages in it (moto changes two attributes and no more).

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, changed, tags, tags_gone, true

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::SQS::Queue"  # noqa: A001  # CloudFormation's own word
name_property = "QueueName"

# With what the queue falls back to when the property goes:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
_ATTRIBUTES = {
    "ContentBasedDeduplication": "false",
    "DeduplicationScope": "queue",
    "DelaySeconds": "0",
    "FifoThroughputLimit": "perQueue",
    "KmsDataKeyReusePeriodSeconds": "300",
    "KmsMasterKeyId": "",
    "MaximumMessageSize": "1048576",
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
    "RedriveAllowPolicy": "",
    "RedrivePolicy": "",
    "SqsManagedSseEnabled": "true",
    "VisibilityTimeout": "30",
}
known = frozenset({*_ATTRIBUTES, "FifoQueue", "QueueName", "Tags"})
_LONGEST_NAME = 80
_FIFO = ".fifo"


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """CreateQueue; a FIFO queue without a name of its own gets one that ends as it must."""
    fifo, name = true(properties.get("FifoQueue")), scope.fit(_LONGEST_NAME)
    if fifo and not scope.given:
        name = scope.fit(_LONGEST_NAME - len(_FIFO)) + _FIFO
    attributes = {**_attributes(properties), **({"FifoQueue": "true"} if fifo else {})}
    url = scope.client("sqs").create_queue(QueueName=name, Attributes=attributes, tags=tags(properties))["QueueUrl"]
    arn = f"arn:aws:sqs:{scope.region}:{scope.account}:{name}"
    return Made(url, {"Arn": arn, "QueueName": name, "QueueUrl": url})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """SetQueueAttributes; another name or FifoQueue is another queue."""
    if changed(old, new, "QueueName", "FifoQueue"):
        delete(made, old, scope)
        return create(new, scope)
    sqs = scope.client("sqs")
    gone = {name: _ATTRIBUTES[name] for name in _attributes(old) if name not in _attributes(new)}
    if wanted := {**gone, **_attributes(new)}:
        sqs.set_queue_attributes(QueueUrl=made.id, Attributes=wanted)
    if untagged := tags_gone(old, new):
        sqs.untag_queue(QueueUrl=made.id, TagKeys=untagged)
    if tags(new):
        sqs.tag_queue(QueueUrl=made.id, Tags=tags(new))
    return made


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteQueue, with what is in it."""
    scope.client("sqs").delete_queue(QueueUrl=made.id)


def _attributes(properties: Mapping[str, Any]) -> dict[str, str]:
    return {name: _text(properties[name]) for name in _ATTRIBUTES if name in properties}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, dict) else str(value)
