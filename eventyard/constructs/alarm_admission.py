"""Letting alarms tell a topic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import ArnFormat, Stack, aws_iam, aws_sns

if TYPE_CHECKING:
    from aws_cdk import aws_kms

ALARMS = "cloudwatch.amazonaws.com"


def admit_alarms(topic: aws_sns.ITopic) -> None:
    """Let the alarms of the topic's account and Region publish to it, and use its key.

    An alarm needs no permission on a topic with SNS's own policy and no key. One with a policy of its own (TLS only,
    or rules that publish) or with a key admits none, and nobody is told: the alarm's history alone says so
    (https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html, "Allow Amazon CloudWatch alarms").
    """
    stack = Stack.of(topic)
    every_alarm = stack.format_arn(
        service="cloudwatch", resource="alarm", resource_name="*", arn_format=ArnFormat.COLON_RESOURCE_NAME
    )
    conditions = {"StringEquals": {"aws:SourceAccount": stack.account}, "ArnLike": {"aws:SourceArn": every_alarm}}
    alarms = aws_iam.ServicePrincipal(ALARMS)
    topic.add_to_resource_policy(
        aws_iam.PolicyStatement(
            sid="AlarmsPublish",
            principals=[alarms],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions=conditions,
        )
    )
    key: aws_kms.IKey | None = getattr(topic, "master_key", None)  # only topics made here know their key
    if key is not None:
        key.add_to_resource_policy(
            aws_iam.PolicyStatement(
                sid="AlarmsPublishToTopics",
                principals=[alarms],
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                resources=["*"],  # in a key policy: this key
                conditions=conditions,
            )
        )
