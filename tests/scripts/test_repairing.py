"""The scripts that bring events back: a replay, and the redrive of a dead-letter queue."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.scripts.conftest import SHOP, admitting

if TYPE_CHECKING:
    from tests.scripts.conftest import Shell

OFTEN = ("--every", "0.05")


def test_a_replay_brings_the_events_of_a_time_back_to_one_rule(shell: Shell) -> None:
    """Given two queues that heard an order, when it is replayed to one rule, then that queue alone hears it again."""
    events = shell.cloud.client("events")
    bus = events.create_event_bus(Name="commerce")["EventBusArn"]
    events.create_archive(ArchiveName="orders", EventSourceArn=bus)
    for name in ("invoices", "audit"):
        queue = shell.queue(name, Policy=admitting("events.amazonaws.com", f"arn:aws:sqs:us-east-1:{SHOP}:{name}"))
        events.put_rule(Name=name, EventBusName="commerce", EventPattern='{"source": ["shop.web"]}')
        events.put_targets(Rule=name, EventBusName="commerce", Targets=[{"Id": "1", "Arn": queue}])
    entry = {"EventBusName": "commerce", "Source": "shop.web", "DetailType": "OrderPlaced", "Detail": '{"id": "o-1"}'}
    events.put_events(Entries=[entry])
    assert [len(shell.received(name)) for name in ("invoices", "audit")] == [1, 1]

    now = datetime.now(UTC)
    window = ("--since", (now - timedelta(days=1)).isoformat(), "--until", (now + timedelta(days=1)).isoformat())
    said = shell.run("start_replay.py", "orders", *window, "--rule", "invoices", *OFTEN)

    assert said.returncode == 0, said.stdout + said.stderr
    assert said.stdout.endswith("COMPLETED\n")
    (again,) = shell.received("invoices")
    assert json.loads(again)["replay-name"].startswith("orders-")
    assert shell.received("audit") == []


def test_a_time_without_a_zone_is_refused(shell: Shell) -> None:
    said = shell.run("start_replay.py", "orders", "--since", "2026-01-01T08:00:00")

    assert said.returncode == 2
    assert "2026-01-01T08:00:00 has no zone: write 2026-01-01T08:00:00Z for UTC" in said.stderr


def test_what_a_dead_letter_queue_holds_goes_back_to_where_it_came_from(shell: Shell) -> None:
    dead = shell.queue("orders-dead")
    redrive = {"deadLetterTargetArn": dead, "maxReceiveCount": 1}
    shell.queue("orders-work", VisibilityTimeout="0", RedrivePolicy=redrive)
    sqs = shell.cloud.client("sqs")
    url = sqs.get_queue_url(QueueName="orders-work")["QueueUrl"]
    for number in range(3):
        sqs.send_message(QueueUrl=url, MessageBody=f"order {number}")
    while sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        pass  # nobody deletes them

    said = shell.run("redrive_queue.py", "orders-dead", *OFTEN)

    assert said.returncode == 0, said.stdout + said.stderr
    assert said.stdout.splitlines()[-1] == "COMPLETED: 3 of 3 messages"
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert sorted(message["Body"] for message in messages) == ["order 0", "order 1", "order 2"]


def test_the_dead_letters_of_a_rule_go_to_the_queue_that_is_named(shell: Shell) -> None:
    shell.queue("rule-dead")
    shell.queue("worklist")
    sqs = shell.cloud.client("sqs")
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="rule-dead")["QueueUrl"], MessageBody="lost")
    # SQS moves messages only out of a queue that is somebody's dead-letter queue.
    shell.queue(
        "somebody",
        RedrivePolicy={"deadLetterTargetArn": f"arn:aws:sqs:us-east-1:{SHOP}:rule-dead", "maxReceiveCount": 5},
    )

    said = shell.run("redrive_queue.py", "rule-dead", "--to", "worklist", "--rate", "50", *OFTEN)

    assert said.returncode == 0, said.stdout + said.stderr
    assert shell.received("worklist") == ["lost"]
