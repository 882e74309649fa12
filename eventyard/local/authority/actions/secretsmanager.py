"""Secrets Manager: secrets, by name or ARN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.local.authority.actions._wanted import Wanted, arn_of

if TYPE_CHECKING:
    from eventyard.local.moto_seam import ApiCall, MotoState

prefix = "secretsmanager"


def wanted(call: ApiCall, state: MotoState) -> list[Wanted]:
    """The action on the secret that the call names; a new one's ARN ends in characters that nobody knows yet."""
    named = str(call.parameters.get("SecretId") or "")
    if named:
        return [Wanted(f"secretsmanager:{call.operation}", state.secret(named, arn_of(call, "")))]
    name = call.parameters.get("Name") or "*"
    return [Wanted(f"secretsmanager:{call.operation}", arn_of(call, f"secret:{name}"))]
