"""Several clients of a served cloud at a time, over HTTP."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Timer
from typing import TYPE_CHECKING, Any

import boto3
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.local import ServedCloud

CLIENTS, BATCHES = 8, 12


def client(served: ServedCloud, service: str, key: str) -> Any:  # noqa: ANN401 - boto3's own dynamic type
    """As somebody makes it who knows nothing of eventyard but the address."""
    session: Any = boto3.Session(aws_access_key_id=key, aws_secret_access_key=key, region_name="us-east-1")
    return session.client(service, endpoint_url=served.endpoint)


def admitting(queue: str) -> dict[str, str]:
    statement = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "*", "Resource": queue}
    return {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}


def test_eight_clients_publish_at_a_time_and_the_books_balance(served: ServedCloud) -> None:
    queue = "arn:aws:sqs:us-east-1:111111111111:crowd"
    url = served.client("sqs").create_queue(QueueName="crowd", Attributes=admitting(queue))["QueueUrl"]
    served.client("events").put_rule(Name="crowd", EventPattern='{"source": ["crowd"]}')
    served.client("events").put_targets(Rule="crowd", Targets=[{"Id": "1", "Arn": queue}])

    def publish(number: int) -> int:
        events = client(served, "events", "111111111111")
        entry = {"Source": "crowd", "DetailType": f"{number}", "Detail": "{}"}
        answers = [events.put_events(Entries=[entry] * 10) for _ in range(BATCHES)]
        return sum(answer["FailedEntryCount"] for answer in answers)

    with ThreadPoolExecutor(CLIENTS) as pool:
        failed = sum(pool.map(publish, range(CLIENTS)))
    served.settle()

    attributes = served.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert failed == 0
    assert int(attributes["ApproximateNumberOfMessages"]) == CLIENTS * BATCHES * 10
    served.ledger.assert_balanced()


def test_a_consumer_that_waits_has_the_message_as_soon_as_it_is_there_and_holds_up_nobody(served: ServedCloud) -> None:
    sqs = client(served, "sqs", "111111111111")
    url = sqs.create_queue(QueueName="waiting")["QueueUrl"]
    later = Timer(0.3, lambda: served.client("sqs").send_message(QueueUrl=url, MessageBody="hello"))
    later.start()

    began = time.monotonic()
    messages = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]

    assert [message["Body"] for message in messages] == ["hello"]
    assert time.monotonic() - began < 10  # not the twenty seconds that it would have waited


@pytest.mark.parametrize("key", ["222222222222", "AKIA222222222222YARD"])
def test_an_access_key_names_its_account(served: ServedCloud, key: str) -> None:
    assert client(served, "sts", key).get_caller_identity()["Account"] == "222222222222"


def test_a_function_that_is_waited_for_lets_others_in(served: ServedCloud, function: Callable[[str, str], str]) -> None:
    """Its own calls are such others: without, it would wait for itself."""
    name = function(
        "asks",
        """
        import boto3
        def handle(event, context):
            return boto3.client("sts").get_caller_identity()["Account"]
        """,
    )
    answer = served.client("lambda").invoke(FunctionName=name, Payload=b"{}")
    assert json.loads(answer["Payload"].read()) == "111111111111"


def test_any_other_key_is_of_the_clouds_own_account(served: ServedCloud) -> None:
    assert client(served, "sts", "test").get_caller_identity()["Account"] == served.account
