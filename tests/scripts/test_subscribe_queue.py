"""`subscribe_queue.py`: another account's queue hears a topic."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.scripts.conftest import PARTNER, SHOP

if TYPE_CHECKING:
    from tests.scripts.conftest import Shell


@pytest.fixture
def topic(shell: Shell) -> str:
    return str(shell.cloud.client("sns").create_topic(Name="shop-news")["TopicArn"])


def profiles(shell: Shell) -> dict[str, str]:
    """The profile `shop`, as somebody has it who works for both accounts."""
    file = shell.folder / "credentials"
    file.write_text(f"[shop]\naws_access_key_id = {SHOP}\naws_secret_access_key = {SHOP}\n")
    return {"AWS_SHARED_CREDENTIALS_FILE": str(file)}


def test_a_queue_of_another_account_hears_the_topic_from_then_on(shell: Shell, topic: str) -> None:
    """Given a queue of the partner's, when it is subscribed twice over, then a message arrives there, once."""
    shell.queue("partner-inbox", account=PARTNER)

    for _ in range(2):
        said = shell.run(
            *("subscribe_queue.py", "partner-inbox", "--topic", topic, "--topic-profile", "shop", "--raw"),
            account=PARTNER,
            **profiles(shell),
        )
        assert said.returncode == 0, said.stderr
        assert said.stdout.startswith(topic)

    shell.cloud.client("sns").publish(TopicArn=topic, Message="hello")
    assert shell.received("partner-inbox", account=PARTNER) == ["hello"]


def test_the_queue_hears_only_what_it_filters_for(shell: Shell, topic: str) -> None:
    shell.queue("german", account=PARTNER)
    filtered = ("--filter", json.dumps({"country": ["DE"]}))
    said = shell.run(
        *("subscribe_queue.py", "german", "--topic", topic, "--topic-profile", "shop", "--raw", *filtered),
        account=PARTNER,
        **profiles(shell),
    )
    assert said.returncode == 0, said.stderr

    for country in ("DE", "FR"):
        attributes = {"country": {"DataType": "String", "StringValue": country}}
        shell.cloud.client("sns").publish(TopicArn=topic, Message=country, MessageAttributes=attributes)
    assert shell.received("german", account=PARTNER) == ["DE"]


def test_a_topic_that_does_not_admit_the_account_refuses_the_subscription(shell: Shell) -> None:
    topic = shell.cloud.client("sns").create_topic(Name="internal")["TopicArn"]
    shell.queue("curious", account=PARTNER)

    said = shell.run("subscribe_queue.py", "curious", "--topic", topic, account=PARTNER)

    assert said.returncode == 1
    assert "AuthorizationError" in said.stderr


def test_statements_of_the_queues_policy_stay(shell: Shell, topic: str) -> None:
    mine = {"Sid": "Mine", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{SHOP}:root"}, "Action": "sqs:*"}
    queue = f"arn:aws:sqs:us-east-1:{PARTNER}:kept"
    policy = {"Version": "2012-10-17", "Statement": [{**mine, "Resource": queue}]}
    shell.queue("kept", account=PARTNER, Policy=policy)

    arguments = ("kept", "--topic", topic, "--topic-profile", "shop")
    said = shell.run("subscribe_queue.py", *arguments, account=PARTNER, **profiles(shell))

    assert said.returncode == 0, said.stderr
    sqs = shell.cloud.client("sqs", account=PARTNER)
    url = sqs.get_queue_url(QueueName="kept")["QueueUrl"]
    found = json.loads(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"])
    assert [one["Sid"] for one in found["Statement"]] == ["Mine", f"From{SHOP}shopnews"]
