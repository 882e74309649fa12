"""What goes wrong in the shop: a little everywhere at any time, and a few things at a time for longer."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eventyard.local import LocalCloud
    from tests.shop.wiring import Wiring

AUDIT = "/shop/audit"
_SERVICES = ("sns", "sqs", "lambda", "logs")
# Longer than EventBridge tries.
_MORE_THAN_A_DAY = 25 * 60


class Weather:
    """The faults of one local cloud, decided by the seed."""

    def __init__(self, cloud: LocalCloud, wiring: Wiring, seed: int) -> None:
        self._faults = cloud.faults
        self._places = [*wiring.places, AUDIT]
        self._rules_targets = [*wiring.topics, AUDIT]
        self._random = Random(f"weather/{seed}")  # noqa: S311  # faults that repeat, no secret
        self._rounds = 0

    def change(self) -> None:
        """Other faults than before. Those that are everywhere strike dead-letter queues too."""
        faults, random = self._faults, self._random
        faults.clear()
        faults.fail("*", chance=0.02)
        faults.throttle("*", chance=0.02)
        faults.deny("*", chance=0.01)
        faults.outage("*", chance=0.002)
        faults.delay("*", by=2, chance=0.02)
        faults.duplicate("*", chance=0.02)
        faults.reorder("*", within=5, chance=0.05)
        faults.deny("DeadLetters", chance=0.05)
        faults.throttle(random.choice(self._places), times=random.randint(1, 20))
        faults.fail(random.choice(self._places), minutes=random.randint(1, 30))
        faults.outage(random.choice(self._places), minutes=random.randint(1, 90))
        self._rounds += 1
        if self._rounds % 4 == 0:
            faults.outage(random.choice(_SERVICES), minutes=random.randint(1, 20))
        if self._rounds % 5 == 1:
            faults.outage(random.choice(self._rules_targets), minutes=_MORE_THAN_A_DAY)
