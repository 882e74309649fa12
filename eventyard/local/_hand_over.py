"""One delivery, tried until it has its fate."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eventyard.local._yard import NotYet, Undeliverable
from eventyard.local.ledger import readable

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.local._retries import Schedule
    from eventyard.local._yard import Yard
    from eventyard.local.ledger import Delivery

ATTEMPTS, AGE = "MaximumRetryAttempts", "MaximumEventAgeInSeconds"


@dataclass(frozen=True, slots=True)
class GivenUp:
    """How a hand-over ended that was not to be: `condition` is what ran out, empty for an error that is not retried."""

    failure: Undeliverable
    retries: int
    condition: str = ""


@dataclass(slots=True)
class HandOver:
    """One delivery over one edge.

    Args:
        deliver: Hands over; False when somebody else ends the delivery later. Raises Undeliverable.
        give_up: Does what is left to do, and enters the fate.
        told: Hears of each attempt: why it failed, or None, and when it was (seconds since the epoch).
        then: Called when it is over, or in somebody else's hands.
    """

    yard: Yard
    delivery: Delivery
    schedule: Schedule
    deliver: Callable[[], bool]
    give_up: Callable[[GivenUp], None]
    told: Callable[[Undeliverable | None, float], None] | None = None
    then: Callable[[], None] | None = None
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        """Its age counts from here."""
        self._began = self.yard.clock.now()

    def attempt(self) -> None:
        """Try; what fails for a while is tried again."""
        try:
            if self.delivery.cycle:
                raise looping(self.delivery)
            self.yard.faults.strike(self.delivery.edge)
            handed = self.deliver()
            self._tell(None, self.yard.clock.now())
            if handed:
                self.yard.delivered(self.delivery)
        except Undeliverable as failure:
            self._tell(failure, self.yard.clock.now())
            self._failed(failure)
        except NotYet as waiting:
            self._wait(waiting.turn)
        else:
            self._over()

    def _tell(self, failure: Undeliverable | None, moment: float) -> None:
        if self.told is not None:
            self.told(failure, moment)

    def _wait(self, turn: float) -> None:
        oldest = self._began + self.schedule.age
        if turn <= oldest:
            self.yard.agenda.at(turn, self.attempt)
            return
        target = readable(self.delivery.edge.target)
        failure = Undeliverable("THROTTLING", f"{target} takes no more a second: its turn did not come in time.")
        made = self.yard.ledger.attempted(self.delivery.number, failure.code, failure.reason, at=oldest)
        self._end_at(oldest, GivenUp(failure, made - 1, AGE))

    def _failed(self, failure: Undeliverable) -> None:
        yard, number = self.yard, self.delivery.number
        made = yard.ledger.attempted(number, failure.code, failure.reason)
        moment = yard.clock.now()
        if not failure.passes:
            self._end(GivenUp(failure, made - 1))
            return
        oldest = self._began + self.schedule.age
        # What certainly fails until then need not be tried one by one.
        certain = min(failure.until, yard.agenda.horizon)
        while (delay := self.schedule.delay(made, self._chance(made))) is not None:
            moment = max(moment + delay, failure.after)
            if moment > oldest:
                self._end_at(oldest, GivenUp(failure, made - 1, AGE))
                return
            if moment >= certain:
                yard.agenda.at(moment, self.attempt)
                return
            made = yard.ledger.attempted(number, failure.code, failure.reason, at=moment)
            self._tell(failure, moment)
        self._end_at(moment, GivenUp(failure, made - 1, ATTEMPTS))

    def _end_at(self, moment: float, given_up: GivenUp) -> None:
        self.yard.agenda.at(moment, lambda: self._end(given_up))

    def _end(self, given_up: GivenUp) -> None:
        self.give_up(given_up)
        self._over()

    def _over(self) -> None:
        if self.then is not None:
            self.then()

    def _chance(self, made: int) -> float:
        if not self.schedule.jitter:
            return 0.0
        return random.Random(f"{self.yard.seed}/{self.delivery.number}/{made}").random()  # noqa: S311  # no secret


def looping(delivery: Delivery) -> Undeliverable:
    """The refusal of a delivery that goes in circles, with the circle."""
    round_ = " → ".join(dict.fromkeys(readable(end) for edge in delivery.cycle for end in (edge.source, edge.target)))
    return Undeliverable("LOOP_DETECTED", f"it goes round in a loop, and was stopped: {round_} → and again.")
