"""`eventyard up`, as somebody starts it in a shell."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def up(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process, and the address that its line with `ready` says."""
    command = [sys.executable, "-u", "-m", "eventyard", "up", "--port", "0", *arguments]
    environment = {**os.environ, "COLUMNS": "200"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment) as run:
        said = []
        for line in run.stdout or ():
            said.append(line)
            if found := re.search(r"ready.*(http://127\.0\.0\.1:\d+)", line):
                yield run, found[1]
                break
        else:
            pytest.fail("".join(said))
        run.kill()


def client(endpoint: str, service: str) -> Any:  # noqa: ANN401 - boto3's own dynamic type
    session: Any = boto3.Session(
        aws_access_key_id="111111111111",
        aws_secret_access_key="x",  # noqa: S106 - any will do
        region_name="us-east-1",
    )
    return session.client(service, endpoint_url=endpoint)


def test_it_says_when_it_is_ready_serves_and_ends_with_ctrl_c() -> None:
    with up("--empty") as (run, endpoint):
        assert client(endpoint, "sts").get_caller_identity()["Account"] == "111111111111"
        run.send_signal(signal.SIGINT)
        assert run.wait(timeout=30) == 0


def test_it_deploys_an_assembly_before_it_is_ready(tmp_path: Path) -> None:
    template = tmp_path / "shop.json"
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "orders"}}
    template.write_text(json.dumps({"Resources": {"Orders": queue}}))
    with up("--assembly", str(template)) as (_, endpoint):
        assert client(endpoint, "sqs").get_queue_url(QueueName="orders")["QueueUrl"]
