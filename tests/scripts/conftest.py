"""A served cloud, and a shell in which its scripts run as they do against AWS: nothing but the environment differs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.local import ServedCloud

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SHOP, PARTNER = "111111111111", "222222222222"

Said = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Shell:
    """A shell of somebody's, in a folder of theirs."""

    cloud: ServedCloud
    folder: Path

    def run(self, script: str, *arguments: str, account: str = SHOP, **environment: str) -> Said:
        """A script's answer, with the credentials of an account unless the environment says otherwise."""
        credentials = {"AWS_ACCESS_KEY_ID": account, "AWS_SECRET_ACCESS_KEY": account}
        given = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "AWS_ENDPOINT_URL": self.cloud.endpoint,
            "AWS_DEFAULT_REGION": "us-east-1",
            **credentials,
            **environment,
        }
        command = [sys.executable, str(ROOT / "scripts" / script), *arguments]
        return subprocess.run(command, cwd=self.folder, env=given, capture_output=True, text=True, check=False)

    def lines(self, *objects: Any) -> str:  # noqa: ANN401 - any JSON
        """A file of JSON lines, by its name."""
        file = self.folder / "lines.jsonl"
        file.write_text("".join(json.dumps(one) + "\n" for one in objects))
        return file.name

    def queue(self, name: str, *, account: str = SHOP, **attributes: Any) -> str:  # noqa: ANN401 - any JSON
        """A queue, by its ARN; attributes that are no text go as JSON."""
        given = {key: value if isinstance(value, str) else json.dumps(value) for key, value in attributes.items()}
        self.cloud.client("sqs", account=account).create_queue(QueueName=name, Attributes=given)
        return f"arn:aws:sqs:us-east-1:{account}:{name}"

    def received(self, name: str, *, account: str = SHOP) -> list[str]:
        """The bodies of a queue's messages, once everything has come to rest."""
        self.cloud.settle()
        sqs = self.cloud.client("sqs", account=account)
        url, bodies = sqs.get_queue_url(QueueName=name)["QueueUrl"], []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            bodies += [message["Body"] for message in messages]
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies


def admitting(service: str, queue: str, **conditions: Any) -> dict[str, Any]:  # noqa: ANN401 - a policy's conditions
    """A policy that lets a service send to a queue."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": conditions,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.fixture(scope="module")
def served() -> Iterator[ServedCloud]:
    with ServedCloud(port=0, speed=60) as cloud:
        yield cloud


@pytest.fixture
def shell(served: ServedCloud, tmp_path: Path) -> Shell:
    return Shell(served, tmp_path)
