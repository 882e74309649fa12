"""The store against a list that is searched from end to end, and what it looks at while it works."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from eventyard.local.messages import Message, Store
from tests.local.counting import lines_run

RETENTION = 200.0


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

    @rule(group=st.sampled_from("ab"), delay=st.sampled_from([0, 0, 0, 5, 20]), age=st.sampled_from([0, 0, 30]))
    def add(self, group: str, delay: int, age: int) -> None:
        """A new message, perhaps delayed, perhaps from another queue."""
        now, name = self.naive.now, f"m{len(self.real)}"
        self.naive.messages.append(Plain(name, group, now - age, now + delay))
        self.real[name] = Message(name, "body", now - age, group=group)
        self.store.add(self.real[name], visible_at=now + delay, now=now)

    @rule(seconds=st.sampled_from([0, 1, 5, 10, 60]))
    def pass_time(self, seconds: int) -> None:
        """The same expires."""
        expected = self.naive.pass_time(seconds)
        now = self.naive.now
        assert sorted(m.id for m in self.store.pass_time(now, sent_until=now - RETENTION)) == expected

    @rule(
        most=st.integers(1, 4),
        seconds=st.sampled_from([0, 1, 5, 10]),
        limit=st.sampled_from([None, 1, 1, 2]),
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
    def look(self) -> None:
        """The same is first."""
        first = self.store.first()
        assert ([first.id] if first else []) == [message.id for message in self.naive.open()[:1]]

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
        assert len(self.store) == len(self.naive.messages)


TestStores = Stores.TestCase
TestStores.settings = settings(max_examples=200)


def filled(depth: int, *, fifo: bool) -> Store:
    store = Store(fifo=fifo)
    for number in range(depth):
        store.add(Message(str(number), "body", float(number), group=str(number % 7)), visible_at=0, now=0)
    return store


def round_trip(store: Store, now: float, in_flight: int = 1, next_visible: float = 0.0) -> None:
    """Everything that happens to a message, once."""
    store.add(Message("new", "body", now, group="a"), visible_at=now, now=now)
    store.pass_time(now, sent_until=now - 1e9)
    received, _ = store.take(1, visible_at=now + 30, now=now, limit=3)
    store.put_off(received[0], now + 60)
    assert store.counts.in_flight == in_flight
    assert store.next_visible() == (next_visible or now + 60)
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
    # It is older than all that follow, and visible before them: nothing behind it comes to the top of a heap.
    (held,), _ = store.take(1, visible_at=2.0, now=0.0)
    heaps = (store._hidden, store._ages)  # noqa: SLF001 - its memory is what is tested
    for _ in range(2_000):
        round_trip(store, 1.0, in_flight=2, next_visible=2.0)
    assert len(store) == 1
    assert store.get(held.order) is held
    assert max(len(heap) for heap in heaps) < 200


def test_a_group_opens_again_after_a_reception_that_threw_out_its_first_message() -> None:
    store = Store(fifo=True)
    for name in ("worn out", "next"):
        store.add(Message(name, "body", 0.0, group="g"), visible_at=0, now=0)
        store.take(1, visible_at=5, now=0)
    store.pass_time(5, sent_until=-1)
    received, worn_out = store.take(2, visible_at=10, now=5, limit=1)
    assert ([m.id for m in received], [m.id for m in worn_out]) == (["next"], ["worn out"])
    assert store.first() is None
    store.pass_time(10, sent_until=-1)
    assert store.first() is received[0]


def test_a_group_waits_for_the_rest_of_such_a_reception() -> None:
    store = Store(fifo=True)
    store.add(Message("worn out", "body", 0.0, group="g"), visible_at=0, now=0)
    store.take(1, visible_at=5, now=0)
    for name, group in (("other", "h"), ("one", "g"), ("two", "g")):
        store.add(Message(name, "body", 0.0, group=group), visible_at=0, now=0)
    store.pass_time(5, sent_until=-1)
    received, _ = store.take(3, visible_at=10, now=5, limit=1)
    assert [message.id for message in received] == ["one", "two", "other"]
    store.put_off(received[0], 5)
    store.pass_time(5, sent_until=-1)
    assert store.first() is None
