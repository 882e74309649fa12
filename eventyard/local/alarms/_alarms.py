"""The alarms of one local cloud: each looked at at the end of a minute, as long as something of it moves.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html: an alarm with a period of a minute
or more is evaluated every minute, over periods that end then.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from eventyard.local.alarms import _actions
from eventyard.local.alarms._rules import AlarmRule
from eventyard.local.alarms._verdict import ALARM, OK, UNKNOWN
from eventyard.local.alarms._watch import Watched
from eventyard.local.moto_seam import Arn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local._yard import Yard
    from eventyard.local.alarms._data import MetricKey
    from eventyard.local.moto_seam import Alarm


class Alarms:
    """An alarm whose datapoints stay as they are is left alone until one of its metrics moves."""

    def __init__(self, yard: Yard) -> None:
        self._yard = yard
        self._known: dict[str, Alarm] = {}
        self._watched: dict[str, Watched] = {}
        self._rules: dict[str, AlarmRule] = {}
        self._by_metric: dict[MetricKey, set[str]] = {}
        self._parents: dict[str, set[str]] = {}
        self._awake: set[str] = set()
        self._stale = False
        yard.metrics.each_minute(self._minute_over)

    def forget(self) -> None:
        """Alarms changed: look again before time moves."""
        if not self._stale:
            self._stale = True
            self._yard.agenda.soon(self._look, background=True)

    def changed(self, alarm: str, change: Mapping[str, Any]) -> None:
        """An alarm (an ARN) has another state: by its metrics, by its rule, or by somebody's SetAlarmState."""
        if self._stale:
            self._look()
        known = self._known.get(alarm)
        if known is None:
            return
        _actions.perform(self._yard, alarm, known.actions[change["state"]["value"]], change)
        if alarm in self._watched:
            # A state that somebody set is put right at the next evaluation.
            self._awake.add(alarm)
            self._yard.metrics.plan()
        for parent in sorted(self._parents.get(alarm, ())):
            self._compose(parent)

    def missing(self, account: str, region: str, rule: str) -> list[str]:
        """Which of the alarms that a rule names are not there.

        Raises:
            EventyardError: it is no rule.
        """
        parent = f"arn:aws:cloudwatch:{region}:{account}:alarm:"
        return [child for child in AlarmRule(rule).children if not self._yard.state.alarm_state(_child(parent, child))]

    def _look(self) -> None:
        self._stale = False
        before, self._known = self._known, {alarm.arn: alarm for alarm in self._yard.state.alarms()}
        fresh = [alarm for alarm in self._known.values() if before.get(alarm.arn) != alarm]
        for gone in before.keys() - self._known.keys() | {alarm.arn for alarm in fresh}:
            self._watched.pop(gone, None)
            self._rules.pop(gone, None)
        for alarm in fresh:
            if alarm.rule:
                self._rules[alarm.arn] = AlarmRule(alarm.rule)
            else:
                self._watch(alarm)
        self._by_metric, self._parents = defaultdict(set), defaultdict(set)
        for arn, watched in self._watched.items():
            for key in watched.keys.values():
                self._by_metric[key].add(arn)
        for arn, rule in self._rules.items():
            for child in rule.children:
                self._parents[_child(arn, child)].add(arn)
        self._awake &= self._watched.keys()
        for alarm in fresh:
            if alarm.rule:
                self._compose(alarm.arn)

    def _watch(self, alarm: Alarm) -> None:
        watched = Watched.of(alarm, self._yard.metrics)
        if watched is None:
            return  # its metrics are not emulated, as the deployment said
        self._watched[alarm.arn] = watched
        self._awake.add(alarm.arn)
        for queue in watched.queues:
            self._yard.metrics.touch(queue)
        self._yard.metrics.plan()

    def _minute_over(self, minute: int) -> bool:
        metrics = self._yard.metrics
        for key in metrics.moved & self._by_metric.keys():
            self._awake |= self._by_metric[key]
        metrics.moved.clear()
        for arn in sorted(self._awake):
            self._evaluate(arn, minute)
        return bool(self._awake)

    def _evaluate(self, arn: str, minute: int) -> None:
        watched, before = self._watched[arn], self._yard.state.alarm_state(arn)
        verdict = watched.verdict(minute, before)
        if watched.steady(minute):
            self._awake.discard(arn)
        if verdict.state != before:
            self._yard.state.set_alarm_state(arn, verdict.state, verdict.reason, watched.data(minute))
            if watched.steady(minute):
                self._awake.discard(arn)  # our own change is no reason to look again

    def _compose(self, arn: str) -> None:
        """A composite alarm: a child has another state, or it is new itself."""
        state = self._yard.state
        before = state.alarm_state(arn)
        holds = self._rules[arn].holds(lambda child: state.alarm_state(_child(arn, child)) or UNKNOWN)
        now = ALARM if holds else OK
        if now != before:
            name = Arn.parse(arn).resource
            rule = self._known[arn].rule
            reason = f"{arn} transitioned to {now}: the rule of {name} is {'' if holds else 'not '}met: {rule}"
            state.set_alarm_state(arn, now, reason[:1_023], {})


def _child(parent: str, named: str) -> str:
    """The ARN of an alarm that a rule names, by its name or ARN."""
    if named.startswith("arn:"):
        return named
    arn = Arn.parse(parent)
    return f"arn:aws:cloudwatch:{arn.region}:{arn.account}:alarm:{named}"
