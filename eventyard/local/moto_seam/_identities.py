"""Roles and users in moto's state: who holds an access key, and what the policies of an identity are, as JSON texts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from eventyard.local.moto_seam._records import Arn, Caller

if TYPE_CHECKING:
    from collections.abc import Iterator

# moto's own objects: untyped, and ours to handle with care.
Moto = Any


class IdentityState:
    """Every account's roles and users."""

    def __init__(self) -> None:
        super().__init__()
        # By ARN, so that not every call walks through all roles; whether one is still there is asked each time.
        self._identities: dict[str, Moto] = {}

    def identity_policies(self, identity: str) -> tuple[str, ...] | None:
        """The inline and attached policies of a role, or of a user and its groups; None when there is none."""
        found = self._identity(identity)
        if found is None:
            return None
        return tuple(text for holder in (found, *_groups(found)) for text in _policies_of(holder))

    def trust_policy(self, role: str) -> str | None:
        """The trust policy of a role; None when there is none."""
        found = self._identity(role)
        return None if found is None else _text(found.assume_role_policy_document)

    def caller(self, access_key: str, account: str) -> Caller | None:
        """Who has the access key of a role's session or a user in an account; None for any other key."""
        session = sts_backends[account]["aws"].get_assumed_role_from_access_key(access_key)
        if session is not None:
            return Caller(session.role_arn, session.arn)
        for user in list(iam_backends[account]["aws"].users.values()):
            if any(key.access_key_id == access_key for key in user.access_keys):
                return Caller(user.arn, user.arn)
        return None

    def _identity(self, arn: str) -> Moto | None:
        backend, is_user = iam_backends[Arn.parse(arn).account]["aws"], ":user/" in arn
        holders = backend.users if is_user else backend.roles
        known = self._identities.get(arn)
        # moto keeps a user under its name, a role under its id.
        if known is None or holders.get(known.name if is_user else known.id) is not known:
            everyone: list[Moto] = list(holders.values())
            known = next((found for found in everyone if found.arn == arn), None)
            self._identities[arn] = known
        return known


def _groups(holder: Moto) -> Iterator[Moto]:
    if ":user/" in holder.arn:
        yield from iam_backends[holder.account_id]["aws"].get_groups_for_user(holder.name)


def _policies_of(holder: Moto) -> Iterator[str]:
    yield from map(_text, holder.policies.values())
    for policy in holder.managed_policies.values():
        for version in policy.versions:
            if version.version_id == policy.default_version_id:
                yield version.document


def _text(document: object) -> str:
    return document if isinstance(document, str) else json.dumps(document)
