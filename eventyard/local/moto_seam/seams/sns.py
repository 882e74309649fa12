"""SNS: deliveries are ours, and so is what a filter policy may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.sns.exceptions import InvalidParameterValue, SNSInvalidParameter
from moto.sns.models import SNSBackend, Topic

from eventyard.errors import PatternError
from eventyard.local.moto_seam.seams._seam import CHANGED, Moto, RefusedError, Seam, then_changed
from eventyard.patterns import FilterPolicy

if TYPE_CHECKING:
    from eventyard.local.moto_seam.seams._seam import Listener


def _validate_filter_policy(_original: Moto, _listener: Listener) -> Moto:
    def validate(self: Moto, value: Moto, scope: str | None) -> None:  # noqa: ARG001  # moto's signature
        try:
            FilterPolicy.parse(value, scope="MessageBody" if scope == "MessageBody" else "MessageAttributes")
        except PatternError as error:
            raise SNSInvalidParameter(f"FilterPolicy: {error}") from None

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


_PUBLISH = ("self", "message", "subject", "message_attributes", "group_id", "deduplication_id", "message_structure")

SEAMS = (
    Seam(SNSBackend, "_validate_filter_policy", ("self", "value", "scope"), "one matcher", _validate_filter_policy),
    Seam(Topic, "publish", _PUBLISH, "deliveries are ours", _topic_publish),
    *(
        Seam(owner, name, parameters, CHANGED, then_changed)
        for owner, name, parameters in (
            (SNSBackend, "subscribe", ("self", "topic_arn", "endpoint", "protocol")),
            (SNSBackend, "unsubscribe", ("self", "subscription_arn")),
            (SNSBackend, "set_subscription_attributes", ("self", "arn", "name", "value")),
            (SNSBackend, "delete_topic", ("self", "arn")),
        )
    ),
)
