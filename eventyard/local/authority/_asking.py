"""Who asks, and whether the policies and keys of what it asks for let it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eventyard.local.authority._decisions import Against, Context, Decisions, Question, context_of
from eventyard.local.authority._refusal import Codes, Refusal
from eventyard.local.moto_seam import Arn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.moto_seam import MotoState

# What the services put into the encryption context, by which a key's policy can tell what is encrypted:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
# https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context
_ENCRYPTION_CONTEXT = {
    "s3": "kms:EncryptionContext:aws:s3:arn",
    "sns": "kms:EncryptionContext:aws:sns:topicArn",
    "sqs": "kms:EncryptionContext:aws:sqs:arn",
}
# To write to what is encrypted, and to read.
WRITE = ("kms:GenerateDataKey", "kms:Decrypt")
READ = ("kms:Decrypt",)


@dataclass(frozen=True, slots=True)
class Party:
    """Who asks, as one edge or call sees it.

    Attributes:
        principal: A service, or the ARN of a role, session, user or root user.
        codes: The error codes that it is answered.
        identity: Its own policies, as JSON texts.
        context: The condition keys that all its requests carry.
    """

    principal: str
    codes: Codes
    identity: tuple[str, ...] = ()
    context: Mapping[str, str] = field(default_factory=dict)

    @property
    def account(self) -> str:
        """Its account; empty for a service."""
        return Arn.parse(self.principal).account


class Asking:
    """Holds requests against what moto's state has now."""

    def __init__(self, state: MotoState) -> None:
        self._state = state
        self._decisions = Decisions()

    def why_not(
        self, party: Party, action: str, resource: str, context: Context, policies: tuple[str, ...]
    ) -> Against | None:
        """What is against a request, by these policies of the resource; None where it is allowed."""
        owner = self._state.bucket_account(resource) if resource.startswith("arn:aws:s3:::") else ""
        full = context_of(party.context, context)
        return self._decisions.why_not(
            Question(party.principal, action, resource, full, party.identity, policies, owner)
        )

    def may(self, party: Party, action: str, resource: str, context: Mapping[str, str] | None = None) -> Refusal | None:
        """None if it may."""
        policies = self._state.resource_policies(resource)
        against = self.why_not(party, action, resource, context or {}, policies)
        if against is None:
            return None
        remedy = "" if policies or party.account else f"; give it one that allows {party.principal} {action}"
        return Refusal(party.codes.denied, f"{_sentence(party, action, resource, against)}{remedy}.")

    def may_use_key_of(self, party: Party, resource: str, actions: tuple[str, ...] = WRITE) -> Refusal | None:
        """None if it may use the key that encrypts a queue, topic or object (an ARN), or there is none.

        Of anything else it uses none: a bus's key is EventBridge's to use, whoever puts the event.
        """
        arn = Arn.parse(resource)
        named = self._state.encryption_key(resource) if arn.service in _ENCRYPTION_CONTEXT else ""
        if not named:
            return None
        # What is encrypted with a bucket's key says the bucket, not the object.
        more = {_ENCRYPTION_CONTEXT[arn.service]: self._state.encrypted_as(resource)}
        place = self._state.home(resource)
        if party.account:
            # https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
            more |= {
                "kms:CallerAccount": party.account,
                "kms:ViaService": f"{arn.service}.{place.region}.amazonaws.com",
            }
        return self.may_use_key(party, named, resource, actions, more)

    def may_use_key(
        self, party: Party, named: str, resource: str, actions: tuple[str, ...], context: Mapping[str, str]
    ) -> Refusal | None:
        """None if it may use a key (as `resource`, an ARN, names it)."""
        key, codes = self._state.key(named, resource), party.codes
        if key is None:
            return Refusal(codes.no_key, f"{resource} names the key {named}, which does not exist: name another.")
        if key.managed:
            if party.account == Arn.parse(key.arn).account:
                return None
            return Refusal(
                codes.key_denied,
                f"{resource} is encrypted with {named}, AWS's own key, which cannot admit {party.principal}: "
                "encrypt it with a key of your own whose policy admits it, or without a KMS key.",
            )
        if key.state != "Enabled":
            return Refusal(
                codes.of_state(key.state), f"the key of {resource} is {key.state}: enable {key.arn}, or name another."
            )
        for action in actions:
            if against := self.why_not(party, action, key.arn, context, (key.policy,)):
                where = f"{key.arn}, the key of {resource}"
                return Refusal(codes.key_denied, f"{_sentence(party, action, where, against)}.")
        return None


def _sentence(party: Party, action: str, resource: str, against: Against) -> str:
    return f"{party.principal} may not {action} on {resource}: {against.reason}"
