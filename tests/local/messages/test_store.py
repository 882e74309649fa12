"""The store against a list that is searched from end to end, and what it looks at while it works."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from eventyard.local.messages import Message, Store

if TYPE_CHECKING:
    from collections.abc import Callable

RETENTION = 100.0


@dataclass(eq=False)
class Plain:
    """A message as the naive model has it."""

    id: str
    group: str
    sent: float
    visible_at: float
    in_flight: bool = False
    received: int = 0


class Naive:
    """All messages in a list, in the order of sending; every question looks at all of them."""

    def __init__(self, *, fifo: bool) -> None:
        self.fifo = fifo
        self.now = 0.0
        self.messages: list[Plain] = []

    def pass_time(self, seconds: float) -> list[str]:
        """Move on; what expired."""
        self.now += seconds
        for message in self.messages:
            message.in_flight &= message.visible_at > self.now
        gone = [message for message in self.messages if message.sent <= self.now - RETENTION]
        self.messages = [message for message in self.messages if message not in gone]
        return sorted(message.id for message in gone)

    def ready(self, message: Plain) -> bool:
        """Whether it is visible."""
        return message.visible_at <= self.now

    def open(self) -> list[Plain]:
        """What one turn may take: everything, or the ready beginning of the first group that waits for nothing."""
        if not self.fifo:
            return [message for message in self.messages if self.ready(message)]
        for message in self.messages:
            group = [one for one in self.messages if one.group == message.group]
            if group[0] is not message or any(one.in_flight for one in group) or not self.ready(message):
                continue
            beginning = []
            for one in group:
                if not self.ready(one):
                    break
                beginning.append(one)
            return beginning
        return []

    def take(self, most: int, seconds: float, limit: int | None) -> tuple[list[str], list[str]]:
        """What a reception takes, and what it throws out."""
        taken: list[str] = []
        worn_out: list[str] = []
        # What is taken for no time at all is ready again when time passes next, not within this call.
        visible_at = self.now + seconds or self.now
        while len(taken) < most and (found := self.open()[: most - len(taken)]):
            for message in found:
                if limit is not None and message.received >= limit:
                    self.messages.remove(message)
                    worn_out.append(message.id)
                else:
                    message.received += 1
                    message.in_flight, message.visible_at = True, max(visible_at, self.now + 1e-9)
                    taken.append(message.id)
        return taken, worn_out


class Stores(RuleBasedStateMachine):
    """The same is done to both; they must agree on everything."""

    @initialize(fifo=st.booleans())
    def begin(self, fifo: bool) -> None:  # noqa: FBT001 - Hypothesis passes it by name
        """Both empty."""
        self.naive = Naive(fifo=fifo)
        self.store = Store(fifo=fifo)
        self.real: dict[str, Message] = {}

    @rule(group=st.sampled_from("abc"), delay=st.sampled_from([0, 0, 0, 5, 20]), age=st.sampled_from([0, 0, 30]))
    def add(self, group: str, delay: int, age: int) -> None:
        """A new message, perhaps delayed, perhaps from another queue."""
        now, name = self.naive.now, f"m{len(self.real)}"
        self.naive.messages.append(Plain(name, group, now - age, now + delay))
        self.real[name] = Message(name, "body", now - age, group=group)
        self.store.add(self.real[name], visible_at=now + delay, now=now)

    @rule(seconds=st.sampled_from([0, 1, 5, 20, 60]))
    def pass_time(self, seconds: int) -> None:
        """The same expires."""
        expected = self.naive.pass_time(seconds)
        now = self.naive.now
        assert sorted(m.id for m in self.store.pass_time(now, sent_until=now - RETENTION)) == expected

    @rule(
        most=st.integers(1, 4),
        seconds=st.sampled_from([0, 1, 10, 30]),
        limit=st.sampled_from([None, None, 1, 2]),
    )
    def take(self, most: int, seconds: int, limit: int | None) -> None:
        """The same is received, and thrown out."""
        now = self.naive.now
        expected = self.naive.take(most, seconds, limit)
        received, worn_out = self.store.take(most, visible_at=now + seconds, now=now, limit=limit)
        assert ([m.id for m in received], [m.id for m in worn_out]) == expected
        if not seconds:
            for message in self.naive.messages:
                if message.id in expected[0]:
                    message.visible_at = now
            self.pass_time(0)

    @precondition(lambda self: self.naive.messages)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        """Deleted, in whatever state."""
        chosen = data.draw(st.sampled_from(self.naive.messages))
        self.naive.messages.remove(chosen)
        self.store.remove(self.real[chosen.id])

    @precondition(lambda self: any(message.in_flight for message in self.naive.messages))
    @rule(data=st.data(), seconds=st.sampled_from([0, 5, 40]))
    def put_off(self, data: st.DataObject, seconds: int) -> None:
        """Hidden for longer, or shorter."""
        chosen = data.draw(st.sampled_from([message for message in self.naive.messages if message.in_flight]))
        chosen.visible_at = self.naive.now + seconds
        self.store.put_off(self.real[chosen.id], chosen.visible_at)
        self.pass_time(0)

    @rule()
    def clear(self) -> None:
        """Purged."""
        assert sorted(m.id for m in self.store.clear()) == sorted(m.id for m in self.naive.messages)
        self.naive.messages = []

    @invariant()
    def counts_agree(self) -> None:
        """The same numbers, and the same to come."""
        hidden = [message for message in self.naive.messages if not self.naive.ready(message)]
        flying = sum(message.in_flight for message in self.naive.messages)
        counts = self.store.counts
        assert (counts.visible, counts.in_flight) == (len(self.naive.messages) - len(hidden), flying)
        assert counts.delayed == len(hidden) - flying
        assert self.store.next_visible() == min((message.visible_at for message in hidden), default=None)
        assert (self.store.first() is not None) == bool(self.naive.open())
        assert len(self.store) == len(self.naive.messages)


TestStores = Stores.TestCase


def lines_run(do: Callable[[], object]) -> int:
    """How many lines of Python `do` runs: what it costs, the same on every machine."""
    counted = 0

    def trace(_frame: object, event: str, _argument: object) -> object:
        nonlocal counted
        counted += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]  # the frame is of no interest
    try:
        do()
    finally:
        sys.settrace(before)
    return counted


def filled(depth: int, *, fifo: bool) -> Store:
    store = Store(fifo=fifo)
    for number in range(depth):
        store.add(Message(str(number), "body", float(number), group=str(number % 7)), visible_at=0, now=0)
    return store


def round_trip(store: Store, now: float) -> None:
    """Everything that happens to a message, once."""
    store.add(Message("new", "body", now, group="a"), visible_at=now, now=now)
    store.pass_time(now, sent_until=now - 1e9)
    received, _ = store.take(1, visible_at=now + 30, now=now, limit=3)
    store.put_off(received[0], now + 60)
    assert store.counts.in_flight == 1
    assert store.next_visible() == now + 60
    store.remove(received[0])


@pytest.mark.parametrize("fifo", [False, True])
def test_a_round_trip_costs_the_same_among_ten_messages_and_among_ten_thousand(fifo: bool) -> None:  # noqa: FBT001 - parametrized
    few, many = filled(10, fifo=fifo), filled(10_000, fifo=fifo)

    def cost(store: Store) -> int:
        # The sweep of a heap comes once in a doubling; the median is what a round trip costs without.
        return sorted(lines_run(partial(round_trip, store, now)) for now in range(1, 12))[5]

    assert cost(many) <= cost(few) * 1.2


def test_what_is_gone_leaves_nothing_behind_while_time_stands_still() -> None:
    store = filled(1, fifo=False)
    heaps = (store._hidden, store._ages, store._line._ready)  # type: ignore[attr-defined]  # noqa: SLF001 - its memory is what is tested
    for _ in range(5_000):
        round_trip(store, 1.0)
    assert len(store) == 1
    assert max(len(heap) for heap in heaps) < 200
