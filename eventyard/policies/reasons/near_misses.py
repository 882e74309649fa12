"""Which statements nearly allowed a request, and what each of them missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.policies.conditions import Quantifier
from eventyard.policies.context import text_of
from eventyard.policies.decision import NearMiss
from eventyard.policies.principals import Naming
from eventyard.policies.reasons.words import clipped, contrasted, listed, source, which, who

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eventyard.policies.call import Call
    from eventyard.policies.conditions import Condition
    from eventyard.policies.outcome import Found, Side

# How much each part of a statement says about whether it was meant for the request; they add up to 1.
_PRINCIPAL, _ACTION, _RESOURCE, _CONDITIONS = 0.35, 0.3, 0.2, 0.15


def near_misses(sides: Iterable[Side], call: Call) -> tuple[NearMiss, ...]:
    """The statements with Allow that came near, nearest first.

    Near is what names the caller (in an identity policy: the action), or has both the action and the resource.
    """
    ranked = [
        (miss, _likeness(found, call))
        for side in sides
        for found in side.statements()
        if found.statement.allows and (miss := _miss(found, call))
    ]
    ranked.sort(key=lambda each: (each[0].met, each[1]), reverse=True)
    return tuple(miss for miss, _ in ranked)


def _miss(found: Found, call: Call) -> NearMiss | None:
    statement = found.statement
    named = statement.naming(call) is not Naming.NOT
    action, resource = statement.admits_action(call), statement.admits_resource(call)
    failed = [condition for condition in statement.conditions if not condition.holds(call.context)]
    named_itself = named and statement.principals is not None
    if (named and action and resource and not failed) or not (named_itself or (action and (resource or named))):
        return None
    share = 1 - len(failed) / len(statement.conditions) if statement.conditions else 1.0
    met = _PRINCIPAL * named + _ACTION * action + _RESOURCE * resource + _CONDITIONS * share
    if not named:
        return NearMiss(found.place, f"{which(found)} {_names(found)}, not {who(call.caller)}", round(met, 4))
    clauses = []
    if not action:
        but = "all but " if statement.actions.inverted else ""
        clauses.append(f"{but}{listed(statement.actions.written, 'and')}, not {call.request.action}")
    if not resource:
        clauses.append(_on(found, call))
    clauses.extend(f"only {_only(condition, call)}" for condition in failed)
    whom = f" {who(call.caller)}" if named_itself else " it" if action else ""
    return NearMiss(found.place, f"{which(found)} allows{whom} {', and '.join(clauses)}", round(met, 4))


def _names(found: Found) -> str:
    principals = found.statement.principals
    return f"names {listed(principals.written, 'and')}" if principals else "names nobody"


def _on(found: Found, call: Call) -> str:
    resources = found.statement.resources
    asked = call.request.resource
    written = resources.written if resources else ()
    if resources and (name := resources.unresolved(call.context)):
        return f"on {listed(written)}, but the request has no value for {name}"
    shown, on = contrasted(written, asked)
    case = " (the case differs)" if asked.lower() in [text.lower() for text in written] else ""
    return (
        f"on {'all but ' if resources and resources.inverted else ''}{listed(shown, 'and')}, not on {clipped(on)}{case}"
    )


def _only(condition: Condition, call: Call) -> str:
    """`for aws:SourceArn rule/orders, the rule is rule/orders-eu`: what the condition asks and what there is."""
    key = condition.key
    values = [text_of(value) for value in condition.found(call.context)]
    if condition.operator.presence:
        return f"if {key} is {'missing, the request has it' if values else 'there, the request has none'}"
    wanted, found = (
        contrasted(condition.written, values[0]) if len(values) == 1 else (condition.written, listed(values))
    )
    words = condition.operator.words
    if condition.quantifier is not Quantifier.NONE:
        how = "one value of" if condition.quantifier is Quantifier.ANY else "every value of"
        asked = f"if {how} {key} {words} {listed(wanted)}"
    elif words in {"is", "is like"}:
        asked = f"for {key} {listed(wanted)}"
    else:
        asked = f"if {key} {words} {listed(wanted)}"
    if not values:
        return f"{asked}, the request has no {key}"
    case = " (the case differs)" if found.lower() in [text.lower() for text in wanted if text != found] else ""
    remark = condition.remark(call.context)
    return f"{asked}, {source(key, values[0])} is {clipped(found)}{case}{f' ({remark})' if remark else ''}"


def _likeness(found: Found, call: Call) -> int:
    """How many characters the nearest of its texts shares with the request's: this breaks ties."""
    pairs = [
        (text, text_of(value))
        for each in found.statement.conditions
        for value in each.found(call.context)
        for text in each.written
    ]
    resources = found.statement.resources
    pairs.extend((text, call.request.resource) for text in (resources.written if resources else ()))
    return max((_shared(*pair) for pair in pairs), default=0)


def _shared(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (left, right) in pairs if left != right), min(len(one), len(other)))
