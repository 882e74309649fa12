"""SQS: every action is one on a queue; a batch asks for what its single call asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from eventyard.local.authority.actions._wanted import Wanted, arn_of

if TYPE_CHECKING:
    from eventyard.local.moto_seam import ApiCall, MotoState

prefix = "sqs"

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
_KEY_ACTIONS = {
    "SendMessage": ("kms:GenerateDataKey", "kms:Decrypt"),
    "ReceiveMessage": ("kms:Decrypt",),
}
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-limitations-of-custom-policies.html:
# "Cross-account permissions don't apply to the following actions", whatever a queue's policy says.
_OF_OWN_ACCOUNT = frozenset(
    {"AddPermission", "CancelMessageMoveTask", "DeleteQueue", "ListMessageMoveTasks", "ListQueueTags"}
    | {"RemovePermission", "SetQueueAttributes", "StartMessageMoveTask", "TagQueue", "UntagQueue"}
)


def wanted(call: ApiCall, state: MotoState) -> list[Wanted]:  # noqa: ARG001  # a service's signature
    """The action on the queue that the call names."""
    action = call.operation.removesuffix("Batch")
    queue = _queue(call)
    policies = () if action in _OF_OWN_ACCOUNT and f":{call.account}:" not in queue else None
    return [Wanted(f"sqs:{action}", queue, key_actions=_KEY_ACTIONS.get(action, ()), policies=policies)]


def _queue(call: ApiCall) -> str:
    """`QueueUrl` is `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME`, or on another host; its name alone will do."""
    given = call.parameters
    for source in ("SourceArn", "ResourceArn"):
        if source in given:
            return str(given[source])
    if "QueueUrl" not in given:
        owner = given.get("QueueOwnerAWSAccountId") or call.account
        return f"arn:aws:sqs:{call.region}:{owner}:{given.get('QueueName', '')}"
    url = urlsplit(str(given["QueueUrl"]))
    account, _, name = url.path.strip("/").rpartition("/")
    if not url.netloc:
        return arn_of(call, name)
    labels = (url.hostname or "").split(".")
    # sqs.REGION.amazonaws.com, or REGION.queue.amazonaws.com.
    region = labels[1] if labels[0] == "sqs" else labels[0] if labels[1:2] == ["queue"] else call.region
    return f"arn:aws:sqs:{region}:{account.rpartition('/')[2] or call.account}:{name}"
