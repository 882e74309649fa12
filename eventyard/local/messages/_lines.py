"""Who is next: the line of a standard queue, and that of a FIFO queue with its groups."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Protocol

from eventyard.local.messages._heap import LazyHeap
from eventyard.local.messages._message import State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.messages._message import Message


class Line(Protocol):
    """The messages of one store in the order of their reception. The store tells it what happens to each."""

    def joined(self, message: Message) -> None:
        """A message was added, delayed or about to be shown."""

    def shown(self, message: Message, before: State) -> None:
        """A message became READY; it was `before`."""

    def taken(self, message: Message) -> None:
        """A message became IN_FLIGHT."""

    def left(self, message: Message, before: State) -> None:
        """A message is GONE; it was `before`."""

    def next(self, most: int) -> list[Message]:
        """Up to `most` messages that may be received now; each is taken, or leaves, before the line is asked again."""

    def first(self) -> Message | None:
        """The first one that `next` would find."""


class Standard:
    """In the order of sending. AWS promises none; this one is the same in every run."""

    def __init__(self, held: Mapping[int, Message]) -> None:
        self._held = held
        self._ready = LazyHeap[int](self._is_ready)

    def joined(self, message: Message) -> None:
        """Nothing to note."""

    def shown(self, message: Message, before: State) -> None:  # noqa: ARG002  # a line's signature
        """It is in the line."""
        self._ready.push(message.order)

    def taken(self, message: Message) -> None:
        """Nothing to note: `next` took it out of the line."""

    def left(self, message: Message, before: State) -> None:
        """Nothing to note: its entry is stale."""

    def next(self, most: int) -> list[Message]:
        """The first ones."""
        found: list[Message] = []
        while len(found) < most and (order := self._ready.pop()) is not None:
            found.append(self._held[order])
        return found

    def first(self) -> Message | None:
        """The one that was sent before the others."""
        order = self._ready.peek()
        return None if order is None else self._held[order]

    def _is_ready(self, order: int) -> bool:
        message = self._held.get(order)
        return message is not None and message.state is State.READY


@dataclass(slots=True)
class _Group:
    """The messages of one group in their order, how many of them are in flight, and which one is offered."""

    messages: OrderedDict[int, Message] = field(default_factory=OrderedDict)
    in_flight: int = 0
    offered: int = 0

    def head(self) -> Message:
        return next(iter(self.messages.values()))


class Fifo:
    """Groups, each in its order; one that has a message in flight, or a delayed one at its head, waits.

    A reception takes as many as it can from the group whose turn it is, then from the next:
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
    """

    def __init__(self, held: Mapping[int, Message]) -> None:
        self._held = held
        self._groups: dict[str | None, _Group] = {}
        self._heads = LazyHeap[int](self._is_open)

    def joined(self, message: Message) -> None:
        """At the end of its group."""
        self._groups.setdefault(message.group, _Group()).messages[message.order] = message

    def shown(self, message: Message, before: State) -> None:
        """Its group may be open again."""
        group = self._groups[message.group]
        group.in_flight -= before is State.IN_FLIGHT
        self._offer(group)

    def taken(self, message: Message) -> None:
        """Its group waits; what was offered of it is so no longer."""
        group = self._groups[message.group]
        group.in_flight += 1
        group.offered = 0

    def left(self, message: Message, before: State) -> None:
        """The next of its group may be at its head."""
        group = self._groups[message.group]
        del group.messages[message.order]
        group.in_flight -= before is State.IN_FLIGHT
        if group.messages:
            self._offer(group)
        else:
            del self._groups[message.group]

    def next(self, most: int) -> list[Message]:
        """From one group: those that are ready, one behind the other."""
        order = self._heads.pop()
        if order is None:
            return []
        group = self._groups[self._held[order].group]
        group.offered = 0
        return list(islice(takewhile(lambda message: message.state is State.READY, group.messages.values()), most))

    def first(self) -> Message | None:
        """The head of the group whose turn it is."""
        order = self._heads.peek()
        return None if order is None else self._held[order]

    def _offer(self, group: _Group) -> None:
        head = group.head()
        if not group.in_flight and head.state is State.READY and group.offered != head.order:
            group.offered = head.order
            self._heads.push(head.order)

    def _is_open(self, order: int) -> bool:
        message = self._held.get(order)
        if message is None or message.state is not State.READY:
            return False
        group = self._groups[message.group]
        return group.offered == order and not group.in_flight
