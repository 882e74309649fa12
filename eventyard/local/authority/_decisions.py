"""Decisions, each worked out once: the request and the texts of the policies are what it is kept under."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from eventyard.errors import PolicyError
from eventyard.policies import Policy, Request, evaluate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MOST_DECISIONS = 20_000
_MOST_POLICIES = 2_000


class Question(NamedTuple):
    """May this principal do this to that? `context` is sorted; `identity` and `resource_policies` are JSON texts."""

    principal: str
    action: str
    resource: str
    context: tuple[tuple[str, str], ...]
    identity: tuple[str, ...]
    resource_policies: tuple[str, ...]
    resource_account: str = ""


class Against(NamedTuple):
    """Why not: `reason` is a clause; `denied_by` the side of an explicit Deny (`identity`, `resource`), if any."""

    reason: str
    denied_by: str = ""


def context_of(*parts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Condition keys, as a question has them."""
    return tuple(sorted({key: value for part in parts for key, value in part.items()}.items()))


class Decisions:
    """What was decided before is not decided again; the oldest are forgotten first."""

    def __init__(self) -> None:
        self._parsed = lru_cache(_MOST_POLICIES)(Policy.parse)
        # None where it is allowed.
        self.why_not: Callable[[Question], Against | None] = lru_cache(_MOST_DECISIONS)(self._decide)

    def _decide(self, question: Question) -> Against | None:
        try:
            decision = evaluate(
                Request(
                    principal=question.principal,
                    action=question.action,
                    resource=question.resource,
                    context=dict(question.context),
                    resource_account=question.resource_account,
                ),
                identity=[self._parsed(text) for text in question.identity],
                resource=[self._parsed(text) for text in question.resource_policies],
            )
        except PolicyError as error:
            # AWS takes no such policy; moto did, and what nobody can read grants nothing.
            return Against(f"a policy that this depends on is malformed ({str(error).rstrip('.')})")
        if decision.allowed:
            return None
        return Against(decision.reason, next((place.side for place in decision.statements), ""))
