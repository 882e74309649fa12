"""API calls: who makes one, what it asks for, and what AWS would answer.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html. Not held against: permissions
boundaries, session policies, organisations' policies, and keys of anything but queues and topics.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from eventyard.local import _identity
from eventyard.local.authority._asking import Party
from eventyard.local.authority._refusal import SNS, SQS, Codes, Refusal
from eventyard.local.authority.actions import ANY, wanted

if TYPE_CHECKING:
    from eventyard.local.authority._asking import Asking
    from eventyard.local.authority._decisions import Against
    from eventyard.local.authority.actions import Wanted
    from eventyard.local.moto_seam import ApiCall, MotoState

_CODES = {"sns": SNS, "sqs": SQS}
# Services whose errors are XML say AccessDenied, the others AccessDeniedException.
_XML = frozenset(
    {
        "autoscaling",
        "cloudformation",
        "cloudfront",
        "cloudwatch",
        "elasticloadbalancing",
        "iam",
        "rds",
        "route53",
        "s3",
        "sts",
    }
)
_POLICY = {"identity": "an identity-based", "resource": "a resource-based"}
_MOST_TEXTS = 2_000


def refusal(call: ApiCall, state: MotoState, asking: Asking) -> Refusal | None:
    """What AWS would answer; None if it lets the call through."""
    party = _caller(call, state, _CODES.get(call.service) or _codes(call.service))
    if call.operation == "AssumeRole" and party.principal.endswith(":root"):
        # AWS lets no root user assume a role. Here the clients of an account are its root user, and a test wants in.
        return None
    for want in wanted(call, state):
        if refused := _refused(party, want, asking, state):
            return refused
    return None


def root(account: str, codes: Codes) -> Party:
    """The root user of an account."""
    return Party(f"arn:aws:iam::{account}:root", codes, context={"aws:SecureTransport": "true"})


def _caller(call: ApiCall, state: MotoState, codes: Codes) -> Party:
    """Who calls. Keys that nobody made are those of their account's root user."""
    ours = _identity.account_of(call.access_key)
    found = None if ours else state.caller(call.access_key, call.account)
    if found is None:
        return root(ours or call.account, codes)
    context = {"aws:SecureTransport": "true", "aws:RequestedRegion": call.region, "aws:PrincipalArn": found.identity}
    return Party(found.name, codes, state.identity_policies(found.identity) or (), context)


def _refused(party: Party, want: Wanted, asking: Asking, state: MotoState) -> Refusal | None:
    if want.resource == ANY:
        party = replace(party, identity=tuple(map(_anywhere, party.identity)))
        against = asking.why_not(party, want.action, "*", want.context, ())
    else:
        policies = state.resource_policies(want.resource) if want.policies is None else want.policies
        against = asking.why_not(party, want.action, want.resource, want.context, policies)
    if against is not None:
        return Refusal(party.codes.denied, _words(party, want, against))
    return asking.may_use_key_of(party, want.resource, want.key_actions) if want.key_actions else None


def _words(party: Party, want: Wanted, against: Against) -> str:
    """AWS's own words, and in brackets what to look at.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    """
    on = "*" if want.resource == ANY else want.resource
    if against.denied_by:
        because = f"with an explicit deny in {_POLICY[against.denied_by]} policy"
    else:
        kind = "resource-based" if party.principal.endswith(":root") else "identity-based"
        because = f"because no {kind} policy allows the {want.action} action"
    words = f"User: {party.principal} is not authorized to perform: {want.action} on resource: {on} {because}"
    return f"{words} ({against.reason})"


@lru_cache(_MOST_TEXTS)
def _anywhere(text: str) -> str:
    """A policy as if each Allow were for every resource; a Deny counts only where it is for every one.

    For services whose resources are not told apart here: something has to allow the action, on whatever it may be.
    """
    try:
        document: dict[str, Any] = json.loads(text)
        body = document["Statement"]
        statements = [_widened(statement) for statement in (body if isinstance(body, list) else [body])]
    except (ValueError, KeyError, TypeError, AttributeError):
        return text  # malformed, and to be named as such
    kept = [statement for statement in statements if statement]
    return json.dumps({**document, "Statement": kept}) if kept else text


def _widened(statement: dict[str, Any]) -> dict[str, Any]:
    if statement.get("Effect") == "Deny":
        return statement if statement.get("Resource") in ("*", ["*"]) else {}
    return {**{key: value for key, value in statement.items() if key != "NotResource"}, "Resource": "*"}


@lru_cache(_MOST_TEXTS)
def _codes(service: str) -> Codes:
    denied = "AccessDenied" if service in _XML else "AccessDeniedException"
    return Codes(denied, denied, "NotFoundException", "DisabledException", "KMSInvalidStateException")
