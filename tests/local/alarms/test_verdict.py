"""AWS's own tables of missing data, newest datapoint last: X breaches, 0 does not, - is missing.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from __future__ import annotations

import pytest

from eventyard.local.alarms._verdict import Point, judge
from eventyard.local.moto_seam import Alarm

VALUES = {"X": 1.0, "0": 0.0, "-": None}
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
KEPT, UNKNOWN = "kept", "INSUFFICIENT_DATA"


def alarm(periods: int, needed: int, missing: str) -> Alarm:
    return Alarm("arn", "a", (), "GreaterThanOrEqualToThreshold", 1.0, periods, needed, missing, "", {})


def state(text: str, needed: int, missing: str) -> str:
    points = [Point(0, VALUES[each]) for each in reversed(text.split())]
    return judge(alarm(3, needed, missing), points, KEPT).state


@pytest.mark.parametrize(
    ("datapoints", "needed", "expected"),
    [
        ("0 - X - X", 3, ("OK", "OK", "OK", "OK")),
        ("0 - - - -", 3, ("OK", "OK", "OK", "OK")),
        ("- - - - -", 3, (UNKNOWN, KEPT, "ALARM", "OK")),
        ("0 X X - X", 3, ("ALARM", "ALARM", "ALARM", "ALARM")),
        ("- - X - -", 3, ("ALARM", KEPT, "ALARM", "OK")),
        ("0 - X - X", 2, ("ALARM", "ALARM", "ALARM", "ALARM")),
        ("0 0 X 0 X", 2, ("ALARM", "ALARM", "ALARM", "ALARM")),
        ("0 - X - -", 2, ("OK", "OK", "ALARM", "OK")),
        ("- - - - 0", 2, ("OK", "OK", "ALARM", "OK")),
        ("- - - X -", 2, ("ALARM", KEPT, "ALARM", "OK")),
    ],
)
def test_missing_data_is_treated_as_in_awss_tables(datapoints: str, needed: int, expected: tuple[str, ...]) -> None:
    assert tuple(state(datapoints, needed, missing) for missing in TREATMENTS) == expected


def test_the_reason_names_the_datapoints_and_the_threshold() -> None:
    verdict = judge(alarm(1, 1, "notBreaching"), [Point(1767225840, 3.0)], "OK")
    assert verdict.reason == (
        "Threshold Crossed: 1 out of the last 1 datapoints [3.0 (01/01/26 00:04:00)] was greater than or equal to the "
        "threshold (1.0) (minimum 1 datapoint for OK -> ALARM transition)."
    )


def test_the_reason_says_that_there_were_no_datapoints() -> None:
    assert judge(alarm(1, 1, "notBreaching"), [Point(0, None)], "ALARM").reason == (
        "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as "
        "[NonBreaching]."
    )
    assert judge(alarm(2, 2, "missing"), [Point(0, None)] * 4, "OK").reason == (
        "Insufficient Data: 2 datapoints were unknown."
    )
