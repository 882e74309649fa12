"""AWS::Logs::DeliveryDestination: where logs that AWS services write can go.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-deliverydestination.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, tags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::Logs::DeliveryDestination"  # noqa: A001  # CloudFormation's own word
name_property = "Name"
known = frozenset({"DestinationResourceArn", "Name", "OutputFormat", "Tags"})


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """PutDeliveryDestination."""
    form = {"outputFormat": properties["OutputFormat"]} if "OutputFormat" in properties else {}
    made = scope.client("logs").put_delivery_destination(
        name=scope.name,
        deliveryDestinationConfiguration={"destinationResourceArn": properties["DestinationResourceArn"]},
        tags=tags(properties),
        **form,
    )["deliveryDestination"]
    return Made(scope.name, {"Arn": made["arn"], "DeliveryDestinationType": made["deliveryDestinationType"]})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """The new one for the old."""
    delete(made, old, scope)
    return create(new, scope)


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteDeliveryDestination."""
    scope.client("logs").delete_delivery_destination(name=made.id)
