"""SNS: deliveries are ours, and so is what a request may be."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.sns.exceptions import InvalidParameterValue, SNSException, SNSNotFoundError
from moto.sns.models import SNSBackend
from moto.sns.models import Topic as MotoTopic
from moto.sns.responses import SNSResponse
from moto.sns.utils import is_e164

from eventyard.local.door import ApiError, invalid_parameter
from eventyard.local.door.publications import (
    MESSAGE_BYTES,
    Topic,
    check_batch,
    check_message,
    check_topic_arn,
    recipient,
)
from eventyard.local.door.subscription_attributes import Subscribed, check_attribute
from eventyard.local.door.subscriptions import Neighbours, check_existing, check_filters, check_room, check_subscribe
from eventyard.local.door.topics import check_topic
from eventyard.local.moto_seam._subscriptions import is_pending, set_pending
from eventyard.local.moto_seam.seams._seam import CHANGED, Moto, RefusedError, Seam, then_changed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from eventyard.local.moto_seam.seams._seam import Listener


_CONFIRMED_BY_ENDPOINT = frozenset({"http", "https"})
# Somebody has to follow the link in SNS's mail. None is sent here, so that such a subscription stays as it is.
_CONFIRMED_BY_PEOPLE = frozenset({"email", "email-json"})


def _validate_filter_policy(_original: Moto, _listener: Listener) -> Moto:
    def validate(self: Moto, value: Moto, scope: str | None) -> None:
        """Nothing: the door has looked at it, and moto takes less than SNS."""

    return validate


def _topic_publish(_original: Moto, listener: Listener) -> Moto:
    def publish(
        self: Moto,
        message: str,
        subject: str | None = None,
        message_attributes: dict[str, Any] | None = None,
        group_id: str | None = None,
        deduplication_id: str | None = None,
        message_structure: str | None = None,
    ) -> str:
        given = {
            "message": message,
            "subject": subject,
            "attributes": {name: _attribute(value) for name, value in (message_attributes or {}).items()},
            "group": group_id,
            "deduplication": deduplication_id,
            "structure": message_structure,
        }
        try:
            return listener.publish(self.arn, given)
        except RefusedError as refused:
            raise InvalidParameterValue(str(refused)) from None

    return publish


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    kind = value["Type"]
    return {"DataType": kind, "BinaryValue" if kind.startswith("Binary") else "StringValue": value["Value"]}


# The door


def _door(answer: Callable[[Moto, Mapping[str, Any], Moto], Moto]) -> Callable[[Moto, Listener], Moto]:
    """A handler that answers a request as `answer` does, with moto's own at hand, and refusals as SNS does."""

    def make(original: Moto, _listener: Listener) -> Moto:
        def handle(self: Moto) -> Moto:
            try:
                return answer(self, self.params, original)
            except ApiError as refused:
                raise SNSException(refused.code, refused.message) from None

        return handle

    return make


def _publish(handler: Moto, request: Mapping[str, Any], original: Moto) -> Moto:
    parameter, arn = recipient(request)
    if parameter == "PhoneNumber":
        if not is_e164(arn):
            raise invalid_parameter(f"PhoneNumber Reason: {arn} is not valid to publish to")
        return original(handler)
    check_topic_arn(arn, handler.region, parameter)
    if ":endpoint/" in arn:
        return original(handler)
    topic = handler.backend.get_topic(arn)
    check_message(request, _facts(topic))
    return ActionResult({"MessageId": _published(topic, request)})


def _publish_batch(handler: Moto, request: Mapping[str, Any], _original: Moto) -> Moto:
    check_topic_arn(request["TopicArn"], handler.region)
    topic = handler.backend.get_topic(request["TopicArn"])
    facts, entries = _facts(topic), request.get("PublishBatchRequestEntries") or []
    check_batch(entries, facts)
    successful, failed = [], []
    for entry in entries:
        try:
            check_message(entry, facts)
            successful.append({"Id": entry["Id"], "MessageId": _published(topic, entry)})
        except (ApiError, ServiceException) as refused:
            failed.append({"Id": entry["Id"], "Code": refused.code, "Message": refused.message, "SenderFault": True})
    return ActionResult({"Successful": successful, "Failed": failed})


