"""Measure what a message costs in a queue of ten messages, of a thousand, of a hundred thousand; and in plain moto."""

from __future__ import annotations

import contextlib
import platform
import statistics
import sys
from time import process_time
from typing import TYPE_CHECKING, Any

import boto3
from moto import mock_aws

from eventyard.local import LocalCloud

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DEPTHS = (10, 1_000, 100_000)
# Filling a queue of plain moto's takes the square of its depth: a hundred thousand messages would take days.
MOTO_DEPTHS = (10, 1_000)
ROUNDS = 200
BATCH = 10


def main() -> None:
    """Print the table."""
    sys.stdout.write(f"send + receive + delete through boto3, in process, Python {platform.python_version()}\n\n")
    sys.stdout.write("| messages in the queue | eventyard | to that at 10 | plain moto | to eventyard |\n")
    sys.stdout.write("| --------------------: | --------: | ------------: | ---------: | -----------: |\n")
    with _eventyard() as sqs:
        ours = _milliseconds(sqs, DEPTHS)
    with _moto() as sqs:
        theirs = _milliseconds(sqs, MOTO_DEPTHS)
    for depth, own in ours.items():
        other = f"{theirs[depth]:7.2f} ms | {theirs[depth] / own:12.1f}" if depth in theirs else f"{'':10} | {'':12}"
        sys.stdout.write(f"| {depth:21,} | {own:6.2f} ms | {own / ours[DEPTHS[0]]:13.2f} | {other} |\n")


@contextlib.contextmanager
def _eventyard() -> Iterator[Any]:
    with LocalCloud() as cloud:
        yield cloud.client("sqs")


@contextlib.contextmanager
def _moto() -> Iterator[Any]:
    with mock_aws():
        yield boto3.client("sqs", region_name="us-east-1")


def _milliseconds(sqs: Any, depths: Sequence[int]) -> dict[int, float]:  # noqa: ANN401  # boto3's own dynamic type
    """The median of a message's round trip among so many others; measured in turns, so that all share the noise."""
    urls = {depth: _filled(sqs, depth) for depth in depths}
    taken: dict[int, list[float]] = {depth: [] for depth in depths}
    for _ in range(ROUNDS):
        for depth, url in urls.items():
            start = process_time()
            sqs.send_message(QueueUrl=url, MessageBody="hello")
            (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            taken[depth].append(process_time() - start)
    return {depth: statistics.median(times) * 1000 for depth, times in taken.items()}


def _filled(sqs: Any, depth: int) -> str:  # noqa: ANN401  # as above
    """The URL of a queue that holds so many messages."""
    url = str(sqs.create_queue(QueueName=f"depth-{depth}")["QueueUrl"])
    for _ in range(depth // BATCH):
        entries = [{"Id": str(number), "MessageBody": "hello"} for number in range(BATCH)]
        sqs.send_message_batch(QueueUrl=url, Entries=entries)
    return url


if __name__ == "__main__":
    main()
