"""Schedules of rules: `rate(...)` and `cron(...)`, and when they are due. In UTC.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from eventyard.errors import EventyardError
from eventyard.local._cron import Cron

_SECONDS = {"minute": 60, "hour": 3_600, "day": 86_400}
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)(s?)\)", re.ASCII)
_CRON = re.compile(r"cron\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule expression, parsed once; make one with `Schedule.parse`.

    Attributes:
        expression: As PutRule took it.
        rule: Its period in seconds, or its cron fields.
    """

    expression: str
    rule: int | Cron

    @classmethod
    def parse(cls, expression: str) -> Self:
        """A schedule from `rate(5 minutes)` or `cron(0 12 * * ? *)`.

        Raises:
            EventyardError: PutRule refuses it; `where` is the field of a cron expression.
        """
        if fields := _CRON.fullmatch(expression):
            return cls(expression, Cron.parse(fields[1]))
        rate = _RATE.fullmatch(expression)
        if rate is None:
            raise EventyardError(
                f"{expression!r} is no schedule.",
                remedy="Write rate(5 minutes), rate(1 hour), rate(7 days) or cron(0 12 * * ? *).",
            )
        count, unit, plural = int(rate[1]), rate[2], rate[3]
        if count < 1:
            raise EventyardError("a rate is at least one minute.", remedy=f"Write rate(1 {unit}).")
        if (count == 1) == bool(plural):
            raise EventyardError(
                f"{expression} does not agree in number.",
                remedy=f"Write rate({count} {unit}{'' if count == 1 else 's'}).",
            )
        return cls(expression, count * _SECONDS[unit])

    def next_after(self, moment: float, *, anchor: float | None = None) -> float | None:
        """When it is next due after a moment.

        Args:
            moment: Seconds since the epoch.
            anchor: When the rule was put: a rate counts from there, first due one period later. `moment` without it.

        Returns:
            Seconds since the epoch; None when a cron expression's years are over.
        """
        if isinstance(self.rule, Cron):
            return self.rule.next_after(moment)
        begin = moment if anchor is None else anchor
        periods = max((moment - begin) // self.rule, 0) + 1
        return begin + periods * self.rule
