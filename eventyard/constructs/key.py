"""The key that a stack's topics share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Aws, RemovalPolicy, Stack, aws_iam, aws_kms

if TYPE_CHECKING:
    from constructs import Construct

    from eventyard.constructs.callers import Caller

_ID = "TopicKey"


def shared_key(scope: Construct) -> aws_kms.IKey:
    """The key of the topics in this stack: made when the first asks for it, rotated every year."""
    stack = Stack.of(scope)
    found = stack.node.try_find_child(_ID)
    if isinstance(found, aws_kms.Key):
        return found
    return aws_kms.Key(
        stack,
        _ID,
        description=f"Encrypts the topics of {stack.stack_name}",
        enable_key_rotation=True,
        # A first deployment that fails takes its key away again; a key in use stays whatever happens to the stack.
        removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    )


def let_rules_publish(key: aws_kms.IKey, topic: Construct) -> None:
    """Admit EventBridge to the key of a topic that rules publish to; every further topic adds nothing.

    AWS: "Adding the aws:SourceAccount, aws:SourceArn, and aws:SourceOrgID to a AWS KMS policy is not supported for
    EventBridge-to-encrypted topics" (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html): with them,
    every event is lost. What is always there is the encryption context that SNS sets, so the key serves only
    topics of its own account and Region.
    """
    stack = Stack.of(topic)
    topics = f"arn:{Aws.PARTITION}:sns:{stack.region}:{stack.account}:*"
    key.add_to_resource_policy(
        aws_iam.PolicyStatement(
            sid="RulesPublishToTopics",
            principals=[aws_iam.ServicePrincipal("events.amazonaws.com")],
            actions=["kms:Decrypt", "kms:GenerateDataKey*"],
            resources=["*"],  # in a key policy: this key
            conditions={"StringLike": {"kms:EncryptionContext:aws:sns:topicArn": topics}},
        )
    )


def let_service_deliver(key: aws_kms.IKey, caller: Caller) -> None:
    """Admit a service to the key of a queue that it delivers to; every further source of the service adds nothing.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    """
    key.add_to_resource_policy(
        aws_iam.PolicyStatement(
            principals=[aws_iam.ServicePrincipal(caller.service)],
            actions=["kms:Decrypt", "kms:GenerateDataKey*"],
            resources=["*"],  # in a key policy: this key
            conditions={
                "StringEquals": {"aws:SourceAccount": caller.account},
                "ArnLike": {"aws:SourceArn": caller.everyone},
            },
        )
    )
