"""A served cloud that is killed in the middle of its work, and started again."""

from __future__ import annotations

import json
import os
import select
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError

from tests.served.shell import client, up
from tests.served.small_apps import Json, heard, small_app

if TYPE_CHECKING:
    from collections.abc import Callable

PUBLISHERS, ENOUGH = 4, 20
ENTRY = {"Source": "load", "DetailType": "x", "Detail": "{}"}
ALLOWED = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
# It says so, and then takes longer than anybody waits.
SLEEPY: Json = {
    "SleepyRole": {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [ALLOWED]}},
    },
    "Sleepy": {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": "sleepy",
            "Runtime": "python3.13",
            "Handler": "index.handle",
            "Timeout": 600,
            "Role": {"Fn::GetAtt": ["SleepyRole", "Arn"]},
            "Code": {"ZipFile": "import time\ndef handle(event, context):\n    time.sleep(event['seconds'])\n"},
        },
    },
}


def until_it_fails(call: Callable[[], object]) -> str:
    """Call until there is an error of the connection; answers which."""
    while True:
        try:
            call()
        except BotoCoreError as error:
            return type(error).__name__


def children(pid: int) -> list[int]:
    """Files that can be read when a child of the process has ended: one for each that it has now."""
    found = []
    for thread in Path(f"/proc/{pid}/task").iterdir():
        # A thread that answers a request may have ended meanwhile; those that start functions stay.
        with suppress(OSError):
            found += [os.pidfd_open(int(child)) for child in (thread / "children").read_text().split()]
    return found


def test_killed_in_mid_load_it_leaves_nobody_waiting_and_serves_again(tmp_path: Path) -> None:
    """Given publishers, a consumer that waits and a function at work, when the server is killed, then all are told.

    Each client has an error of its connection, the function's process ends, and a new server on the same port delivers.
    """
    app = small_app(tmp_path / "app", "load", {**heard("everything", "load"), **SLEEPY})
    published, enough = threading.Semaphore(0), PUBLISHERS * ENOUGH

    # In this order: the clients end when the server does, also when something else fails before.
    with ThreadPoolExecutor(PUBLISHERS + 2) as pool, up("--assembly", str(app)) as (run, endpoint):
        function = client(endpoint, "lambda")
        function.invoke(FunctionName="sleepy", Payload=json.dumps({"seconds": 0}))

        def publish() -> None:
            client_of_thread.put_events(Entries=[ENTRY] * 10)
            published.release()

        client_of_thread = client(endpoint, "events")
        empty = client(endpoint, "sqs").create_queue(QueueName="empty")["QueueUrl"]
        waits: list[Callable[[], Any]] = [
            *[publish] * PUBLISHERS,
            lambda: client(endpoint, "sqs").receive_message(QueueUrl=empty, WaitTimeSeconds=20),
            lambda: function.invoke(FunctionName="sleepy", Payload=json.dumps({"seconds": 500})),
        ]
        clients = [pool.submit(until_it_fails, call) for call in waits]
        for _ in range(enough):
            assert published.acquire(timeout=60), [one.exception() or one.result() for one in clients if one.done()]
        workers = children(run.pid)
        run.kill()
        errors = [one.result(timeout=10) for one in clients]
        ended = [bool(select.select([worker], [], [], 10)[0]) for worker in workers]

    assert set(errors) <= {"ConnectionClosedError", "EndpointConnectionError"}, errors
    assert workers
    assert all(ended)
    with up("--assembly", str(app), "--port", endpoint.rsplit(":", 1)[1]) as (_, again):
        client(again, "events").put_events(Entries=[ENTRY])
        got = client(again, "sqs").receive_message(QueueUrl="everything", WaitTimeSeconds=20)
    assert again == endpoint
    assert len(got["Messages"]) == 1
