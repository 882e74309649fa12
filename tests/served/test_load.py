"""Many clients at a time, and somebody deploys meanwhile."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.served.cdk import ROOT, deploy
from tests.served.small_apps import heard, small_app

if TYPE_CHECKING:
    from pathlib import Path

    from eventyard.local import ServedCloud

pytestmark = pytest.mark.xdist_group("the CDK CLI")

CLIENTS = 8
# `make load` sends twenty thousand.
EVENTS = int(os.environ.get("EVENTYARD_LOAD", "8000"))

log = logging.getLogger(__name__)


def publishing(served: ServedCloud, file: Path) -> subprocess.Popen[str]:
    """A process that publishes a file of events to the default bus, ten a call."""
    environment = os.environ | {
        "AWS_ENDPOINT_URL": served.endpoint,
        "AWS_ACCESS_KEY_ID": "111111111111",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_REGION": "us-east-1",
    }
    command = [sys.executable, str(ROOT / "scripts" / "publish_events.py"), str(file), "--bus", "default"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_the_books_balance_when_eight_clients_publish_and_somebody_deploys(served: ServedCloud, tmp_path: Path) -> None:
    """Given a queue that hears everything, when stacks beside it come and go meanwhile, then it has every event."""
    app, beside = tmp_path / "app", tmp_path / "beside"
    assert deploy(served.endpoint, small_app(app, "everything", heard("everything", "load"))).code == 0
    entry = json.dumps({"Source": "load", "DetailType": "x", "Detail": {"text": "x" * 200}})
    file = tmp_path / "events.jsonl"
    file.write_text(f"{entry}\n" * (EVENTS // CLIENTS))
    began, deployments = time.monotonic(), 0

    with ExitStack() as clients:
        running = [clients.enter_context(publishing(served, file)) for _ in range(CLIENTS)]
        while any(one.poll() is None for one in running):
            resources = heard("sometimes", "load") if deployments % 2 else heard("other", "load")
            outcome = deploy(served.endpoint, small_app(beside, "beside", resources))
            assert outcome.code == 0, outcome.said
            deployments += 1
        said = [one.communicate()[0] for one in running]
    took = time.monotonic() - began
    served.settle()

    log.info("%d events, %d deployments, %.1f s", EVENTS, deployments, took)
    assert said == [f"{EVENTS // CLIENTS} events were taken, 0 were not.\n"] * CLIENTS
    assert deployments > 1
    attributes = served.client("sqs").get_queue_attributes(QueueUrl="everything", AttributeNames=["All"])["Attributes"]
    assert int(attributes["ApproximateNumberOfMessages"]) == EVENTS
    served.ledger.assert_balanced()
