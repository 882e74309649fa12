"""The scripts that publish: to a bus, and to a topic."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.moody_service import MoodyService
from tests.scripts.conftest import SHOP, admitting

if TYPE_CHECKING:
    from tests.scripts.conftest import Shell

Json = dict[str, Any]


def order(number: int, **more: Any) -> Json:  # noqa: ANN401 - any JSON
    detail = {"order_id": f"o-{number}", **more}
    return {"Source": "shop.web", "DetailType": "OrderPlaced", "Detail": detail}


def listening(shell: Shell, bus: str) -> str:
    """A bus whose orders all go to a queue of its name; the queue's name."""
    events, queue = shell.cloud.client("events"), f"arn:aws:sqs:us-east-1:{SHOP}:{bus}"
    events.create_event_bus(Name=bus)
    events.put_rule(Name="all", EventBusName=bus, EventPattern='{"source": ["shop.web"]}')
    shell.queue(bus, Policy=admitting("events.amazonaws.com", queue))
    events.put_targets(Rule="all", EventBusName=bus, Targets=[{"Id": "1", "Arn": queue}])
    return bus


def test_every_event_of_a_file_reaches_the_bus(shell: Shell) -> None:
    bus = listening(shell, "orders")

    said = shell.run("publish_events.py", shell.lines(*(order(number) for number in range(25))), "--bus", bus)

    assert (said.returncode, said.stdout) == (0, "25 events were taken, 0 were not.\n"), said.stderr
    told = sorted(json.loads(body)["detail"]["order_id"] for body in shell.received(bus))
    assert told == sorted(f"o-{number}" for number in range(25))


def test_events_that_are_large_together_go_in_several_calls(shell: Shell) -> None:
    """Four of 300 kB are more than PutEvents takes at once."""
    bus = listening(shell, "large")

    file = shell.lines(*(order(number, note="x" * 300_000) for number in range(4)))
    said = shell.run("publish_events.py", file, "--bus", bus)

    assert said.stdout == "4 events were taken, 0 were not.\n", said.stderr
    assert len(shell.received(bus)) == 4


def test_an_event_that_is_not_taken_is_named_and_the_others_arrive(shell: Shell) -> None:
    bus = listening(shell, "strict")

    file = shell.lines(order(1), {**order(2), "Source": "aws.ec2"}, order(3))
    said = shell.run("publish_events.py", file, "--bus", bus)

    assert said.returncode == 1
    assert said.stderr.startswith("line 2: NotAuthorizedForSourceException")
    assert said.stdout == "2 events were taken, 1 were not.\n"
    assert sorted(json.loads(body)["detail"]["order_id"] for body in shell.received(bus)) == ["o-1", "o-3"]


def hearing(shell: Shell, topic: str) -> str:
    """A topic with a queue of its name subscribed to it; the topic's ARN."""
    sns, queue = shell.cloud.client("sns"), f"arn:aws:sqs:us-east-1:{SHOP}:{topic}"
    fifo = {"FifoTopic": "true"} if topic.endswith(".fifo") else {}
    arn = str(sns.create_topic(Name=topic, Attributes=fifo)["TopicArn"])
    policy = admitting("sns.amazonaws.com", queue, ArnEquals={"aws:SourceArn": arn})
    shell.queue(topic, Policy=policy, **({"FifoQueue": "true"} if fifo else {}))
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue, Attributes={"RawMessageDelivery": "true"})
    return arn


def test_every_message_of_a_file_reaches_the_topic(shell: Shell) -> None:
    topic = hearing(shell, "news")

    file = shell.lines(*({"Message": f"news {number}"} for number in range(23)))
    said = shell.run("publish_batch.py", file, "--topic", topic)

    assert (said.returncode, said.stdout) == (0, "23 messages were taken, 0 were not.\n"), said.stderr
    assert sorted(shell.received("news")) == sorted(f"news {number}" for number in range(23))


def test_messages_of_a_fifo_topic_arrive_in_the_order_of_the_file(shell: Shell) -> None:
    topic = hearing(shell, "moves.fifo")

    moves = [
        {"Message": f"move {number}", "MessageGroupId": "tea", "MessageDeduplicationId": f"m-{number}"}
        for number in range(15)
    ]
    said = shell.run("publish_batch.py", shell.lines(*moves), "--topic", topic)

    assert said.returncode == 0, said.stderr
    assert shell.received("moves.fifo") == [move["Message"] for move in moves]


def test_a_message_that_is_not_taken_is_named_and_the_others_arrive(shell: Shell) -> None:
    topic = hearing(shell, "alerts")

    file = shell.lines({"Message": "one"}, {"Message": "two", "Subject": "x" * 101}, {"Message": "three"})
    said = shell.run("publish_batch.py", file, "--topic", topic)

    assert said.returncode == 1
    assert said.stderr.startswith("line 2: InvalidParameter")
    assert sorted(shell.received("alerts")) == ["one", "three"]


def test_what_fails_for_a_while_is_published_again_and_nothing_else(shell: Shell) -> None:
    """Given a service that throttles one event twice, then that one alone is published three times."""
    with MoodyService(lambda entry, times: "ThrottlingException" if "o-2" in entry and times <= 2 else None) as service:
        file = shell.lines(*(order(number) for number in range(4)))
        said = shell.run("publish_events.py", file, "--bus", "commerce", AWS_ENDPOINT_URL=service.endpoint)

    assert (said.returncode, said.stdout) == (0, "4 events were taken, 0 were not.\n"), said.stderr
    assert [len(call) for call in service.calls] == [4, 1, 1]


def test_a_message_that_fails_for_a_while_is_published_again_and_nothing_else(shell: Shell) -> None:
    topic = f"arn:aws:sns:us-east-1:{SHOP}:news"
    with MoodyService(lambda entry, times: "InternalError" if entry == "two" and times == 1 else None) as service:
        file = shell.lines(*({"Message": message} for message in ("one", "two", "three")))
        said = shell.run("publish_batch.py", file, "--topic", topic, AWS_ENDPOINT_URL=service.endpoint)

    assert (said.returncode, said.stdout) == (0, "3 messages were taken, 0 were not.\n"), said.stderr
    assert service.calls == [["one", "two", "three"], ["two"]]
