"""When a hand-over that failed for a while is tried again, and how often: AWS's schedules, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Phase:
    """Some retries in a row; each waits `first` seconds, or from `first` to `last` as the curve goes.

    `curve` is one of SNS's: linear, arithmetic, geometric, exponential.
    """

    retries: int
    first: float
    last: float
    curve: str = "linear"

    def delay(self, position: int) -> float:
        """Seconds before the retry at a position of the phase, from 0."""
        if self.retries == 1 or self.first == self.last:
            return self.first
        done = position / (self.retries - 1)
        if self.curve == "linear":
            return self.first + (self.last - self.first) * done
        if self.curve == "arithmetic":
            return self.first + (self.last - self.first) * position * (position + 1) / (
                self.retries * (self.retries - 1)
            )
        if self.curve == "geometric" or not self.first:
            return self.first + (self.last - self.first) * done**2
        return float(self.first * (self.last / self.first) ** done)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Retries by phases, up to a number and an age.

    `most` counts the retries, not the first attempt. `age` is in seconds since the delivery began. `jitter` is the part
    of each delay that chance may take away.
    """

    phases: tuple[Phase, ...]
    most: int
    age: float
    jitter: float = 0.0

    def delay(self, retry: int, chance: float) -> float | None:
        """Seconds before retry number `retry` (from 1); None when there are no more. `chance` is from 0 to 1."""
        if retry > self.most:
            return None
        position = retry - 1
        for phase in self.phases:
            if position < phase.retries:
                return phase.delay(position) * (1 - self.jitter * chance)
            position -= phase.retries
        return None


def event_bridge(policy: Mapping[str, Any]) -> Schedule:
    """A rule's target with its RetryPolicy, as PutTargets takes it.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html: up to 24 hours and 185 times,
    with exponential backoff and jitter. The delays themselves are nowhere published: here they double from one second
    to ten minutes, with which 185 retries last somewhat less than a day.
    """
    return Schedule(
        phases=(Phase(10, 1, 512, "exponential"), Phase(175, 600, 600)),
        most=int(policy.get("MaximumRetryAttempts", 185)),
        age=float(policy.get("MaximumEventAgeInSeconds", _DAY)),
        jitter=0.5,
    )


# https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html, "AWS managed endpoints": 3 at once,
# 2 one second apart, 10 with backoff from 1 to 20 seconds, 100,000 every 20 seconds: 100,015 over 23 days.
SNS_TO_AWS = Schedule(
    phases=(Phase(3, 0, 0), Phase(2, 1, 1), Phase(10, 1, 20, "exponential"), Phase(100_000, 20, 20)),
    most=100_015,
    age=float("inf"),
)
# The same page, "customer managed endpoints": 2 ten seconds apart, 10 from 10 to 600 seconds,
# 38 every 600: 50 over 6 hours.
SNS_TO_PEOPLE = Schedule(
    phases=(Phase(2, 10, 10), Phase(10, 10, 600, "exponential"), Phase(38, 600, 600)), most=50, age=float("inf")
)
# No retry may come later than an hour: https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
_HTTP_LONGEST = 3600.0


def sns_to_http(policy: Mapping[str, Any]) -> Schedule:
    """An HTTP/S subscription with its `healthyRetryPolicy`: by default three retries, 20 seconds apart.

    https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html#creating-delivery-policy
    """
    first, last = float(policy.get("minDelayTarget", 20)), float(policy.get("maxDelayTarget", 20))
    retries = int(policy.get("numRetries", 3))
    at_once, slow_start, slow_end = (
        int(policy.get(name, 0)) for name in ("numNoDelayRetries", "numMinDelayRetries", "numMaxDelayRetries")
    )
    between = max(0, retries - at_once - slow_start - slow_end)
    curve = str(policy.get("backoffFunction", "linear"))
    phases = (
        Phase(at_once, 0, 0),
        Phase(slow_start, first, first),
        Phase(between, first, last, curve),
        Phase(slow_end, last, last),
    )
    return Schedule(phases, retries, _HTTP_LONGEST)


# https://docs.aws.amazon.com/firehose/latest/dev/basic-deliver.html#retry: to S3 "up to 24 hours until the delivery
# succeeds", whatever the reason; then the data are lost. The delays are nowhere published: here they double to five
# minutes.
FIREHOSE_TO_S3 = Schedule((Phase(9, 1, 256, "exponential"), Phase(_DAY, 300, 300)), _DAY, _DAY)


def firehose_to_function(retries: int) -> Schedule:
    """A transformation whose function was throttled or failed, as often as its processor says: three times by default.

    https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html; the delays are ours.
    """
    return Schedule((Phase(_DAY, 1, 1),), retries, float("inf"))


def lambda_errors(retries: int, age: float) -> Schedule:
    """An asynchronous invocation that ended in the function's own error: after one minute, then after two.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
    """
    return Schedule((Phase(1, 60, 60), Phase(1, 120, 120)), retries, age)


def lambda_throttles(age: float) -> Schedule:
    """One that Lambda could not begin (429, 5xx): with growing delays from 1 second to 5 minutes, up to its age.

    The same page. How the delays grow is not published; here they double.
    """
    return Schedule((Phase(9, 1, 256, "exponential"), Phase(_DAY, 300, 300)), _DAY, age)
