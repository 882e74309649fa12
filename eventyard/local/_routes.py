"""What a bus does with an event, worked out once until a rule or an archive changes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from eventyard.local import _retries, targets
from eventyard.local.ledger import Edge
from eventyard.patterns import EventPattern, PatternSet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local._retries import Schedule
    from eventyard.local.moto_seam import Archive, MotoState, Rule


@dataclass(frozen=True, slots=True)
class Target:
    """One target of a rule, with all that does not depend on an event."""

    rule: Rule
    edge: Edge
    parameters: Mapping[str, Any]
    schedule: Schedule
    dead_letters: str
    role: str


@dataclass(frozen=True, slots=True)
class Route:
    """A rule with its targets; `position` is its place on the bus."""

    position: int
    rule: Rule
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Routes:
    """What a bus does with an event."""

    rules: Mapping[str, Route]
    archives: tuple[tuple[Archive, EventPattern | None], ...]

    @cached_property
    def patterns(self) -> PatternSet:
        """All rules' patterns."""
        return PatternSet({arn: route.rule.pattern for arn, route in self.rules.items() if route.rule.pattern})

    def matching(self, event: Mapping[str, Any]) -> list[Route]:
        """The rules that want an event, in the bus's order."""
        return sorted(map(self.rules.__getitem__, self.patterns.match(event)), key=attrgetter("position"))


def routes_of(bus: str, state: MotoState) -> Routes:
    """The rules and archives of a bus (an ARN) as they are now."""
    rules = enumerate(state.rules(bus))
    return Routes(
        {
            rule.arn: Route(position, rule, tuple(_target(rule, target) for target in rule.targets))
            for position, rule in rules
        },
        tuple((a, EventPattern.parse(a.pattern) if a.pattern else None) for a in state.archives(bus)),
    )


def _target(rule: Rule, parameters: Mapping[str, Any]) -> Target:
    arn = parameters["Arn"]
    return Target(
        rule,
        Edge(f"rule→{targets.service_of(arn)}", rule.arn, arn),
        parameters,
        _retries.event_bridge(parameters.get("RetryPolicy") or {}),
        (parameters.get("DeadLetterConfig") or {}).get("Arn", ""),
        parameters.get("RoleArn") or "",
    )
