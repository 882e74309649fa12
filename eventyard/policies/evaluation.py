"""Whether a request is allowed: the rules of one account, of two, of key policies and of trust policies.

Follows the IAM user guide, "How AWS enforcement code logic evaluates requests to allow or deny access", "Policy
evaluation for requests within a single account" and "Cross-account policy evaluation logic", and the KMS developer
guide, "Key policies". In short:

- A Deny that applies wins, wherever it stands.
- A service, a federated identity or nobody known is allowed by the resource's policy alone.
- Within one account the resource's policy suffices if it names the caller, its role or everyone; an Allow for the
  account leaves the decision to the caller's own policies, which suffice by themselves. The root user may do all.
- Across accounts both must allow.
- A key's and a role's trust policy must always let the caller in, also within the account, also the root user.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from eventyard.errors import PolicyError
from eventyard.policies.call import Call, Gate
from eventyard.policies.caller import CallerKind
from eventyard.policies.decision import Decision, Kind
from eventyard.policies.document import Policy
from eventyard.policies.outcome import Found, Outcome, Side
from eventyard.policies.principals import Naming
from eventyard.policies.reasons import tell

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from eventyard.policies.request import Request

    Document = Policy | str | Mapping[str, Any]


def evaluate(request: Request, *, identity: Iterable[Document] = (), resource: Iterable[Document] = ()) -> Decision:
    """Whether AWS would allow a request.

    Args:
        request: Who wants to do what to which resource.
        identity: The policies attached to the caller (for a role: its inline and managed ones). Services, root users
            and nobody known have none.
        resource: The resource's policy, if it has one: a queue's, a key's, for sts:AssumeRole the role's trust policy.
            Policies are dicts, JSON text, or `Policy.parse(...)`, which saves parsing them again.

    Raises:
        PolicyError: A policy or request that AWS would refuse; an identity policy with a Principal, or a resource's
            without.
    """
    call = Call.of(request)
    own, attached = _side("identity", identity), _side("resource", resource)
    if call.gate is Gate.TRUST:
        _check_trust(attached)
    outcome = _outcome(call, own, attached)
    places = tuple(found.place for found in outcome.deciding)
    return Decision(outcome.kind is Kind.ALLOW, outcome.kind, places, partial(tell, outcome))


def _side(name: str, documents: Iterable[Document]) -> Side:
    if isinstance(documents, str | dict | Policy):
        raise PolicyError("This must be a list of policies, not one.", where=name, remedy="Put it into a list.")
    side = Side(name, tuple(each if isinstance(each, Policy) else Policy.parse(each) for each in documents))
    for index, policy in enumerate(side.policies):
        if name == "identity" and policy.names_principals:
            raise PolicyError(
                "An identity policy names no principal: it means whom it is attached to.",
                where=f"identity[{index}]",
                remedy="Remove Principal, or pass the policy as resource=.",
            )
        if name == "resource" and policy.lacks_principals:
            raise PolicyError(
                "A resource's policy needs a Principal in each statement.",
                where=f"resource[{index}]",
                remedy="Add Principal, or pass the policy as identity=.",
            )
    return side


def _check_trust(side: Side) -> None:
    """Refuse what IAM refuses in a role's trust policy: Resource, and NotPrincipal."""
    for found in side.statements():
        principals = found.statement.principals
        if found.statement.resources is not None or (principals and principals.inverted):
            raise PolicyError(
                "A trust policy has neither Resource nor NotPrincipal.",
                where=str(found.place),
                remedy="Remove Resource: it means the role. Name the principals that may assume it.",
            )


@dataclass(slots=True)
class _Search:
    """The first statement of each kind that applies."""

    denied: Found | None = None
    directly: Found | None = None  # allows the caller itself
    by_account: Found | None = None  # allows its account

    @classmethod
    def of(cls, side: Side, call: Call) -> _Search:
        found = cls()
        for each in side.statements():
            naming = each.statement.applies(call)
            if naming is Naming.NOT:
                continue
            if not each.statement.allows:
                found.denied = found.denied or each
            elif naming is Naming.DIRECTLY:
                found.directly = found.directly or each
            else:
                found.by_account = found.by_account or each
        return found


def _outcome(call: Call, identity: Side, resource: Side) -> Outcome:
    caller = call.caller
    own = _Search.of(identity, call) if caller.has_policies else _Search()
    attached = _Search.of(resource, call)
    made = partial(Outcome, call, identity, resource)

    if denied := attached.denied or own.denied:
        return made(Kind.EXPLICIT_DENY, (denied,))
    if caller.kind is CallerKind.ROOT and call.gate is Gate.TRUST:
        # STS API reference, AssumeRole: the root user's credentials cannot call it.
        return made(Kind.IMPLICIT_DENY, refused="roles may not be assumed by root users")
    if attached.directly and (call.same_account or not caller.account):
        return made(Kind.ALLOW, (attached.directly,))
    if not caller.account:
        return made(Kind.IMPLICIT_DENY, lacking=(resource,))
    return _with_own_policies(made, own, attached)


def _with_own_policies(made: partial[Outcome], own: _Search, attached: _Search) -> Outcome:
    """Where the resource's policy does not suffice by itself."""
    call, identity, resource = made.args
    granted = own.directly is not None or call.caller.kind is CallerKind.ROOT
    admitted = attached.directly or attached.by_account
    suffices = call.same_account and call.gate is Gate.ORDINARY
    if granted and (suffices or admitted):
        return made(Kind.ALLOW, tuple(found for found in (None if suffices else admitted, own.directly) if found))
    if suffices:
        return made(Kind.IMPLICIT_DENY, lacking=(identity, resource), either=True, delegating=attached.by_account)
    lacking = () if admitted else (resource,)
    # A key or role of the same account that names the caller needs nothing of the caller's own policies.
    if not granted and (admitted or not call.same_account):
        lacking = (*lacking, identity)
    return made(Kind.IMPLICIT_DENY, lacking=lacking, delegating=attached.by_account)
