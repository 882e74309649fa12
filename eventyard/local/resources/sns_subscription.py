"""AWS::SNS::Subscription. moto skips it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-subscription.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, changed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
known = frozenset({*_ATTRIBUTES, "Endpoint", "Protocol", "Region", "TopicArn"})
_DELIVERED = frozenset({"firehose", "http", "https", "lambda", "sqs"})


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """Subscribe; an HTTP endpoint is sent a token, and gets messages when it has confirmed that it wants them."""
    arn = _sns(properties, scope).subscribe(
        TopicArn=properties["TopicArn"],
        Protocol=properties["Protocol"],
        Endpoint=properties["Endpoint"],
        Attributes=_attributes(properties),
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    return Made(arn, {"Arn": arn})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """SetSubscriptionAttributes; another topic, protocol or endpoint is another subscription."""
    if changed(old, new, "TopicArn", "Protocol", "Endpoint"):
        delete(made, old, scope)
        return create(new, scope)
    wanted = _attributes(new)
    if changed(old, new, "FilterPolicyScope"):
        # The old policy need not be one in the new scope.
        _sns(new, scope).set_subscription_attributes(
            SubscriptionArn=made.id, AttributeName="FilterPolicy", AttributeValue=""
        )
    cleared = {"FilterPolicyScope": "MessageAttributes", "RawMessageDelivery": "false"}
    for name in _ATTRIBUTES:
        if name in wanted or name in _attributes(old):
            value = wanted.get(name, cleared.get(name, ""))
            _sns(new, scope).set_subscription_attributes(
                SubscriptionArn=made.id, AttributeName=name, AttributeValue=value
            )
    return made


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:
    """Unsubscribe."""
    _sns(properties, scope).unsubscribe(SubscriptionArn=made.id)


def remarks(properties: Mapping[str, Any]) -> Iterator[str]:
    """Some protocols lead out of any local cloud."""
    protocol = properties["Protocol"]
    if protocol.startswith("email"):
        yield f"messages to protocol {protocol} wait for somebody to confirm, and no mail leaves this machine."
    elif protocol not in _DELIVERED:
        yield f"messages to protocol {protocol} are not delivered; each is entered in the ledger as dropped."


def _sns(properties: Mapping[str, Any], scope: Scope) -> Any:  # noqa: ANN401  # a boto3 client, typed by its service
    # A subscription lives where its topic does, which may be another Region.
    region = properties.get("Region") or properties["TopicArn"].split(":")[3]
    return scope.client("sns") if region == scope.region else scope.client("sns", region)


def _attributes(properties: Mapping[str, Any]) -> dict[str, str]:
    found = {name: properties[name] for name in _ATTRIBUTES if name in properties}
    return {name: _text(value) for name, value in found.items()}


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
