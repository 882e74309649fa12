"""Many events through the shop in bad weather, its books audited after each round, so that nothing has to be kept."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from hashlib import sha256
from itertools import islice
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import TYPE_CHECKING

from eventyard.local import Fate, LocalCloud
from tests.shop.traffic import traffic
from tests.shop.weather import AUDIT, Weather
from tests.shop.wiring import Wiring

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from eventyard.local import Delivery, Edge, Host

ROUND = 1_000
# With so many, everything happens that can.
_MANY = 10_000
_BATCH = 10
# So many events, then half a minute goes by.
_BETWEEN = 200
_FAULT = "(a fault of the test's)."
_KINDS = {"rule→logs", "rule→sns", "rule→lambda", "sns→sqs", "sns→lambda", "sqs→lambda"}
# What deliveries came to in the end: the target's word, Lambda's, the function's own.
_CODES = {"NO_PERMISSIONS", "INTERNAL_ERROR", "TooManyRequestsException", "Unhandled", "BatchItemFailure"}

log = logging.getLogger(__name__)


def publish(cloud: LocalCloud, entries: Iterator[dict[str, Any]], weather: Weather, events: int) -> None:
    """One round: so many events in batches, time moving between them, and rest at its end."""
    client = cloud.client("events")
    weather.change()
    for number in range(0, events, _BATCH):
        answer = client.put_events(Entries=list(islice(entries, min(_BATCH, events - number))))
        assert answer["FailedEntryCount"] == 0
        if number % _BETWEEN == 0:
            cloud.advance(seconds=30)
    cloud.settle()


class Books:
    """What must be where, added up from the ledger's deliveries, and compared with where it is."""

    def __init__(self, cloud: LocalCloud, wiring: Wiring) -> None:
        self._cloud = cloud
        self._wiring = wiring
        self._events = 0
        self._flows: Counter[tuple[Edge, Fate]] = Counter()
        self.fates: Counter[Fate] = Counter()
        self.codes: Counter[str] = Counter()

    def audit(self) -> None:
        """Check all that has happened since the last time, and empty what people would have emptied meanwhile."""
        ledger = self._cloud.ledger
        ledger.assert_balanced()
        fresh = ledger.balance.events - self._events
        events = ledger.events[-fresh:]
        assert len(events) == fresh, "a round has more events than the ledger keeps"
        self._events += fresh
        deliveries = [delivery for event in events for delivery in ledger.deliveries_of(event.id)]
        for delivery in deliveries:
            self._flows[delivery.edge, delivery.fate] += 1
            self.fates[delivery.fate] += 1
            self.codes[delivery.code] += 1
            self._check_fate(delivery)
        assert ledger.balance.matched == self.fates.total()
        found = {
            (edge, fate): count for edge, counts in ledger.flows.items() for fate, count in counts.items() if count
        }
        assert found == self._flows
        self._check_places(deliveries, [event.to for event in events if event.kind == "sqs"])

    def _check_fate(self, delivery: Delivery) -> None:
        """It has one; and it is dropped only where its dead-letter queue itself was made to fail."""
        if delivery.fate is Fate.DROPPED:
            queues = self._wiring.dead_letter_queues(delivery.edge)
            _, _, worse = delivery.reason.partition("Its dead-letter queue")
            assert any(_readable(queue) in worse for queue in queues), delivery
            assert worse.endswith(_FAULT), delivery
        else:
            assert delivery.fate is not Fate.PENDING, delivery

    def _check_places(self, deliveries: list[Delivery], sent: list[str]) -> None:
        """Each queue that no function reads holds what the ledger says was put into it, and so does the audit trail."""
        into: Counter[frozenset[str]] = Counter(frozenset({_name(queue)}) for queue in sent)
        read: Counter[str] = Counter()
        audited = set()
        for delivery in deliveries:
            kind, target = delivery.edge.kind, delivery.edge.target
            if kind == "sqs→lambda":
                read[_name(delivery.edge.source)] += 1
            if delivery.fate is Fate.DEAD_LETTERED:
                into[self._wiring.dead_letter_queues(delivery.edge)] += 1
            elif delivery.fate is Fate.DELIVERED and kind.endswith("→sqs"):
                into[frozenset({_name(target)})] += 1
            elif delivery.fate is Fate.DELIVERED and kind == "rule→logs":
                audited.add(delivery.event_id)
        there = self._emptied()
        for queue in self._wiring.read_by_functions:
            assert (into.pop(frozenset({queue}), 0), there.pop(queue)) == (read[queue], 0), queue
        for queues, count in into.items():
            assert sum(there.pop(queue) for queue in queues) == count, queues
        assert not +there
        assert self._audit_trail() == audited

    def _emptied(self) -> Counter[str]:
        """How many messages each queue held."""
        self._cloud.advance(minutes=1)  # between two purges of a queue
        sqs, found = self._cloud.client("sqs"), Counter[str]()
        for name, url in self._wiring.queues.items():
            counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
            found[name] = sum(int(count) for key, count in counts.items() if key.startswith("ApproximateNumber"))
            sqs.purge_queue(QueueUrl=url)
        return found

    def _audit_trail(self) -> set[str]:
        """The events in the audit trail, a stream each; all log groups are empty afterwards."""
        logs, found, page = self._cloud.client("logs"), set[str](), dict[str, str]()
        while True:
            answer = logs.filter_log_events(logGroupName=AUDIT, limit=10_000, **page)
            found |= {event["logStreamName"] for event in answer["events"]}
            if "nextToken" not in answer:
                break
            page = {"nextToken": answer["nextToken"]}
        for group in [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]:
            logs.delete_log_group(logGroupName=group)
            logs.create_log_group(logGroupName=group)
        return found

    def check_variety(self) -> None:
        """It was bad weather: every fate there is, on every kind of edge at least two of them."""
        assert min(self.fates[fate] for fate in Fate if fate is not Fate.PENDING) > 0, self.fates
        kinds = {edge.kind for edge, _ in self._flows}
        assert kinds == _KINDS
        for kind in kinds:
            assert len({fate for edge, fate in self._flows if edge.kind == kind}) > 1, kind
        assert self.codes.keys() >= _CODES


def run(shop: Path, events: int, *, seed: int = 1, host: Host | None = None) -> str:
    """So many events through a shop's assembly, audited; answers the ledger as JSON."""
    with LocalCloud(seed=seed, host=host) as cloud:
        cloud.deploy(shop)
        cloud.warm()
        wiring, entries = Wiring(shop, cloud), traffic(seed)
        books, weather = Books(cloud, wiring), Weather(cloud, wiring, seed)
        for done in range(0, events, ROUND):
            publish(cloud, entries, weather, min(ROUND, events - done))
            books.audit()
            peak = getrusage(RUSAGE_SELF).ru_maxrss
            log.info("%9d events: %s (at most %d kB)", min(done + ROUND, events), cloud.ledger.balance, peak)
        if events > _MANY:
            books.check_variety()
        return cloud.ledger.to_json()


def _name(arn: str) -> str:
    return arn.rsplit(":", 1)[-1]


def _readable(queue: str) -> str:
    stack, name, _ = queue.split("-")
    return f"{stack}/{name[:-8]}"


if __name__ == "__main__":
    # In a process of its own, with another order of its sets.
    sys.stdout.write(sha256(run(Path(sys.argv[1]), int(sys.argv[2])).encode()).hexdigest())
