"""Measure what a served cloud delivers: events a second from PutEvents to a queue, beside ministack.

Both are servers of their own on this machine, and the same boto3 client publishes to both in turns. ministack, another
emulator on PyPI, is installed into an environment of its own, for this run alone.
"""

from __future__ import annotations

import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import venv
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, perf_counter, sleep
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

RULES = (1, 100)
ROUNDS = 7
EVENTS = 500
BATCH = 10
PEER = "ministack==1.5.33"
ACCOUNT = "111111111111"
_START_SECONDS = 60.0
_ENTRY = {
    "EventBusName": "shop",
    "Source": "shop.web",
    "DetailType": "OrderPlaced",
    "Detail": json.dumps({"order_id": "o-1", "country": "DE", "total": 64_000, "lines": [{"sku": "tea", "n": 1}] * 4}),
}


@dataclass
class Side:
    """One of the servers, with a bus, its rules and a queue."""

    endpoint: str
    sent: int = 0

    def __post_init__(self) -> None:
        """Its clients."""
        self.events, self.sqs = self._client("events"), self._client("sqs")

    def build(self, rules: int) -> None:
        """One rule wants the events, the others want those of other tenants; all deliver to the queue."""
        arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders"
        statement = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Resource": arn}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Action": "sqs:SendMessage"}]})
        self.url = self.sqs.create_queue(QueueName="orders", Attributes={"Policy": policy})["QueueUrl"]
        self.events.create_event_bus(Name="shop")
        for number in range(rules):
            pattern = {"source": ["shop.web"], "detail": {"country": [f"X{number}" if number else "DE"]}}
            self.events.put_rule(Name=f"rule-{number}", EventBusName="shop", EventPattern=json.dumps(pattern))
            self.events.put_targets(Rule=f"rule-{number}", EventBusName="shop", Targets=[{"Id": "1", "Arn": arn}])

    def rate(self) -> float:
        """Events a second, from the first call until the queue has them all."""
        start = perf_counter()
        for _ in range(EVENTS // BATCH):
            answer = self.events.put_events(Entries=[_ENTRY] * BATCH)
            assert not answer["FailedEntryCount"]  # noqa: S101  # what is measured is that it arrives
        self.sent += EVENTS
        while self._arrived() < self.sent:
            sleep(0.001)
        return EVENTS / (perf_counter() - start)

    def _arrived(self) -> int:
        asked = {"QueueUrl": self.url, "AttributeNames": ["ApproximateNumberOfMessages"]}
        return int(self.sqs.get_queue_attributes(**asked)["Attributes"]["ApproximateNumberOfMessages"])

    def _client(self, service: str) -> Any:  # noqa: ANN401  # boto3's own dynamic type
        session: Any = boto3.Session(aws_access_key_id=ACCOUNT, aws_secret_access_key=ACCOUNT, region_name="us-east-1")
        return session.client(service, endpoint_url=self.endpoint)


def main() -> None:
    """Print the table."""
    sys.stdout.write(
        f"PutEvents of {BATCH} by one boto3 client, {EVENTS} events at a time, the median of {ROUNDS} rounds in turns\n"
        f"\n| rules | eventyard | {PEER} | ratio |\n| ----: | --------: | ----------------: | ----: |\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        python = _peer(Path(folder))
        for rules in RULES:
            with ExitStack() as servers:
                ours, theirs = (
                    Side(servers.enter_context(_eventyard())),
                    Side(servers.enter_context(_ministack(python))),
                )
                for side in (ours, theirs):
                    side.build(rules)
                    side.rate()  # the first round warms both up
                rounds = [(ours.rate(), theirs.rate()) for _ in range(ROUNDS)]
            mine, peers = (statistics.median(column) for column in zip(*rounds, strict=True))
            ratio = statistics.median(one / other for one, other in rounds)
            sys.stdout.write(f"| {rules:5} | {mine:7,.0f}/s | {peers:15,.0f}/s | {ratio:5.1f} |\n")


def _peer(folder: Path) -> str:
    """The Python of an environment that has ministack."""
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", PEER], check=True)  # noqa: S603  # a pinned package
    return python


@contextmanager
def _eventyard() -> Iterator[str]:
    command = [sys.executable, "-u", "-m", "eventyard", "up", "--port", "0", "--empty"]
    with _process(command, stdout=subprocess.PIPE) as run:
        for line in run.stdout or ():
            if found := re.search(r"ready.*(http://127\.0\.0\.1:\d+)", line.decode()):
                yield found[1]
                return
        raise RuntimeError("eventyard ended before it was ready")


@contextmanager
def _ministack(python: str) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "GATEWAY_PORT": str(port)}
    with _process([python, "-m", "ministack"], stdout=subprocess.DEVNULL, env=environment):
        endpoint, until = f"http://127.0.0.1:{port}", monotonic() + _START_SECONDS
        while True:
            try:
                Side(endpoint).sqs.list_queues()
                break
            except BotoCoreError:
                if monotonic() > until:
                    raise
                sleep(0.1)
        yield endpoint


@contextmanager
def _process(command: list[str], **settings: Any) -> Iterator[subprocess.Popen[bytes]]:  # noqa: ANN401  # Popen's own
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, **settings) as run:  # noqa: S603  # ours and the peer
        try:
            yield run
        finally:
            run.terminate()


if __name__ == "__main__":
    main()
