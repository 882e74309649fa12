"""rule → a bus, queue, function or topic of another account: the sender's side of the crossing.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html (buses, also across Regions) and
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-cross-account.html (the others, in the same Region)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from aws_cdk import Stack, aws_events, aws_iam

from eventyard.constructs.acknowledge import acknowledge
from eventyard.constructs.callers import name_of
from eventyard.constructs.remote import (
    RemoteBus,
    RemoteFunction,
    RemoteQueue,
    RemoteTopic,
    partition_of,
    place_of,
    role_name,
)
from eventyard.constructs.targets.edge import Connection
from eventyard.constructs.targets.role import role_of
from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from eventyard.constructs.targets.edge import Edge

Elsewhere: TypeAlias = RemoteBus | RemoteQueue | RemoteFunction | RemoteTopic

_ACTIONS: dict[type, str] = {
    RemoteBus: "events:PutEvents",
    RemoteQueue: "sqs:SendMessage",
    RemoteFunction: "lambda:InvokeFunction",
    RemoteTopic: "sns:Publish",
}
_FIFO = ".fifo"


def accepts(to: object) -> bool:
    """Whether this is in another account."""
    return type(to) in _ACTIONS


def connect(to: Elsewhere, edge: Edge) -> Connection:
    """Make the role that the rule hands over with, by the name that the other side admits.

    Raises:
        EventyardError: If EventBridge could not reach it, or the names are not known in advance.
    """
    sender, arn = _sender(edge), to.arn
    if not isinstance(to, RemoteBus):
        _refuse_other_region(to, edge)
    role = role_of(
        edge,
        action=_ACTIONS[type(to)],
        resource=arn,
        key=_use_of_key(to),
        description=f"Hands events of {sender.name} to {to.name} in account {to.at.account}",
        name=role_name(sender, arn),
    )
    if isinstance(to, RemoteQueue | RemoteTopic) and to.encrypted:
        because = (
            "A key's id is not known in advance: it is the key of this one queue or topic, by its encryption context."
        )
        acknowledge(role, f"AwsSolutions-IAM5[Resource::{_keys(to)}]", because=because)
    return Connection(arn, role=role, sqs_parameters=_group(to, edge))


def _sender(edge: Edge) -> RemoteBus:
    """The rule's bus, as the other side knows it."""
    name = name_of(edge.bus)
    if name is None:
        raise EventyardError(
            "the name of the bus is not known in advance, so nobody elsewhere can admit it.",
            where=edge.scope.node.path,
            remedy="Give the bus a name.",
        )
    return RemoteBus(name, at=place_of(edge.scope))


def _refuse_other_region(to: Elsewhere, edge: Edge) -> None:
    here = Stack.of(edge.scope).region
    if to.at.region != here:
        raise EventyardError(
            f"the rule is in Region {here}, {to.name} in {to.at.region}: only buses are reached in another Region.",
            where=edge.scope.node.path,
            remedy=f"Route to a RemoteBus in {to.at.region}, and from there to {to.name}.",
        )


def _group(to: Elsewhere, edge: Edge) -> aws_events.CfnRule.SqsParametersProperty | None:
    if not isinstance(to, RemoteQueue) or not to.name.endswith(_FIFO):
        edge.refuse_group("standard queue" if isinstance(to, RemoteQueue) else type(to).__name__)
    if not to.name.endswith(_FIFO):
        return None
    if isinstance(to, RemoteTopic):
        raise EventyardError(
            f"EventBridge delivers to standard topics only, and {to.name} is FIFO.", where=edge.scope.node.path
        )
    if edge.message_group_id is None:
        raise EventyardError(
            f"a FIFO queue takes no message without a group, and the route to {to.name} gives none.",
            where=edge.scope.node.path,
            remedy='Give the route message_group_id="...".',
        )
    return aws_events.CfnRule.SqsParametersProperty(message_group_id=edge.message_group_id)


def _use_of_key(to: Elsewhere) -> aws_iam.PolicyStatement | None:
    """Both sides must allow the use of a key of another account.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
    """
    if not isinstance(to, RemoteQueue | RemoteTopic) or not to.encrypted:
        return None
    kind = "sqs:arn" if isinstance(to, RemoteQueue) else "sns:topicArn"
    return aws_iam.PolicyStatement(
        actions=["kms:GenerateDataKey", "kms:Decrypt"],
        resources=[_keys(to)],
        conditions={"StringEquals": {f"kms:EncryptionContext:aws:{kind}": to.arn}},
    )


def _keys(to: Elsewhere) -> str:
    return f"arn:{partition_of(to)}:kms:{to.at.region}:{to.at.account}:key/*"
