"""`eventyard up` as a process of its own, and clients that know no more of it than its address."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_LONGEST_SECONDS = 120


@contextmanager
def up(*arguments: str, cwd: Path | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process, and the address that its line with `ready` says."""
    command = [sys.executable, "-u", "-m", "eventyard", "up", "--port", "0", *arguments]
    environment = {**os.environ, "COLUMNS": "200"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, cwd=cwd
    ) as run:
        # Who waits for a word that never comes is told so by the end of the process.
        guard = Timer(_LONGEST_SECONDS, run.kill)
        guard.start()
        try:
            lines = []
            for line in run.stdout or ():
                lines.append(line)
                if found := re.search(r"ready.*(http://127\.0\.0\.1:\d+)", line):
                    yield run, found[1]
                    break
            else:
                pytest.fail("".join(lines))
        finally:
            guard.cancel()
            run.kill()


def client(endpoint: str, service: str) -> Any:  # noqa: ANN401 - boto3's own dynamic type
    """One that calls once, and has the answer or an error."""
    session: Any = boto3.Session(
        aws_access_key_id="111111111111",
        aws_secret_access_key="x",  # noqa: S106 - any will do
        region_name="us-east-1",
    )
    return session.client(service, endpoint_url=endpoint, config=Config(retries={"total_max_attempts": 1}))
