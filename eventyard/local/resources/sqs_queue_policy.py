"""AWS::SQS::QueuePolicy, of one queue or several. moto skips it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queuepolicy.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::SQS::QueuePolicy"  # noqa: A001  # CloudFormation's own word
name_property = ""
known = frozenset({"PolicyDocument", "Queues"})


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """SetQueueAttributes, Policy."""
    _set(properties["Queues"], json.dumps(properties["PolicyDocument"]), scope)
    return Made(scope.name, {"Id": scope.name})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """The same again; a queue that is left out loses its policy."""
    _set([queue for queue in old["Queues"] if queue not in new["Queues"]], "", scope)
    create(new, scope)
    return made


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """The queues lose their policy."""
    _set(properties["Queues"], "", scope)


def _set(queues: list[str], policy: str, scope: Scope) -> None:
    for queue in queues:
        scope.client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
