"""What happened within the last five minutes, by key: FIFO queues know what was sent, and who received."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

Value = TypeVar("Value")

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
SECONDS = 300


class Recent(Generic[Value]):
    """Key → value; each is forgotten five minutes after it was entered, whatever became of the message meanwhile."""

    def __init__(self) -> None:
        self._entries: OrderedDict[tuple[str, ...], tuple[float, Value]] = OrderedDict()

    def get(self, key: tuple[str, ...], now: float) -> Value | None:
        """What was entered under `key`; None when there was nothing, or it is forgotten."""
        while self._entries and now - next(iter(self._entries.values()))[0] >= SECONDS:
            self._entries.popitem(last=False)
        found = self._entries.get(key)
        return found[1] if found else None

    def enter(self, key: tuple[str, ...], value: Value, now: float) -> None:
        """Remember `value` from now on."""
        self._entries.pop(key, None)
        self._entries[key] = (now, value)
