"""AWS::SNS::TopicPolicy, of one topic or several. moto skips it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topicpolicy.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::SNS::TopicPolicy"  # noqa: A001  # CloudFormation's own word
name_property = ""
known = frozenset({"PolicyDocument", "Topics"})


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """SetTopicAttributes, Policy."""
    document = json.dumps(properties["PolicyDocument"])
    for topic in properties["Topics"]:
        scope.client("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=document)
    return Made(scope.name)


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:  # noqa: ARG001  # a kind's signature
    """The same again."""
    create(new, scope)
    return made


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:
    """CloudFormation leaves the last policy in place when this resource goes; so do we."""
