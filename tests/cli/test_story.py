"""`eventyard story`, as someone types it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Typed = Callable[..., subprocess.CompletedProcess[str]]


def test_it_tells_an_events_way_by_the_beginning_of_its_id(typed: Typed, event_id: str) -> None:
    said = typed("story", event_id[:8])

    assert said.returncode == 0, said.stderr
    first, *hops = said.stdout.splitlines()
    assert first.endswith("OrderPlaced from shop.web → event-bus/default")
    reason = "NO_RESOURCE: there is no queue arn:aws:sqs:us-east-1:111111111111:orders-lost."
    assert set(hops) == {
        "  rule/orders → sqs:orders: delivered",
        f"  rule/orders → sqs:orders-lost: dead-lettered ({reason})",
    }


def test_as_json_it_has_every_attempt(typed: Typed, event_id: str) -> None:
    (chapter,) = json.loads(typed("story", event_id, "--json").stdout)["chapters"]

    codes = {d["edge"]["line"]: [attempt["code"] for attempt in d["attempts"]] for d in chapter["deliveries"]}
    assert codes == {
        "rule/orders → sqs:orders": [""],
        "rule/orders → sqs:orders-lost": ["NO_RESOURCE"],
    }


def test_an_event_that_nobody_knows_is_exit_code_1_and_a_message(typed: Typed) -> None:
    said = typed("story", "no/such event?")

    assert (said.returncode, said.stdout) == (1, "")
    assert "the ledger knows no event 'no/such event?'" in said.stderr
    assert "Use an EventId" in said.stderr
