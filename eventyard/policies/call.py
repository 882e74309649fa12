"""A request read once: what every statement is asked about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from eventyard.errors import PolicyError
from eventyard.policies.caller import Caller
from eventyard.policies.context import Context

if TYPE_CHECKING:
    from eventyard.policies.context import Value
    from eventyard.policies.request import Request

_ACTION = re.compile(r"[a-z0-9-]+:[a-z0-9]+", re.ASCII | re.IGNORECASE)
_ARN_PARTS = 6
_ASSUMING = ("sts:assumerole", "sts:tagsession", "sts:setsourceidentity", "sts:setcontext")


class Gate(Enum):
    """Whose word counts: the value is the resource policy's name in messages."""

    ORDINARY = "resource policy"
    KEY = "key policy"  # identity policies count only if it lets the account in
    TRUST = "trust policy"  # the same


@dataclass(frozen=True, slots=True)
class Call:
    """A request: who, what (in lower case), on what, whose that is, with which context, and which rules apply."""

    request: Request
    caller: Caller
    action: str
    resource_account: str
    context: Context
    gate: Gate

    @property
    def same_account(self) -> bool:
        """Whether the caller and the resource are in one account."""
        return self.caller.account == self.resource_account

    @classmethod
    def of(cls, request: Request) -> Call:
        """Read from a request.

        Raises:
            PolicyError: A principal, action, resource or context value that no request has.
        """
        caller = Caller.of(request.principal)
        if not _ACTION.fullmatch(request.action):
            raise PolicyError(
                f"{request.action[:200]!r} is no action.",
                where="Request.action",
                remedy="Write one as sqs:SendMessage.",
            )
        parts = request.resource.split(":", _ARN_PARTS - 1)
        if request.resource != "*" and (len(parts) < _ARN_PARTS or parts[0] != "arn"):
            raise PolicyError(
                f"{request.resource[:200]!r} is no ARN.",
                where="Request.resource",
                remedy="Give the resource's ARN, or *.",
            )
        stated = parts[4] if len(parts) == _ARN_PARTS else ""
        account = stated or request.resource_account
        implied: dict[str, Value] = caller.keys()
        if account:
            implied["aws:ResourceAccount"] = account
        return cls(
            request,
            caller,
            request.action.lower(),
            account or caller.account,
            Context.of(request.context, implied),
            _gate(request.action.lower(), parts),
        )


def _gate(action: str, parts: list[str]) -> Gate:
    if len(parts) < _ARN_PARTS:
        return Gate.ORDINARY
    service, resource = parts[2], parts[5]
    if service == "kms" and resource.startswith(("key/", "alias/")):
        return Gate.KEY
    if service == "iam" and resource.startswith("role/") and action.startswith(_ASSUMING):
        return Gate.TRUST
    return Gate.ORDINARY
