"""No more than so many requests a second to an endpoint; what is too much waits for its turn."""

from __future__ import annotations

from collections import deque


class Pacing:
    """Turns, by what is paced: an API destination or a subscription."""

    def __init__(self) -> None:
        self._turns: dict[str, deque[float]] = {}
        self._waiting: dict[int, float] = {}

    def turn(self, paced: str, rate: int, delivery: int, now: float) -> float:
        """When a delivery (a number) may be made: now, or later, and then it is asked for again.

        Turns are given in the order they are asked for, in any second (a sliding one) at most `rate`.
        """
        if delivery in self._waiting:
            turn = self._waiting[delivery]
        else:
            turns = self._turns.get(paced)
            if turns is None or turns.maxlen != rate:
                turns = self._turns[paced] = deque(turns or (), maxlen=rate)
            turn = max(now, turns[0] + 1) if len(turns) == rate else now
            turns.append(turn)
        if turn > now:
            self._waiting[delivery] = turn
        else:
            self._waiting.pop(delivery, None)
        return turn
