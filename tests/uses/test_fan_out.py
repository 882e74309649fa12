"""Fan-out and parallel processing: each consumer hears an order by itself, whatever becomes of the others.

Nothing takes virtual time in the local cloud but waiting, so what is measured here is what consumers do to each other,
and not how fast AWS is. The skew of an order is the time between the first and the last of its consumers to be done.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eventyard.assembly import synthesize
from eventyard.local import Fate, LocalCloud, readable
from tests.shop.day import order
from tests.shop.parts import FANOUT, part

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.local import Host

ROOT = Path(__file__).parents[2]
ORDERS, EVERY = 12, 20
CONSUMERS = ("ReserveStock", "OpenInvoice", "ThankCustomer")
MINUTE = 60


@dataclass(frozen=True)
class Measured:
    """Seconds from an order to each consumer's work on it, order by order; None where it never came to that."""

    took: dict[str, list[float | None]]

    def of_the_others(self, consumer: str) -> dict[str, list[float | None]]:
        """Without one of them."""
        return {name: took for name, took in self.took.items() if name != consumer}

    @property
    def skews(self) -> list[float]:
        """Of each order that all have heard."""
        heard = [[one for one in of_order if one is not None] for of_order in zip(*self.took.values(), strict=True)]
        return [max(of_order) - min(of_order) for of_order in heard if len(of_order) == len(self.took)]


@pytest.fixture(scope="module")
def measure(
    tmp_path_factory: pytest.TempPathFactory, eventyard_host: Host
) -> Callable[[Callable[[LocalCloud], None]], Measured]:
    """Twelve orders, one every twenty seconds, after something has been done to the cloud."""
    assembly = part(synthesize(ROOT), tmp_path_factory.mktemp("fanout") / "cdk.out", *FANOUT)

    def measured(disturb: Callable[[LocalCloud], None]) -> Measured:
        with LocalCloud(host=eventyard_host) as cloud:
            cloud.deploy(assembly)
            disturb(cloud)
            ids = []
            for number in range(ORDERS):
                detail = json.dumps(order(order_id=f"o-{number}"))
                entry = {"EventBusName": "commerce", "Source": "shop.web", "DetailType": "OrderPlaced"}
                answer = cloud.client("events").put_events(Entries=[{**entry, "Detail": detail}])
                ids.append(answer["Entries"][0]["EventId"])
                cloud.advance(seconds=EVERY)
            cloud.settle()
            cloud.ledger.assert_sound()
            return Measured({name: [_took(cloud, event_id, name) for event_id in ids] for name in CONSUMERS})

    return measured


def _took(cloud: LocalCloud, event_id: str, consumer: str) -> float | None:
    (event,) = [one for one in cloud.ledger.events if one.id == event_id]
    for delivery in cloud.ledger.deliveries_of(event_id):
        name = readable(delivery.edge.target).rsplit("/", 1)[-1].removesuffix("Function")
        if name == consumer and delivery.edge.kind.endswith("→lambda") and delivery.fate is Fate.DELIVERED:
            return delivery.attempts[-1].time - event.time
    return None


@pytest.fixture(scope="module")
def undisturbed(measure: Callable[[Callable[[LocalCloud], None]], Measured]) -> Measured:
    return measure(lambda _cloud: None)


def test_without_trouble_every_consumer_has_an_order_at_once(undisturbed: Measured) -> None:
    assert undisturbed.skews == [0.0] * ORDERS


@pytest.mark.parametrize("stopped", CONSUMERS)
def test_a_consumer_that_is_stopped_delays_no_other(
    measure: Callable[[Callable[[LocalCloud], None]], Measured], undisturbed: Measured, stopped: str
) -> None:
    """Given orders that keep coming, when one consumer is out for ten minutes, then the others work on each order at
    the very moment at which they would have anyway, and the one that was out has done all of its work afterwards: SNS
    tries a queue every twenty seconds, Lambda a function of its own after five minutes at most.
    """
    measured = measure(lambda cloud: cloud.faults.outage(stopped, minutes=10))

    assert measured.of_the_others(stopped) == undisturbed.of_the_others(stopped)
    assert len(measured.skews) == ORDERS
    assert min(measured.skews) >= 10 * MINUTE - ORDERS * EVERY
    assert max(measured.skews) <= 15 * MINUTE


def test_a_consumer_that_is_slow_delays_no_other(
    measure: Callable[[Callable[[LocalCloud], None]], Measured], undisturbed: Measured
) -> None:
    """Given a queue that gets every message ninety seconds late, then its consumer is that much behind the others,
    order by order, and no more: it does not fall further behind.
    """
    measured = measure(lambda cloud: cloud.faults.delay("ReserveStockQueue", by=90))

    assert measured.of_the_others("ReserveStock") == undisturbed.of_the_others("ReserveStock")
    assert measured.skews == [90.0] * ORDERS


def test_a_consumer_that_always_fails_loses_its_own_messages_to_its_own_dead_letter_queue(
    measure: Callable[[Callable[[LocalCloud], None]], Measured], undisturbed: Measured
) -> None:
    measured = measure(lambda cloud: cloud.faults.fail("OpenInvoiceFunction"))

    assert measured.of_the_others("OpenInvoice") == undisturbed.of_the_others("OpenInvoice")
    assert measured.took["OpenInvoice"] == [None] * ORDERS


def test_a_poisoned_message_holds_up_nobody_elses(
    measure: Callable[[Callable[[LocalCloud], None]], Measured], undisturbed: Measured
) -> None:
    """Given a consumer that fails once, then only that order of its own is late, by a visibility timeout."""
    measured = measure(lambda cloud: cloud.faults.fail("ReserveStockFunction", times=1))

    assert measured.of_the_others("ReserveStock") == undisturbed.of_the_others("ReserveStock")
    assert measured.skews == [3.0 * MINUTE, *[0.0] * (ORDERS - 1)]
