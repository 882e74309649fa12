"""Decisions, each worked out once: the request and the texts of the policies are what it is kept under."""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from eventyard.errors import PolicyError
from eventyard.policies import Policy, Request, evaluate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# A condition key has a value, or several.
Context: TypeAlias = "Mapping[str, str | tuple[str, ...]]"

_MOST_DECISIONS = 20_000
_MOST_POLICIES = 2_000


class Question(NamedTuple):
    """May this principal do this to that? `context` is sorted; `identity` and `resource_policies` are JSON texts."""

    principal: str
    action: str
    resource: str
    context: tuple[tuple[str, str | tuple[str, ...]], ...]
    identity: tuple[str, ...]
    resource_policies: tuple[str, ...]
    resource_account: str = ""


class Against(NamedTuple):
    """Why not: `reason` is a clause; `denied_by` the side of an explicit Deny (`identity`, `resource`), if any."""

    reason: str
    denied_by: str = ""


def context_of(*parts: Context) -> tuple[tuple[str, str | tuple[str, ...]], ...]:
    """Condition keys, as a question has them."""
    return tuple(sorted({key: value for part in parts for key, value in part.items()}.items(), key=itemgetter(0)))


class Decisions:
    """What was decided before is not decided again; the oldest are forgotten first."""

    def __init__(self) -> None:
        self._parsed: Callable[[str, str], Policy | str] = lru_cache(_MOST_POLICIES)(_parse)
        # None where it is allowed.
        self.why_not: Callable[[Question], Against | None] = lru_cache(_MOST_DECISIONS)(self._decide)

    def _decide(self, question: Question) -> Against | None:
        identity = [self._parsed(text, "identity") for text in question.identity]
        resource = [self._parsed(text, "resource") for text in question.resource_policies]
        try:
            decision = evaluate(
                Request(
                    principal=question.principal,
                    action=question.action,
                    resource=question.resource,
                    context=dict(question.context),
                    resource_account=question.resource_account,
                ),
                identity=[policy for policy in identity if isinstance(policy, Policy)],
                resource=[policy for policy in resource if isinstance(policy, Policy)],
            )
        except PolicyError as error:
            return Against(str(error).rstrip("."))  # no principal, action or resource that AWS has
        if decision.allowed:
            return None
        malformed = [problem for problem in (*identity, *resource) if isinstance(problem, str)]
        return Against("; ".join([decision.reason, *malformed]), next((p.side for p in decision.statements), ""))


def _parse(text: str, side: str) -> Policy | str:
    """A policy, or what is wrong with it. AWS takes none that is malformed; moto does, and here it says nothing."""
    try:
        policy = Policy.parse(text)
    except PolicyError as error:
        return f"a policy of the {side} is malformed ({str(error).rstrip('.')})"
    if policy.names_principals if side == "identity" else policy.lacks_principals:
        return f"a policy of the {side} {'names a' if side == 'identity' else 'lacks its'} Principal"
    return policy