def _published(topic: Moto, message: Mapping[str, Any]) -> str:
    attributes = message.get("MessageAttributes") or {}
    return str(
        topic.publish(
            message["Message"],
            subject=message.get("Subject"),
            message_attributes={name: _as_moto(attribute) for name, attribute in attributes.items()},
            group_id=message.get("MessageGroupId"),
            deduplication_id=message.get("MessageDeduplicationId"),
            message_structure=message.get("MessageStructure"),
        )
    )


def _as_moto(attribute: Mapping[str, Any]) -> dict[str, str]:
    binary = attribute.get("BinaryValue")
    value = base64.b64encode(binary).decode() if binary else attribute["StringValue"]
    return {"Type": attribute["DataType"], "Value": value}


def _facts(topic: Moto) -> Topic:
    return Topic(_true(topic.fifo_topic), _true(topic.content_based_deduplication), _longest(topic))


def _subscribe(handler: Moto, request: Mapping[str, Any], original: Moto) -> Moto:
    arn = request["TopicArn"]
    check_topic_arn(arn, handler.region)
    topic = handler.backend.get_topic(arn)
    given = Subscribed(arn, request["Protocol"], request.get("Endpoint") or "")
    attributes = {name: str(value) for name, value in (request.get("Attributes") or {}).items()}
    check_subscribe(given, attributes)
    existing = handler.backend._find_subscription(arn, given.endpoint, given.protocol)
    if existing is not None:
        check_existing(attributes, _attributes(existing))
        if is_pending(existing):
            handler.backend.subscribe(arn, given.endpoint, given.protocol)  # asked once more
        return ActionResult({"SubscriptionArn": _arn_told(existing, request)})
    neighbours = _neighbours(handler.backend, topic)
    check_room(given, neighbours)
    if attributes.get("FilterPolicy"):
        check_filters(neighbours)
    original(handler)
    made = handler.backend._find_subscription(arn, given.endpoint, given.protocol)
    return ActionResult({"SubscriptionArn": _arn_told(made, request)})


def _arn_told(subscription: Moto, request: Mapping[str, Any]) -> str:
    """https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html, ReturnSubscriptionArn."""
    if is_pending(subscription) and not _true(request.get("ReturnSubscriptionArn")):
        return "pending confirmation"
    return str(subscription.arn)


def _list(_handler: Moto, _request: Mapping[str, Any], original: Moto) -> Moto:
    answer = original(_handler)
    answer.result["Subscriptions"] = [_listed(one) for one in answer.result["Subscriptions"]]
    return answer


def _listed(subscription: Moto) -> Moto:
    if not is_pending(subscription):
        return subscription
    return {
        "SubscriptionArn": "PendingConfirmation",
        "Owner": subscription.owner,
        "Protocol": subscription.protocol,
        "Endpoint": subscription.endpoint,
        "TopicArn": subscription.topic.arn,
    }


def _subscribed(original: Moto, listener: Listener) -> Moto:
    def subscribe(self: Moto, topic_arn: str, endpoint: str, protocol: str) -> Moto:
        before = self._find_subscription(topic_arn, endpoint, protocol)
        found = original(self, topic_arn, endpoint, protocol)
        if protocol in _CONFIRMED_BY_PEOPLE and before is None:
            set_pending(found)
        if protocol in _CONFIRMED_BY_ENDPOINT:
            if before is None:
                set_pending(found)
            if is_pending(found):
                listener.subscribed(found.arn)
        listener.changed()
        return found

    return subscribe


def _confirm_subscription(_original: Moto, listener: Listener) -> Moto:
    def handle(self: Moto) -> Moto:
        topic, given = self.params["TopicArn"], self.params
        self.backend.get_topic(topic)
        try:
            authenticated = _true(given.get("AuthenticateOnUnsubscribe"))
            return ActionResult(
                {"SubscriptionArn": listener.confirm(topic, given["Token"], authenticated=authenticated)}
            )
        except RefusedError as refused:
            raise SNSException(refused.code, str(refused)) from None

    return handle


