"""Who asks, read from the request's principal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from eventyard.errors import PolicyError

if TYPE_CHECKING:
    from eventyard.policies.context import Value


class CallerKind(Enum):
    """What a principal is; the value is its aws:PrincipalType, where AWS has one."""

    ROOT = "Account"
    ROLE = "AssumedRole"
    USER = "User"
    FEDERATED_USER = "FederatedUser"
    ANONYMOUS = "Anonymous"
    SERVICE = "service"
    FEDERATED = "federated identity"


_IAM = re.compile(
    r"arn:(?P<partition>[\w-]+):iam::(?P<account>\d{12}):(?P<kind>root|role|user)(?P<path>/\S+)?", re.ASCII
)
_STS = re.compile(
    r"arn:(?P<partition>[\w-]+):sts::(?P<account>\d{12}):"
    r"(?:assumed-role/(?P<role>[^/\s]+)/(?P<session>[^/\s]+)|federated-user/(?P<user>\S+))",
    re.ASCII,
)
_PROVIDER = re.compile(r"arn:[\w-]+:iam::\d{12}:(?:saml|oidc)-provider/\S+", re.ASCII)
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/\S*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Caller:
    """A principal.

    Attributes:
        kind: What it is.
        text: As the request gives it.
        account: Its account; empty for services, federated identities and nobody known.
        arn: `aws:PrincipalArn`: for a role's session the role's ARN, without the path, which a session's ARN lacks.
        role: The role's name, for a role and its sessions.
    """

    kind: CallerKind
    text: str
    account: str = ""
    arn: str = ""
    role: str = ""

    @property
    def is_session(self) -> bool:
        """Whether it is a named session of a role."""
        return self.kind is CallerKind.ROLE and ":assumed-role/" in self.text

    @property
    def has_policies(self) -> bool:
        """Whether identity policies can be attached to it."""
        return self.kind in {CallerKind.ROLE, CallerKind.USER, CallerKind.FEDERATED_USER}

    def keys(self) -> dict[str, Value]:
        """The condition keys that follow from it ("AWS global condition context keys", properties of the principal)."""
        if self.kind is CallerKind.ANONYMOUS:
            return {"aws:PrincipalType": self.kind.value}
        if self.kind is CallerKind.SERVICE:
            return {"aws:PrincipalIsAWSService": True, "aws:PrincipalServiceName": self.text}
        if self.kind is CallerKind.FEDERATED:
            return {}
        keys: dict[str, Value] = {
            "aws:PrincipalAccount": self.account,
            "aws:PrincipalArn": self.arn,
            "aws:PrincipalType": self.kind.value,
            "aws:PrincipalIsAWSService": False,
        }
        if self.kind is CallerKind.USER:
            keys["aws:username"] = self.arn.rpartition("/")[2]
        return keys

    @classmethod
    def of(cls, principal: str) -> Caller:
        """Read from the request's principal.

        Raises:
            PolicyError: No principal that AWS knows.
        """
        if principal == "*":
            return cls(CallerKind.ANONYMOUS, principal)
        if found := _IAM.fullmatch(principal):
            kind = {"root": CallerKind.ROOT, "role": CallerKind.ROLE, "user": CallerKind.USER}[found["kind"]]
            if (kind is CallerKind.ROOT) is (found["path"] is None):
                role = principal.rpartition("/")[2] if kind is CallerKind.ROLE else ""
                return cls(kind, principal, found["account"], principal, role)
        if found := _STS.fullmatch(principal):
            if found["user"]:
                return cls(CallerKind.FEDERATED_USER, principal, found["account"], principal)
            arn = f"arn:{found['partition']}:iam::{found['account']}:role/{found['role']}"
            return cls(CallerKind.ROLE, principal, found["account"], arn, found["role"])
        if _PROVIDER.fullmatch(principal):
            return cls(CallerKind.FEDERATED, principal)
        if _DOMAIN.fullmatch(principal):
            service = principal.endswith((".amazonaws.com", ".amazonaws.com.cn"))
            return cls(CallerKind.SERVICE if service else CallerKind.FEDERATED, principal)
        raise PolicyError(
            f"{principal[:200]!r} is no principal.",
            where="Request.principal",
            remedy="Give the ARN of a role, session, user or root user, a service such as events.amazonaws.com, or *.",
        )
