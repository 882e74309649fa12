from __future__ import annotations

import pytest

from eventyard.errors import EventyardError
from eventyard.local.alarms._expressions import Expression


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("m1 + m2 * 2", {"m1": 1.0, "m2": 2.0}, 5.0),
        ("-m1 ^ 2", {"m1": 3.0}, 9.0),
        ("100 * failed / sent", {"failed": 1.0, "sent": 4.0}, 25.0),
        ("failed / sent", {"failed": 1.0, "sent": 0.0}, None),
        ("m1 + m2", {"m1": 1.0, "m2": None}, None),
        ("FILL(m1, 0) + m2", {"m1": None, "m2": 2.0}, 2.0),
        ("SUM(METRICS())", {"m1": 1.0, "m2": None, "m3": 2.0}, 3.0),
        ("MAX([m1, m2])", {"m1": 1.0, "m2": 5.0}, 5.0),
        ("AVG([m1, m2])", {"m1": None, "m2": None}, None),
        ("IF(m1 > 2 AND m2 > 0, m2, 0)", {"m1": 3.0, "m2": 7.0}, 7.0),
        ("IF(m1 > 2 || m2 > 9, 1)", {"m1": 1.0, "m2": 7.0}, None),
        ("CEIL(m1) - FLOOR(m1)", {"m1": 1.5}, 1.0),
    ],
)
def test_metric_math(text: str, values: dict[str, float | None], expected: float | None) -> None:
    assert Expression(text).value(values) == expected


@pytest.mark.parametrize("text", ["RATE(m1)", "SEARCH('{AWS/SQS}', 'Sum')", "m1 +", "__import__('os')", "m1.real"])
def test_what_is_not_emulated_is_refused(text: str) -> None:
    with pytest.raises(EventyardError, match="does not evaluate the metric math"):
        Expression(text)
