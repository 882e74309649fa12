"""Measure what a delivery costs, by the number of rules, and with a hundred thousand messages and events behind it."""

from __future__ import annotations

import json
import platform
import statistics
import sys
from contextlib import contextmanager
from http import HTTPStatus
from time import process_time
from typing import TYPE_CHECKING, Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from moto import mock_aws

from eventyard.local import LocalCloud

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

# 300 is AWS's own quota of rules on a bus.
RULES = (1, 100, 300)
DEPTHS = (1_000, 100_000)
ROUNDS = 60
BATCH = 10
_ENTRY: PutEventsRequestEntryTypeDef = {
    "EventBusName": "shop",
    "Source": "shop.web",
    "DetailType": "OrderPlaced",
    "Detail": json.dumps({"order_id": "o-1", "country": "DE", "total": 64_000, "lines": [{"sku": "tea", "n": 1}] * 4}),
}


def main() -> None:
    """Print the tables."""
    sys.stdout.write(f"PutEvents of {BATCH} through boto3, in process, Python {platform.python_version()}\n\n")
    client, plain = _boto3_alone(), _plain_moto()
    sys.stdout.write(
        f"boto3's client alone: {client:.0f} µs an event; plain moto, which delivers nothing: {plain:.0f} µs\n\n"
    )
    sys.stdout.write("| way                 |  rules | in queue and ledger | an event | to boto3's client |\n")
    sys.stdout.write("| ------------------- | -----: | ------------------: | -------: | ----------------: |\n")
    for way, build in _WAYS.items():
        for rules in RULES:
            _row(way, build, client, rules=rules, depth=0)
        for depth in DEPTHS:
            _row(way, build, client, rules=1, depth=depth)


def _row(way: str, build: Callable[[LocalCloud, int], None], client: float, *, rules: int, depth: int) -> None:
    with LocalCloud() as cloud:
        build(cloud, rules)
        events = cloud.client("events")

        def publish() -> None:
            events.put_events(Entries=[_ENTRY] * BATCH)
            cloud.settle()

        for _ in range(depth // BATCH):
            publish()
        taken = _microseconds(publish)
        assert not cloud.ledger.balance.dropped  # noqa: S101  # what is measured is that it arrives
    sys.stdout.write(f"| {way:19} | {rules:6,} | {depth:19,} | {taken:5.0f} µs | {taken / client:17.1f} |\n")


def _to_queue(cloud: LocalCloud, rules: int) -> None:
    queue = _queue(cloud, "events.amazonaws.com")
    _bus(cloud, rules, queue)


def _over_topic(cloud: LocalCloud, rules: int) -> None:
    queue = _queue(cloud, "sns.amazonaws.com")
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="orders")["TopicArn"]
    policy = json.dumps(_admitting("events.amazonaws.com", "sns:Publish", topic))
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    _bus(cloud, rules, topic)


_WAYS = {"rule → queue": _to_queue, "rule → topic → queue": _over_topic}


def _queue(cloud: LocalCloud, service: str) -> str:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    arn = str(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"])
    policy = json.dumps(_admitting(service, "sqs:SendMessage", arn))
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return arn


def _bus(cloud: LocalCloud, rules: int, target: str) -> None:
    """One rule wants the events, the others want those of other tenants."""
    events = cloud.client("events")
    events.create_event_bus(Name="shop")
    for number in range(rules):
        pattern = {"source": ["shop.web"], "detail": {"country": [f"X{number}" if number else "DE"]}}
        events.put_rule(Name=f"rule-{number}", EventBusName="shop", EventPattern=json.dumps(pattern))
        events.put_targets(Rule=f"rule-{number}", EventBusName="shop", Targets=[{"Id": "1", "Arn": target}])


def _admitting(service: str, action: str, resource: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": action, "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _boto3_alone() -> float:
    """The client's own work: the answer is there before anything is sent."""
    client = boto3.client("events", "us-east-1", aws_access_key_id="none", aws_secret_access_key="none")  # noqa: S106  # no secret
    answer = {"FailedEntryCount": 0, "Entries": [{"EventId": "5f3c0a52-32c5-4d0e-9f3c-0d1d5f1f7a11"}] * BATCH}
    body = json.dumps(answer).encode()
    hooks: Any = client.meta.events
    hooks.register("before-send", lambda **_: _Answer(body))
    return _microseconds(lambda: client.put_events(Entries=[_ENTRY] * BATCH))


def _plain_moto() -> float:
    with _moto() as client:
        return _microseconds(lambda: client.put_events(Entries=[_ENTRY] * BATCH))


@contextmanager
def _moto() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("events", region_name="us-east-1")
        client.create_event_bus(Name="shop")
        yield client


class _Answer(AWSResponse):
    """An answer that came from nowhere."""

    def __init__(self, body: bytes) -> None:
        super().__init__("https://localhost", HTTPStatus.OK, HTTPHeaders(), None)
        self._content = body


def _microseconds(publish: Callable[[], object]) -> float:
    """The median of many batches, an event."""
    taken = []
    for _ in range(ROUNDS):
        start = process_time()
        publish()
        taken.append(process_time() - start)
    return statistics.median(taken) / BATCH * 1e6


if __name__ == "__main__":
    main()