def _set_subscription_attributes(handler: Moto, request: Mapping[str, Any], original: Moto) -> Moto:
    found = handler.backend.subscriptions.get(request["SubscriptionArn"])
    if found is None:
        raise SNSNotFoundError("Subscription does not exist")
    name, value, before = request["AttributeName"], request.get("AttributeValue") or "", _attributes(found)
    given = Subscribed(found.topic.arn, found.protocol, found.endpoint)
    check_attribute(name, value, given, {**before, name: value}, subscribing=False)
    if name == "FilterPolicy" and value and not before.get("FilterPolicy"):
        check_filters(_neighbours(handler.backend, found.topic))
    return original(handler)


def _create_topic(handler: Moto, request: Mapping[str, Any], original: Moto) -> Moto:
    check_topic(request.get("Attributes") or {})
    return original(handler)


def _set_topic_attributes(handler: Moto, request: Mapping[str, Any], original: Moto) -> Moto:
    topic = handler.backend.get_topic(request["TopicArn"])
    protocols = [one.protocol for one in handler.backend._get_topic_subscriptions(topic)]
    check_topic({request["AttributeName"]: request.get("AttributeValue") or ""}, protocols)
    return original(handler)


def _get_topic_attributes(handler: Moto, request: Mapping[str, Any], original: Moto) -> Moto:
    answer = original(handler)
    topic, attributes = handler.backend.get_topic(request["TopicArn"]), answer.result["Attributes"]
    for name, field in (("MaximumMessageSize", "maximum_message_size"), ("SignatureVersion", "signature_version")):
        if value := getattr(topic, field, None):
            attributes[name] = value
    pending = [is_pending(one) for one in handler.backend._get_topic_subscriptions(topic)]
    attributes |= {"SubscriptionsPending": sum(pending), "SubscriptionsConfirmed": len(pending) - sum(pending)}
    return answer


def _neighbours(backend: Moto, topic: Moto) -> Neighbours:
    present = backend._get_topic_subscriptions(topic)
    filters = sum(bool(one.attributes.get("FilterPolicy")) for one in present)
    return Neighbours(len(present), filters, _longest(topic))


def _attributes(subscription: Moto) -> dict[str, str]:
    return {name: str(value) for name, value in subscription.attributes.items()}


def _longest(topic: Moto) -> int:
    return int(getattr(topic, "maximum_message_size", MESSAGE_BYTES))


def _true(value: object) -> bool:
    return str(value).lower() == "true"


_PUBLISH = ("self", "message", "subject", "message_attributes", "group_id", "deduplication_id", "message_structure")

SEAMS = (
    Seam(SNSBackend, "_validate_filter_policy", ("self", "value", "scope"), "one matcher", _validate_filter_policy),
    Seam(SNSBackend, "subscribe", ("self", "topic_arn", "endpoint", "protocol"), "endpoints confirm", _subscribed),
    Seam(SNSResponse, "confirm_subscription", ("self",), "and this is how", _confirm_subscription),
    Seam(MotoTopic, "publish", _PUBLISH, "deliveries are ours", _topic_publish),
    *(
        Seam(SNSResponse, name, ("self",), "the door", _door(answer))
        for name, answer in (
            ("publish", _publish),
            ("publish_batch", _publish_batch),
            ("subscribe", _subscribe),
            ("set_subscription_attributes", _set_subscription_attributes),
            ("create_topic", _create_topic),
            ("set_topic_attributes", _set_topic_attributes),
            ("get_topic_attributes", _get_topic_attributes),
            ("list_subscriptions", _list),
            ("list_subscriptions_by_topic", _list),
        )
    ),
    *(
        Seam(owner, name, parameters, CHANGED, then_changed)
        for owner, name, parameters in (
            (SNSBackend, "set_topic_attribute", ("self", "topic_arn", "attribute_name", "attribute_value")),
            (SNSBackend, "unsubscribe", ("self", "subscription_arn")),
            (SNSBackend, "set_subscription_attributes", ("self", "arn", "name", "value")),
            (SNSBackend, "delete_topic", ("self", "arn")),
        )
    ),
)
