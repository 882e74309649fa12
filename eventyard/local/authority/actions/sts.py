"""STS: a role is assumed with the consent of its trust policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.local.authority.actions._wanted import ANY, Wanted

if TYPE_CHECKING:
    from eventyard.local.moto_seam import ApiCall, MotoState

prefix = "sts"

# Everybody may ask who they are; these other calls bear proofs of their own, which moto does not check.
_OPEN = frozenset({"AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "GetCallerIdentity", "GetSessionToken"})


def wanted(call: ApiCall, state: MotoState) -> list[Wanted]:
    """sts:AssumeRole on the role. One that does not exist is moto's to assume, as it has no trust policy to ask."""
    if call.operation in _OPEN:
        return []
    if call.operation != "AssumeRole":
        return [Wanted(f"sts:{call.operation}", ANY)]
    role = str(call.parameters.get("RoleArn") or "")
    trust = state.trust_policy(role)
    if trust is None:
        return []
    named = ("RoleSessionName", "sts:RoleSessionName"), ("ExternalId", "sts:ExternalId")
    context = {key: str(call.parameters[name]) for name, key in named if call.parameters.get(name)}
    return [Wanted("sts:AssumeRole", role, context, policies=(trust,))]
