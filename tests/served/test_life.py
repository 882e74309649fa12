"""A served cloud begins, goes on by itself, and ends."""

from __future__ import annotations

import socket

import pytest

from eventyard.errors import EventyardError
from eventyard.local import Fate, ServedCloud


def test_a_port_that_is_taken_is_said_to_be() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(EventyardError, match=f"port {port} cannot be listened on"), ServedCloud(port=port):
            pass


def test_time_goes_by_itself_as_fast_as_it_is_told() -> None:
    """Given a cloud whose hours are seconds, when a target fails twice, then its retries come and it is delivered."""
    with ServedCloud(port=0, speed=3_600, enforce=False) as cloud:
        queue = "arn:aws:sqs:us-east-1:111111111111:slow"
        cloud.client("sqs").create_queue(QueueName="slow")
        cloud.client("events").put_rule(Name="slow", EventPattern='{"source": ["slow"]}')
        cloud.client("events").put_targets(Rule="slow", Targets=[{"Id": "1", "Arn": queue}])
        cloud.faults.fail("slow", times=2)
        cloud.client("events").put_events(Entries=[{"Source": "slow", "DetailType": "x", "Detail": "{}"}])
        cloud.settle()
        (delivery,) = cloud.ledger.deliveries
        with pytest.raises(EventyardError, match="goes by itself"):
            cloud.advance(hours=1)
    assert (delivery.fate, len(delivery.attempts)) == (Fate.DELIVERED, 3)


def test_a_cloud_that_has_ended_listens_no_longer_and_the_next_one_may_have_its_port() -> None:
    with ServedCloud(port=0) as cloud:
        port = int(cloud.endpoint.rpartition(":")[2])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=10)
    with ServedCloud(port=port) as cloud:
        assert cloud.endpoint.endswith(f":{port}")
