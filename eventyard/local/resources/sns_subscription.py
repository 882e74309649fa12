"""AWS::SNS::Subscription. moto skips it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-subscription.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::SNS::Subscription"  # noqa: A001  # CloudFormation's own word
name_property = ""

# The scope first: it says how the policy is to be read.
_ATTRIBUTES = (
    "FilterPolicyScope",
    "FilterPolicy",
    "RawMessageDelivery",
    "RedrivePolicy",
    "DeliveryPolicy",
    "SubscriptionRoleArn",
)


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """Subscribe; the subscription counts as confirmed."""
    arn = scope.client("sns").subscribe(
        TopicArn=properties["TopicArn"],
        Protocol=properties["Protocol"],
        Endpoint=properties["Endpoint"],
        Attributes=_attributes(properties),
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    return Made(arn, {"Arn": arn})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """SetSubscriptionAttributes; another topic, protocol or endpoint is another subscription."""
    if any(old[key] != new[key] for key in ("TopicArn", "Protocol", "Endpoint")):
        delete(made, old, scope)
        return create(new, scope)
    wanted = _attributes(new)
    cleared = {"RawMessageDelivery": "false"}
    for name in _ATTRIBUTES:
        if name in wanted or name in _attributes(old):
            value = wanted.get(name, cleared.get(name, ""))
            scope.client("sns").set_subscription_attributes(
                SubscriptionArn=made.id, AttributeName=name, AttributeValue=value
            )
    return made


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """Unsubscribe."""
    scope.client("sns").unsubscribe(SubscriptionArn=made.id)


def _attributes(properties: Mapping[str, Any]) -> dict[str, str]:
    found = {name: properties[name] for name in _ATTRIBUTES if name in properties}
    return {name: _text(value) for name, value in found.items()}


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
