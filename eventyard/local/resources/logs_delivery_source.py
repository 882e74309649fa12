"""AWS::Logs::DeliverySource: a resource whose own logs can be delivered, a bus here.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-deliverysource.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, tags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::Logs::DeliverySource"  # noqa: A001  # CloudFormation's own word
name_property = "Name"
known = frozenset({"LogType", "Name", "ResourceArn", "Tags"})


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """PutDeliverySource."""
    made = scope.client("logs").put_delivery_source(
        name=scope.name,
        resourceArn=properties["ResourceArn"],
        logType=properties["LogType"],
        tags=tags(properties),
    )["deliverySource"]
    return Made(scope.name, {"Arn": made["arn"], "Service": made["service"], "ResourceArns": made["resourceArns"]})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """The new one for the old."""
    delete(made, old, scope)
    return create(new, scope)


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteDeliverySource."""
    scope.client("logs").delete_delivery_source(name=made.id)
