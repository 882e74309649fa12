from __future__ import annotations

import pytest

from eventyard.errors import EventyardError
from eventyard.local.alarms._rules import AlarmRule

STATES = {"hot": "ALARM", "cold": "OK", "new": "INSUFFICIENT_DATA", "disk full": "ALARM"}


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ("ALARM(hot)", True),
        ('ALARM("cold")', False),
        ("ALARM(hot) AND ALARM(cold)", False),
        ("ALARM(cold) OR ALARM('disk full')", True),
        ("ALARM(hot) AND NOT ALARM(cold)", True),
        ("(ALARM(cold) OR ALARM(hot)) AND OK(cold)", True),
        ("ALARM(hot) OR ALARM(cold) AND FALSE", True),
        ("NOT (ALARM(hot) OR ALARM(cold))", False),
        ("INSUFFICIENT_DATA(new) AND TRUE", True),
    ],
)
def test_a_rule_follows_its_alarms(rule: str, holds: bool) -> None:  # noqa: FBT001 - a case's expectation
    assert AlarmRule(rule).holds(STATES.__getitem__) is holds


@pytest.mark.parametrize("rule", ["", "ALARM(hot", "ALARM()", "ALARM(hot) ALARM(cold)", "AND", "BROKEN(hot)", "(TRUE"])
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(EventyardError, match="AlarmRule"):
        AlarmRule(rule)


def test_a_rule_names_a_hundred_alarms_at_most() -> None:
    AlarmRule(" OR ".join(f"ALARM(a{number})" for number in range(100)))
    with pytest.raises(EventyardError, match="may name 100"):
        AlarmRule(" OR ".join(f"ALARM(a{number})" for number in range(101)))
