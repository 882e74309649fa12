"""The messages of one queue, and what the passing of time does to them.

Everything costs the same with ten messages as with a hundred thousand, but for the logarithm of a heap: no operation
looks at messages that it does not concern.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from eventyard.local.messages._heap import LazyHeap
from eventyard.local.messages._lines import Fifo, Standard
from eventyard.local.messages._message import State

if TYPE_CHECKING:
    from eventyard.local.messages._lines import Line
    from eventyard.local.messages._message import Message


@dataclass(frozen=True, slots=True)
class Counts:
    """ApproximateNumberOfMessages, and those NotVisible and Delayed; here they are exact."""

    visible: int
    in_flight: int
    delayed: int


class Store:
    """Messages by the order of their coming. Moments are in seconds since the epoch, and never go back."""

    def __init__(self, *, fifo: bool) -> None:
        self._held: dict[int, Message] = {}
        self._line: Line = Fifo(self._held) if fifo else Standard(self._held)
        self._orders = count(1)
        self._hidden = LazyHeap[tuple[float, int]](self._is_hidden)
        self._ages = LazyHeap[tuple[float, int]](self._is_held)
        self._arrivals = LazyHeap[int](self._held.__contains__)
        self._states = dict.fromkeys(State, 0)

    def __len__(self) -> int:
        """How many messages there are, in whatever state."""
        return len(self._held)

    def add(self, message: Message, *, visible_at: float, now: float) -> None:
        """Add a message that is delayed until `visible_at`."""
        message.order = next(self._orders)
        message.received_here = 0
        message.arrived = now
        self._held[message.order] = message
        self._arrivals.push(message.order)
        self._ages.push((message.sent, message.order))
        self._line.joined(message)
        if visible_at > now:
            self._hide(message, State.DELAYED, visible_at)
        else:
            self._show(message)

    def pass_time(self, now: float, *, sent_until: float) -> list[Message]:
        """Show what is visible by now; throw away, and answer, what was sent until `sent_until`."""
        while (due := self._hidden.peek()) is not None and due[0] <= now:
            self._hidden.pop()
            self._show(self._held[due[1]])
        expired: list[Message] = []
        while (oldest := self._ages.peek()) is not None and oldest[0] <= sent_until:
            expired.append(self._held[oldest[1]])
            self.remove(expired[-1])
        return expired

    def take(
        self, most: int, *, visible_at: float, now: float, limit: int | None = None
    ) -> tuple[list[Message], list[Message]]:
        """Receive up to `most` messages.

        Those that were received `limit` times from this queue are removed instead.

        Returns:
            The received ones, and the removed ones.
        """
        received: list[Message] = []
        worn_out: list[Message] = []
        while len(received) < most and (found := self._line.next(most - len(received))):
            for message in found:
                if limit is not None and message.received_here >= limit:
                    self.remove(message)
                    worn_out.append(message)
                    continue
                message.receives += 1
                message.received_here += 1
                message.last_received = now
                message.first_received = message.first_received or now
                self._hide(message, State.IN_FLIGHT, visible_at)
                received.append(message)
        return received, worn_out

    def first(self) -> Message | None:
        """The message whose turn it is, which stays; None without one."""
        return self._line.first()

    def put_off(self, message: Message, visible_at: float) -> None:
        """A message in flight is visible at another moment; if that has passed, when time passes next."""
        if message.visible_at != visible_at:
            self._wait(message, visible_at)

    def get(self, order: int) -> Message | None:
        """The message of this order, if it is here."""
        return self._held.get(order)

    def remove(self, message: Message) -> None:
        """Take a message out, in whatever state."""
        before = self._move(message, State.GONE)
        del self._held[message.order]
        self._line.left(message, before)

    def clear(self) -> list[Message]:
        """Take all messages out, and answer them."""
        gone = list(self._held.values())
        for message in gone:
            self.remove(message)
        return gone

    def any_visible(self) -> bool:
        """Whether one can be received."""
        return self._line.first() is not None

    def next_visible(self) -> float | None:
        """When the next hidden message shows itself; None without one."""
        due = self._hidden.peek()
        return due[0] if due else None

    @property
    def oldest_arrival(self) -> float | None:
        """When the message came that has been here longest; None without one."""
        order = self._arrivals.peek()
        return None if order is None else self._held[order].arrived

    @property
    def oldest_sending(self) -> float | None:
        """When the message was sent that was sent before the others, which its retention counts from; None without."""
        oldest = self._ages.peek()
        return None if oldest is None else oldest[0]

    @property
    def counts(self) -> Counts:
        """How many are in which state."""
        return Counts(self._states[State.READY], self._states[State.IN_FLIGHT], self._states[State.DELAYED])

    def _hide(self, message: Message, state: State, visible_at: float) -> None:
        self._move(message, state)
        if state is State.IN_FLIGHT:
            self._line.taken(message)
        self._wait(message, visible_at)

    def _wait(self, message: Message, visible_at: float) -> None:
        message.visible_at = visible_at
        self._hidden.push((visible_at, message.order))

    def _show(self, message: Message) -> None:
        self._line.shown(message, self._move(message, State.READY))

    def _move(self, message: Message, state: State) -> State:
        before, message.state = message.state, state
        if before is not State.GONE:
            self._states[before] -= 1
        if state is not State.GONE:
            self._states[state] += 1
        return before

    def _is_hidden(self, entry: tuple[float, int]) -> bool:
        message = self._held.get(entry[1])
        return message is not None and message.state in _HIDDEN and message.visible_at == entry[0]

    def _is_held(self, entry: tuple[float, int]) -> bool:
        return entry[1] in self._held


_HIDDEN = (State.DELAYED, State.IN_FLIGHT)
