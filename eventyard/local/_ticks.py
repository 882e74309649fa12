"""Scheduled rules: their next moments stand on the agenda, in the background, as long as they are enabled."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from eventyard.local._schedules import Schedule

if TYPE_CHECKING:
    from eventyard.local._yard import Yard


@dataclass(frozen=True, slots=True)
class _Ticking:
    """A rule's schedule, and since when it has it: what a rate counts from (seconds since the epoch)."""

    bus: str
    expression: str
    schedule: Schedule
    since: float


class Ticks:
    """The schedules of one local cloud."""

    def __init__(self, yard: Yard) -> None:
        self._yard = yard
        self._ticking: dict[str, _Ticking] = {}
        self._stale = False

    def forget(self) -> None:
        """Rules changed: look again before time moves."""
        if not self._stale:
            self._stale = True
            self._yard.agenda.soon(self._look, background=True)

    def _look(self) -> None:
        self._stale = False
        before, now = self._ticking, self._yard.clock.now()
        self._ticking = {}
        for rule, bus, expression in self._yard.state.schedules():
            known = before.get(rule)
            if known is not None and known.expression == expression:
                self._ticking[rule] = known
            else:
                ticking = self._ticking[rule] = _Ticking(bus, expression, Schedule.parse(expression), now)
                self._plan(rule, ticking)

    def _plan(self, rule: str, ticking: _Ticking) -> None:
        moment = ticking.schedule.next_after(self._yard.clock.now(), anchor=ticking.since)
        if moment is not None:
            self._yard.agenda.at(moment, partial(self._tick, rule, ticking), background=True)

    def _tick(self, rule: str, ticking: _Ticking) -> None:
        if self._ticking.get(rule) is ticking:
            self._yard.buses.tick(rule, ticking.bus)
            self._plan(rule, ticking)
