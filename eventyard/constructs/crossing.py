"""The receiver's side of a crossing between accounts: who is let in from there.

AWS refuses a policy that names a role which does not exist
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html), and forgets one that is
made anew. So the policies here name the sender's account and narrow it by a condition on the role's or the rules' ARN:
the receiver can be deployed before the sender, after it, or again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from aws_cdk import Token, aws_events, aws_iam, aws_lambda, aws_sns, aws_sqs
from constructs import Construct

from eventyard.constructs.remote import (
    RemoteBus,
    RemoteFunction,
    RemoteQueue,
    RemoteTopic,
    place_of,
    role_arn,
)
from eventyard.constructs.worker import Worker
from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from aws_cdk import aws_kms

Receiver: TypeAlias = aws_events.EventBus | aws_sqs.Queue | aws_sns.Topic | aws_lambda.Function | Worker


class Admission(Construct):
    """Lets the rules of a bus of another account hand over to a bus, queue, topic, function or worker of this one.

    Minimal use: `Admission(self, "FromCommerce", sender=RemoteBus("commerce", at=SHOP), to=queue)`; the sender routes
    to a `RemoteQueue` of the queue's name.

    - A bus admits the rules of the sending bus, by its policy
      (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-example-policy-restrict-rule.html).
    - A queue or topic admits the sender's role, by its policy, and so does its key.
    - A function admits the sender's account: Lambda's permissions know no condition on a role, and refuse a role that
      does not exist (https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html). In that account only who
      has a permission of its own can use it.

    Args:
        sender: The bus there.
        to: What its rules hand over to. It has a name of its own: `queue_name=`, `function_name=` and so on.

    Raises:
        EventyardError: If the name or the stack's account and Region are not known in advance.
    """

    def __init__(self, scope: Construct, construct_id: str, *, sender: RemoteBus, to: Receiver) -> None:
        super().__init__(scope, construct_id)
        to = to.queue if isinstance(to, Worker) else to  # type: ignore[assignment]  # jsii: every queue made here is one
        if not isinstance(to, aws_events.EventBus | aws_lambda.Function | aws_sqs.Queue | aws_sns.Topic):
            raise EventyardError(
                f"another account's rules cannot hand events to a {type(to).__name__}.",
                where=self.node.path,
                remedy="Give a bus, queue, topic, function or worker that is made here.",
            )
        arn = _known_arn(to)
        if isinstance(to, aws_events.EventBus):
            self._to_bus(to, sender)
        elif isinstance(to, aws_lambda.Function):
            self._to_function(to, sender)
        elif isinstance(to, aws_sqs.Queue):
            self._by_role(to, role_arn(sender, arn), "sqs:SendMessage", to.queue_arn, to.encryption_master_key)
        else:
            self._by_role(to, role_arn(sender, arn), "sns:Publish", to.topic_arn, to.master_key)

    def _to_bus(self, bus: aws_events.EventBus, sender: RemoteBus) -> None:
        statement = aws_iam.PolicyStatement(
            actions=["events:PutEvents"],
            principals=[aws_iam.AccountPrincipal(sender.at.account)],
            resources=[bus.event_bus_arn],
            conditions={"ArnLike": {"aws:SourceArn": sender.rules}},
        )
        aws_events.CfnEventBusPolicy(
            self,
            "Policy",
            event_bus_name=bus.event_bus_name,
            statement_id=self.node.addr,  # the bus's policies need ids of their own; this one is the construct's path
            statement=statement.to_statement_json(),
        )

    def _to_function(self, function: aws_lambda.Function, sender: RemoteBus) -> None:
        aws_lambda.CfnPermission(
            self,
            "Permission",
            action="lambda:InvokeFunction",
            function_name=function.function_arn,
            principal=str(sender.at.account),
        )

    def _by_role(
        self, to: aws_sqs.Queue | aws_sns.Topic, role: str, action: str, resource: str, key: aws_kms.IKey | None
    ) -> None:
        account = aws_iam.AccountPrincipal(role.split(":")[4])
        only = {"ArnEquals": {"aws:PrincipalArn": role}}
        to.add_to_resource_policy(
            aws_iam.PolicyStatement(actions=[action], principals=[account], resources=[resource], conditions=only)
        )
        if key is not None:
            key.add_to_resource_policy(
                aws_iam.PolicyStatement(
                    actions=["kms:GenerateDataKey", "kms:Decrypt"],
                    principals=[account],
                    resources=["*"],  # in a key policy: this key
                    conditions=only,
                )
            )


# Where the name of each kind stands in its template, and how another account names it.
_NAMES: dict[type, tuple[str, type[RemoteBus | RemoteFunction | RemoteQueue | RemoteTopic]]] = {
    aws_events.CfnEventBus: ("name", RemoteBus),
    aws_lambda.CfnFunction: ("function_name", RemoteFunction),
    aws_sqs.CfnQueue: ("queue_name", RemoteQueue),
    aws_sns.CfnTopic: ("topic_name", RemoteTopic),
}


def _known_arn(to: aws_events.EventBus | aws_lambda.Function | aws_sqs.Queue | aws_sns.Topic) -> str:
    """The ARN, as the sender knows it."""
    resource = to.node.default_child
    attribute, remote = _NAMES[type(resource)]
    name = getattr(resource, attribute)
    if name is None or Token.is_unresolved(name):
        raise EventyardError(
            "CloudFormation would make up its name, so nobody in another account could know it.",
            where=to.node.path,
            remedy=f'Give it {attribute}="...".',
        )
    return remote(name, at=place_of(to)).arn
