"""A delivery's attempts, kept small: a 23-day schedule makes a hundred thousand of them, nearly all alike."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

from eventyard.local.ledger._records import Attempt


@dataclass(frozen=True, slots=True)
class _Run:
    """Attempts one after the other that came to the same."""

    code: str
    reason: str
    log: str
    start: int
    times: array[float]


class Attempts(Sequence[Attempt]):
    """The attempts up to a moment; each is made when it is looked at."""

    __slots__ = ("_length", "_runs")

    def __init__(self, runs: list[_Run], length: int) -> None:
        # Runs only grow at their end, so that this view stays what it was.
        self._runs = runs
        self._length = length

    def __len__(self) -> int:
        """How many."""
        return self._length

    @overload
    def __getitem__(self, index: int) -> Attempt: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Attempt, ...]: ...
    def __getitem__(self, index: int | slice) -> Attempt | tuple[Attempt, ...]:
        """One of them, or some."""
        if isinstance(index, slice):
            return tuple(self[position] for position in range(*index.indices(self._length)))
        position = index + self._length if index < 0 else index
        if not 0 <= position < self._length:
            raise IndexError(index)
        run = self._runs[bisect_right(self._runs, position, key=lambda one: one.start) - 1]
        return Attempt(run.times[position - run.start], run.code, run.reason, run.log)

    def __eq__(self, other: object) -> bool:
        """Like any sequence of the same attempts."""
        return isinstance(other, Sequence) and len(other) == self._length and all(a == b for a, b in zip(self, other))  # noqa: B905  # of one length

    def __hash__(self) -> int:
        """Of what never changes."""
        return hash(self._length)

    def __repr__(self) -> str:
        """Like a tuple's."""
        return repr(tuple(self))


class AttemptLog:
    """The attempts of one delivery, as they are made."""

    __slots__ = ("_runs", "length")

    def __init__(self) -> None:
        self._runs: list[_Run] = []
        self.length = 0

    def add(self, time: float, code: str, reason: str, log: str) -> None:
        """One more."""
        runs = self._runs
        last = runs[-1] if runs else None
        if last is not None and last.code == code and last.reason == reason and last.log == log:
            last.times.append(time)
        else:
            runs.append(_Run(code, reason, log, self.length, array("d", (time,))))
        self.length += 1

    def view(self) -> Attempts:
        """What there is now."""
        return Attempts(self._runs, self.length)
