"""A decision in words that say which line to change. Asked for only when somebody reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.policies.caller import CallerKind
from eventyard.policies.context import text_of
from eventyard.policies.decision import Kind, NearMiss, Told
from eventyard.policies.principals import Naming
from eventyard.policies.reasons.near_misses import near_misses
from eventyard.policies.reasons.words import clipped, listed, which, who

if TYPE_CHECKING:
    from eventyard.policies.outcome import Found, Outcome, Side

_SHOWN = 2


def tell(outcome: Outcome) -> Told:
    """The reason of a decision, and for an implicit deny the near misses."""
    call = outcome.call
    what = f"{call.request.action} on {clipped(call.request.resource)}"
    match outcome.kind:
        case Kind.ALLOW:
            if not outcome.deciding:
                return Told(f"{who(call.caller)} may do everything in its own account: {what}")
            allowing = " and ".join(f"{which(found)} of {_policy(outcome, found.side)}" for found in outcome.deciding)
            verb = "allow" if len(outcome.deciding) > 1 else "allows"
            return Told(f"{allowing} {verb} {who(call.caller)} {what}")
        case Kind.EXPLICIT_DENY:
            return Told(_denied(outcome, outcome.deciding[0], what))
        case Kind.IMPLICIT_DENY:
            return _lacking(outcome, what)


def _denied(outcome: Outcome, found: Found, what: str) -> str:
    because = []
    for condition in found.statement.conditions:
        values = [text_of(value) for value in condition.found(outcome.call.context)]
        because.append(
            f"{condition.key} is {listed(values, 'and')}" if values else f"the request has no {condition.key}"
        )
    since = f", since {' and '.join(because)}" if because else ""
    return f"{which(found)} of {_policy(outcome, found.side)} denies {who(outcome.call.caller)} {what}{since}"


def _lacking(outcome: Outcome, what: str) -> Told:
    if outcome.refused:
        return Told(f"{outcome.refused}: {what}")
    misses = near_misses(outcome.lacking, outcome.call)
    sentences = []
    for side in outcome.lacking:
        near = [miss for miss in misses if miss.place.side == side.name]
        sentences.append(_resource(outcome, near) if side is outcome.resource else _identity(outcome, near, what))
    reason = ", and ".join(sentences)
    if outcome.either and outcome.delegating:
        reason = (
            f"{_leaves_it(outcome)}, and {_identity(outcome, [m for m in misses if m.place.side == 'identity'], what)}"
        )
    elif outcome.delegating and outcome.lacking == (outcome.identity,):
        reason = f"{_leaves_it(outcome)}, and {reason}"
    elif not outcome.call.same_account and outcome.call.caller.account:
        reason = f"across accounts both sides must allow it: {reason}"
    return Told(reason, misses)


def _leaves_it(outcome: Outcome) -> str:
    found = outcome.delegating
    where = f"{which(found)} of {_policy(outcome, outcome.resource)}" if found else ""
    return f"{where} lets account {outcome.call.caller.account} in and leaves it to that account's policies"


def _resource(outcome: Outcome, near: list[NearMiss]) -> str:
    policy, caller = outcome.call.gate.value, outcome.call.caller
    if not outcome.resource.policies:
        return f"there is no {policy}"
    named = any(
        found.statement.allows and found.statement.naming(outcome.call) is not Naming.NOT
        for found in outcome.resource.statements()
    )
    if named:
        return f"the {policy} does not allow it: {_nearest(near)}" if near else f"the {policy} does not allow it"
    nobody = f"no statement of the {policy} names {who(caller)}"
    if caller.account:
        nobody += " or its account" if caller.kind is not CallerKind.ROOT else ""
    # Where the caller's own policies would do, the statements for others are no near misses worth reading.
    return nobody if outcome.either or not near else f"{nobody}; {_nearest(near)}"


def _identity(outcome: Outcome, near: list[NearMiss], what: str) -> str:
    if not outcome.identity.policies:
        return f"{who(outcome.call.caller)} has no policies that allow {what}"
    return "; ".join(filter(None, (f"the policies of {who(outcome.call.caller)} do not allow {what}", _nearest(near))))


def _nearest(near: list[NearMiss]) -> str:
    return "; ".join(miss.text for miss in near[:_SHOWN])


def _policy(outcome: Outcome, side: Side) -> str:
    return f"the {outcome.call.gate.value}" if side is outcome.resource else f"{who(outcome.call.caller)}'s policies"
