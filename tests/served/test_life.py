"""A served cloud begins, goes on by itself, and ends."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from eventyard.errors import EventyardError
from eventyard.local import Fate, ServedCloud

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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


@pytest.fixture
def served() -> Iterator[ServedCloud]:
    """A cloud whose minutes are tenths of a second."""
    with ServedCloud(port=0, speed=600, enforce=False) as cloud:
        yield cloud


def test_a_message_that_comes_again_while_a_function_still_works_on_it_has_one_fate(
    served: ServedCloud, function: Callable[[str, str], str], caplog: pytest.LogCaptureFixture
) -> None:
    """Given a function that outlasts the visibility timeout, then both of its invocations end well, and one counts."""
    name = function("slow", "import time\ndef handle(event, context):\n    time.sleep(0.4)\n")
    sqs = served.client("sqs")
    url = sqs.create_queue(QueueName="work", Attributes={"VisibilityTimeout": "60"})["QueueUrl"]
    queue = "arn:aws:sqs:us-east-1:111111111111:work"
    served.client("lambda").create_event_source_mapping(FunctionName=name, EventSourceArn=queue)

    nothing = sqs.create_queue(QueueName="nothing")["QueueUrl"]
    for _ in range(5):
        # Each makes Lambda look into the queue, where what is at work is visible again after the wait.
        sqs.send_message(QueueUrl=url, MessageBody="{}")
        sqs.receive_message(QueueUrl=nothing, WaitTimeSeconds=20)
    served.settle()

    assert [delivery.fate for delivery in served.ledger.deliveries] == [Fate.DELIVERED] * 5
    served.ledger.assert_balanced()
    assert "error of eventyard's own" not in caplog.text
