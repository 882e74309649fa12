"""What a queue's attributes may be.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventyard.local.messages._refusal import Refusal, invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

_RANGES = {
    "DelaySeconds": (0, 900),
    "KmsDataKeyReusePeriodSeconds": (60, 86_400),
    "MaximumMessageSize": (1_024, 1_048_576),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
}
_PERMISSIONS = ("allowAll", "denyAll", "byQueue")
_MOST_SOURCES = 10


def check_attributes(attributes: Mapping[str, Any]) -> None:
    """Numbers in their range, and a RedriveAllowPolicy that makes sense.

    Raises:
        Refusal: InvalidAttributeValue, or InvalidParameterValue for the policy (its words are ours).
    """
    for name, (least, most) in _RANGES.items():
        value = attributes.get(name)
        if value is not None and not (str(value).isdecimal() and least <= int(value) <= most):
            raise Refusal("InvalidAttributeValue", f"Invalid value for the parameter {name}.")
    if attributes.get("RedriveAllowPolicy"):
        _allowed(attributes["RedriveAllowPolicy"])


def check_redrive(source: str, target: str, allow_policy: str | None) -> None:
    """Whether the queue `source` may name `target` (both ARNs) as its dead-letter queue, which allows `allow_policy`.

    Raises:
        Refusal: InvalidParameterValue: one is a FIFO queue and the other is not, or the policy does not allow it.
    """
    if source.endswith(".fifo") != target.endswith(".fifo"):
        raise invalid("RedrivePolicy", target, "Dead-letter queue must be same type of queue as the source.")
    if not allow_policy:
        return
    permission, sources = _allowed(allow_policy)
    if permission == "denyAll" or (permission == "byQueue" and source not in sources):
        raise invalid("RedrivePolicy", target, "The dead-letter queue's RedriveAllowPolicy does not allow this source.")


def _allowed(policy: object) -> tuple[str, list[str]]:
    try:
        parsed = policy if isinstance(policy, dict) else json.loads(str(policy))
        permission, sources = parsed["redrivePermission"], parsed.get("sourceQueueArns")
    except (ValueError, TypeError, KeyError):
        raise invalid("RedriveAllowPolicy", policy, "It names no redrivePermission.") from None
    sound = 1 <= len(sources or ()) <= _MOST_SOURCES if permission == "byQueue" else not sources
    if permission not in _PERMISSIONS or not sound:
        reason = "redrivePermission is allowAll, denyAll, or byQueue with one to ten sourceQueueArns."
        raise invalid("RedriveAllowPolicy", policy, reason)
    return str(permission), list(sources or ())
