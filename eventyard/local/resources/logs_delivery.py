"""AWS::Logs::Delivery: what joins a delivery source and a delivery destination.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-delivery.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, tags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::Logs::Delivery"  # noqa: A001  # CloudFormation's own word
name_property = ""
known = frozenset({"DeliveryDestinationArn", "DeliverySourceName", "Tags"})


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """CreateDelivery."""
    made = scope.client("logs").create_delivery(
        deliverySourceName=properties["DeliverySourceName"],
        deliveryDestinationArn=properties["DeliveryDestinationArn"],
        tags=tags(properties),
    )["delivery"]
    return Made(made["id"], {"Arn": made["arn"], "DeliveryId": made["id"]})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """The new one for the old."""
    delete(made, old, scope)
    return create(new, scope)


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteDelivery."""
    scope.client("logs").delete_delivery(id=made.id)
