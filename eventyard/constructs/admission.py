"""Letting services in: one statement for each service and resource, however many rules and topics come.

CDK's own targets add a statement for every rule and every topic, and policies have an end: 20 KB for a function
(some 60 rules), 8 KB or 20 statements for a queue (https://docs.aws.amazon.com/general/latest/gr/sqs-service.html).
Here the statement's list of sources grows, up to a limit; past it, the statement names all such sources of the account.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Annotations, Stack, aws_iam, aws_lambda, aws_logs, aws_sns, aws_sqs
from constructs import Construct

from eventyard.constructs.key import let_rules_publish, let_service_deliver
from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from aws_cdk import aws_kms
    from constructs import IDependable

    from eventyard.constructs.callers import Caller

_SOURCES_BY_NAME = 20


class _Statement(Construct):
    """The statement that admits one service to one resource; a child of that resource."""

    def __init__(self, resource: Construct, construct_id: str, statement: aws_iam.PolicyStatement) -> None:
        super().__init__(resource, construct_id)
        self._statement = statement
        self._sources: list[str] = []

    def include(self, caller: Caller) -> None:
        if caller.source in self._sources or self._sources == [caller.everyone]:
            return
        self._sources.append(caller.source)
        if len(self._sources) > _SOURCES_BY_NAME or caller.source == caller.everyone:
            self._sources = [caller.everyone]
        self._statement.add_condition("ArnLike", {"aws:SourceArn": self._sources})


def _id(caller: Caller) -> str:
    return f"Admits{caller.service.split('.')[0].capitalize()}"


def admit_to_queue(queue: aws_sqs.IQueue, caller: Caller) -> IDependable:
    """Let a service send to a queue, and use its key.

    Returns:
        What has to exist before the first message comes.

    Raises:
        EventyardError: If the queue is encrypted with AWS's managed key, which admits no service.
    """
    if queue.encryption_type is aws_sqs.QueueEncryption.KMS_MANAGED:
        raise EventyardError(
            f"the queue is encrypted with alias/aws/sqs, whose policy cannot admit {caller.service}: every message "
            "would be lost.",
            where=queue.node.path,
            remedy="Encrypt it with SSE-SQS (QueueEncryption.SQS_MANAGED) or with a key of your own.",
        )
    admission = queue.node.try_find_child(_id(caller))
    if not isinstance(admission, _Statement):
        statement = aws_iam.PolicyStatement(
            principals=[aws_iam.ServicePrincipal(caller.service)],
            actions=["sqs:SendMessage"],
            resources=[queue.queue_arn],
            conditions={"StringEquals": {"aws:SourceAccount": caller.account}},
        )
        added = queue.add_to_resource_policy(statement)
        _warn_unless_added(queue, added, caller)
        admission = _Statement(queue, _id(caller), statement)  # type: ignore[arg-type]  # jsii: every IQueue is a construct
    admission.include(caller)
    if queue.encryption_master_key is not None:
        let_service_deliver(queue.encryption_master_key, caller)
    return _policy_of(queue)


def admit_to_topic(topic: aws_sns.ITopic, caller: Caller) -> IDependable:
    """Let rules publish to a topic, and use its key.

    There are no source conditions here, and this is no oversight: "You can't use Condition blocks in Amazon SNS topic
    policies for EventBridge" (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html,
    "Amazon SNS permissions"). With one, every event would go to the rule's dead-letter queue. Because nothing in it
    differs from rule to rule, CDK keeps it as one statement.
    """
    added = topic.add_to_resource_policy(
        aws_iam.PolicyStatement(
            sid="RulesPublish",
            principals=[aws_iam.ServicePrincipal(caller.service)],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
        )
    )
    _warn_unless_added(topic, added, caller)
    key: aws_kms.IKey | None = getattr(topic, "master_key", None)  # only topics made here know their key
    if key is not None:
        let_rules_publish(key, topic)  # type: ignore[arg-type]  # jsii: every ITopic is a construct
    return _policy_of(topic)


def admit_to_function(function: aws_lambda.IFunction, caller: Caller) -> IDependable:
    """Let a service invoke a function: for one source by its name, for more of them as all of the account's.

    A permission takes a single source, so this is where the limit is one.
    """
    permission = function.node.try_find_child(_id(caller))
    if not isinstance(permission, aws_lambda.CfnPermission):
        return aws_lambda.CfnPermission(
            function,  # type: ignore[arg-type]  # jsii: every IFunction is a construct
            _id(caller),
            action="lambda:InvokeFunction",
            function_name=function.function_arn,
            principal=caller.service,
            source_account=caller.account,
            source_arn=caller.source,
        )
    if permission.source_arn != caller.source:
        permission.source_arn = caller.everyone
    return permission


def admit_to_log_group(group: aws_logs.ILogGroup, caller: Caller) -> IDependable:
    """Let rules write to a log group. There may be ten such policies in an account and Region.

    AWS's and Terraform's documents give CreateLogStream without a condition and PutLogEvents with the rule's ARN;
    delivery.logs.amazonaws.com is the second name under which EventBridge writes
    (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html).
    """
    policy = group.node.try_find_child("RulesWrite")
    if not isinstance(policy, aws_logs.ResourcePolicy):
        policy = aws_logs.ResourcePolicy(group, "RulesWrite")  # type: ignore[arg-type]  # jsii: every ILogGroup is a construct
    services = [aws_iam.ServicePrincipal(name) for name in (caller.service, "delivery.logs.amazonaws.com")]
    admission = group.node.try_find_child(_id(caller))
    if not isinstance(admission, _Statement):
        put = aws_iam.PolicyStatement(
            principals=services, actions=["logs:PutLogEvents"], resources=[group.log_group_arn]
        )
        create = aws_iam.PolicyStatement(
            principals=services, actions=["logs:CreateLogStream"], resources=[group.log_group_arn]
        )
        policy.document.add_statements(create, put)
        admission = _Statement(group, _id(caller), put)  # type: ignore[arg-type]  # the same
    admission.include(caller)
    return policy


def _policy_of(resource: aws_sqs.IQueue | aws_sns.ITopic) -> IDependable:
    """The policy resource of a queue or topic; the resource itself where it is only imported and has none here."""
    return resource.node.try_find_child("Policy") or resource


def _warn_unless_added(
    resource: aws_sqs.IQueue | aws_sns.ITopic, added: aws_iam.AddToResourcePolicyResult, caller: Caller
) -> None:
    if not added.statement_added:
        Annotations.of(resource).add_warning_v2(
            "eventyard:not-admitted",
            f"{resource.node.path} is only imported into {Stack.of(resource).stack_name}: its policy must admit "
            f"{caller.service} where it is defined, or nothing arrives.",
        )
