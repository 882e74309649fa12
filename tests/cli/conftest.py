"""A served cloud in which one event had two fates, and the command line that looks into it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from eventyard.local import ServedCloud

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Typed = Callable[..., subprocess.CompletedProcess[str]]

ACCOUNT = "111111111111"
ORDERS = f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders"
ENTRY = {"Source": "shop.web", "DetailType": "OrderPlaced", "Detail": '{"total": 80}'}


def furnish(cloud: ServedCloud) -> None:
    """A queue that gets orders, a target that is not there, and the queue of its dead letters."""
    sqs, events = cloud.client("sqs"), cloud.client("events")
    for name in ("orders", "missed"):
        sqs.create_queue(QueueName=name)
    events.put_rule(Name="orders", EventPattern='{"source": ["shop.web"]}')
    lost = {"Id": "2", "Arn": f"{ORDERS}-lost", "DeadLetterConfig": {"Arn": ORDERS.replace("orders", "missed")}}
    events.put_targets(Rule="orders", Targets=[{"Id": "1", "Arn": ORDERS}, lost])


def publish(cloud: ServedCloud) -> str:
    """One order; answers its id when it has its fates."""
    event_id: str = cloud.client("events").put_events(Entries=[ENTRY])["Entries"][0]["EventId"]
    cloud.settle()
    return event_id


@pytest.fixture(scope="module")
def cloud() -> Iterator[ServedCloud]:
    with ServedCloud(port=0, enforce=False) as running:
        furnish(running)
        yield running


@pytest.fixture(scope="module")
def event_id(cloud: ServedCloud) -> str:
    return publish(cloud)


@pytest.fixture
def typed(cloud: ServedCloud) -> Typed:
    """Run `eventyard` with arguments, in a shell that knows the cloud's address, of so many columns."""

    def run(*arguments: str, columns: int = 200, **environment: str) -> subprocess.CompletedProcess[str]:
        known = {**os.environ, "AWS_ENDPOINT_URL": cloud.endpoint, "COLUMNS": str(columns), **environment}
        command = [sys.executable, "-m", "eventyard", *arguments]
        return subprocess.run(command, env=known, capture_output=True, text=True, check=False, timeout=60)

    return run
