"""What AWS would refuse, and the error codes that it has for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """A hand-over or a call that AWS would refuse.

    Attributes:
        code: AWS's error code, as the edge or the API has it.
        reason: Who may not do what to what, why, and what to change.
    """

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Codes:
    """The error codes of an edge or API: a policy refuses; a key's policy refuses; there is no such key; it is off."""

    denied: str
    key_denied: str
    no_key: str
    key_disabled: str
    key_pending: str

    def of_state(self, state: str) -> str:
        """The code for a key in a state other than Enabled."""
        return self.key_disabled if state == "Disabled" else self.key_pending


# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html knows one code for lack of permissions; that
# keys have no other is uncertain.
EVENTS = Codes(*("NO_PERMISSIONS",) * 5)
# https://docs.aws.amazon.com/sns/latest/api/API_Publish.html, "Errors"
_SNS_KEYS = ("KMSAccessDenied", "KMSNotFound", "KMSDisabled", "KMSInvalidState")
# What SNS and Lambda are answered when they deliver.
DELIVERY = Codes("AccessDenied", *_SNS_KEYS)
SNS = Codes("AuthorizationError", *_SNS_KEYS)
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html, "Errors"
SQS = Codes(
    "AccessDenied",
    "KMS.AccessDeniedException",
    "KMS.NotFoundException",
    "KMS.DisabledException",
    "KMS.InvalidStateException",
)
