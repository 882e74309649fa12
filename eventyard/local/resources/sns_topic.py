"""AWS::SNS::Topic, changed in place with its subscriptions (moto makes it anew, and they are gone).

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, changed, tags, tags_gone, true

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::SNS::Topic"  # noqa: A001  # CloudFormation's own word
name_property = "TopicName"

# With what the topic falls back to when the property goes.
_ATTRIBUTES = {
    "ContentBasedDeduplication": "false",
    "DeliveryPolicy": "",
    "DisplayName": "",
    "KmsMasterKeyId": "",
    "MaximumMessageSize": "262144",
    "SignatureVersion": "1",
}
known = frozenset({*_ATTRIBUTES, "FifoTopic", "Subscription", "Tags", "TopicName"})
_LONGEST_NAME = 256
_FIFO = ".fifo"


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """CreateTopic, and Subscribe for the subscriptions that stand in it."""
    fifo, name = true(properties.get("FifoTopic")), scope.fit(_LONGEST_NAME)
    if fifo and not scope.given:
        name = scope.fit(_LONGEST_NAME - len(_FIFO)) + _FIFO
    wanted = {key: value for key, value in _attributes(properties).items() if value != "false"}
    arn = scope.client("sns").create_topic(
        Name=name,
        Attributes={**wanted, **({"FifoTopic": "true"} if fifo else {})},
        Tags=[{"Key": key, "Value": value} for key, value in tags(properties).items()],
    )["TopicArn"]
    _subscribe(arn, properties, scope)
    return Made(arn, {"TopicArn": arn, "TopicName": name})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """SetTopicAttributes; another name or FifoTopic is another topic."""
    if changed(old, new, "TopicName", "FifoTopic"):
        delete(made, old, scope)
        return create(new, scope)
    sns = scope.client("sns")
    before, after = _attributes(old), _attributes(new)
    for name, fallback in _ATTRIBUTES.items():
        if before.get(name) != after.get(name):
            sns.set_topic_attributes(TopicArn=made.id, AttributeName=name, AttributeValue=after.get(name, fallback))
    if untagged := tags_gone(old, new):
        sns.untag_resource(ResourceArn=made.id, TagKeys=untagged)
    if tags(new):
        sns.tag_resource(ResourceArn=made.id, Tags=[{"Key": k, "Value": v} for k, v in tags(new).items()])
    _unsubscribe(made.id, [one for one in old.get("Subscription", ()) if one not in new.get("Subscription", ())], scope)
    _subscribe(made.id, new, scope)
    return made


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteTopic."""
    scope.client("sns").delete_topic(TopicArn=made.id)


def _attributes(properties: Mapping[str, Any]) -> dict[str, str]:
    return {name: _text(properties[name]) for name in _ATTRIBUTES if name in properties}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, dict) else str(value)


def _subscribe(topic: str, properties: Mapping[str, Any], scope: Scope) -> None:
    for one in properties.get("Subscription", ()):
        scope.client("sns").subscribe(TopicArn=topic, Protocol=one["Protocol"], Endpoint=one["Endpoint"])


def _unsubscribe(topic: str, gone: list[Mapping[str, Any]], scope: Scope) -> None:
    if not gone:
        return
    sns = scope.client("sns")
    ends = {(one["Protocol"], one["Endpoint"]) for one in gone}
    for page in sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic):
        for found in page["Subscriptions"]:
            if (found["Protocol"], found["Endpoint"]) in ends:
                sns.unsubscribe(SubscriptionArn=found["SubscriptionArn"])
