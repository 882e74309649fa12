"""What became of everything that was to be published."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eventyard.errors import EventyardError


@dataclass(frozen=True, slots=True)
class Untaken:
    """An entry that the service did not take: its line, and the service's error."""

    line: int
    code: str
    reason: str


@dataclass(slots=True)
class Report:
    """Of one run; it is being written while the run goes on.

    Attributes:
        to: The bus or topic.
        taken: Entries that the service took in this run.
        skipped: Entries that an earlier run had seen taken.
        untaken: Entries that it did not take.
        calls: To the service.
        retried: Entries that were sent again, counted each time.
        seconds: How long it took.
        ended: Whether everything was tried; False if the run was broken off.
        error: What broke it off.
    """

    to: str
    taken: int = 0
    skipped: int = 0
    untaken: list[Untaken] = field(default_factory=list)
    calls: int = 0
    retried: int = 0
    seconds: float = 0.0
    ended: bool = False
    error: EventyardError | None = None

    @property
    def complete(self) -> bool:
        """Whether all of it was taken, now or before."""
        return self.ended and not self.untaken

    @property
    def rate(self) -> float:
        """Entries taken a second."""
        return self.taken / self.seconds if self.seconds else 0.0

    def to_json(self) -> dict[str, Any]:
        """As a program reads it."""
        return {
            "to": self.to,
            "taken": self.taken,
            "skipped": self.skipped,
            "untaken": [{"line": one.line, "code": one.code, "reason": one.reason} for one in self.untaken],
            "calls": self.calls,
            "retried": self.retried,
            "seconds": round(self.seconds, 3),
            "per_second": round(self.rate, 1),
            "complete": self.complete,
            "error": str(self.error) if self.error else None,
        }
