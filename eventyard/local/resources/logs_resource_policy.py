"""AWS::Logs::ResourcePolicy, whose document may be text or an object.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-resourcepolicy.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, changed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::Logs::ResourcePolicy"  # noqa: A001  # CloudFormation's own word
name_property = "PolicyName"
known = frozenset({"PolicyDocument", "PolicyName"})


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """PutResourcePolicy."""
    document = properties["PolicyDocument"]
    text = document if isinstance(document, str) else json.dumps(document)
    scope.client("logs").put_resource_policy(policyName=scope.name, policyDocument=text)
    return Made(scope.name)


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """PutResourcePolicy replaces one of the same name; another name is another policy."""
    if changed(old, new, "PolicyName"):
        delete(made, old, scope)
    return create(new, scope)


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteResourcePolicy."""
    scope.client("logs").delete_resource_policy(policyName=made.id)
