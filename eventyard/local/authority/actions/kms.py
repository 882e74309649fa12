"""KMS: keys, by id, ARN or alias."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.local.authority.actions._wanted import ANY, Wanted, arn_of

if TYPE_CHECKING:
    from eventyard.local.moto_seam import ApiCall, MotoState

prefix = "kms"

# Operations whose actions have other names.
_ACTIONS = {"ReEncrypt": ("ReEncryptFrom", "ReEncryptTo")}


def wanted(call: ApiCall, state: MotoState) -> list[Wanted]:
    """The action on the key that the call names; Decrypt may name none, which the ciphertext does."""
    given = call.parameters
    named = given.get("KeyId") or given.get("TargetKeyId") or given.get("DestinationKeyId")
    key = state.key(str(named), arn_of(call, "*")) if named else None
    resource = key.arn if key else ANY if call.operation == "Decrypt" else "*"
    encrypted_with = given.get("EncryptionContext") or {}
    context = {f"kms:EncryptionContext:{name}": str(value) for name, value in encrypted_with.items()}
    actions = _ACTIONS.get(call.operation, (call.operation,))
    return [Wanted(f"kms:{action}", resource, context) for action in actions]
