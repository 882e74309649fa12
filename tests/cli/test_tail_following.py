"""`eventyard tail` as it goes on, while things happen in clouds of the tests' own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from eventyard.local import ServedCloud

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOP = {"Source": "shop.web", "DetailType": "OrderPlaced", "Detail": "{}"}


@contextmanager
def tailing(endpoint: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-u", "-m", "eventyard", "tail", "--endpoint", endpoint, *arguments]
    environment = {**os.environ, "COLUMNS": "80"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as running:
        yield running
        running.kill()


def line(running: subprocess.Popen[str]) -> str:
    assert running.stdout is not None
    return running.stdout.readline().rstrip("\n")


def publish(cloud: ServedCloud, **entry: str) -> str:
    event_id: str = cloud.client("events").put_events(Entries=[{**SHOP, **entry}])["Entries"][0]["EventId"]
    cloud.settle()
    return event_id


def test_it_shows_what_happens_as_it_happens_until_ctrl_c() -> None:
    with ServedCloud(port=0) as cloud:
        publish(cloud, Source="before")
        with tailing(cloud.endpoint) as running:
            assert line(running).endswith("OrderPlaced from before → event-bus/default")
            event_id = publish(cloud, Source="after")
            assert line(running).endswith(f"{event_id[:8]} OrderPlaced from after → event-bus/default")
            running.send_signal(signal.SIGINT)
            assert running.wait(timeout=30) == 0


def test_it_goes_on_with_the_next_cloud_when_one_ends() -> None:
    """Given somebody who looks on, when the server ends and comes back, then they are told, and see what is new."""
    with ServedCloud(port=0) as cloud:
        port = int(cloud.endpoint.rpartition(":")[2])
        publish(cloud, Source="first")
        running = tailing(cloud.endpoint)
        looking = running.__enter__()
        assert line(looking).endswith("OrderPlaced from first → event-bus/default")
    try:
        assert line(looking).endswith("is gone; waiting for it.")
        with ServedCloud(port=port) as cloud:
            publish(cloud, Source="second")
            assert line(looking).startswith("eventyard: another local cloud is up at http://127.0.0.1:")
            assert line(looking).endswith("OrderPlaced from second → event-bus/default")
    finally:
        running.__exit__(None, None, None)


def test_a_name_or_value_is_never_taken_for_markup() -> None:
    with ServedCloud(port=0) as cloud:
        publish(cloud, Source="[red]shop[/]")
        with tailing(cloud.endpoint) as running:
            assert line(running).endswith("OrderPlaced from [red]shop[/] → event-bus/default")
