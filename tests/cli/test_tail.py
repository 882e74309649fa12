"""`eventyard tail`, as someone types it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Typed = Callable[..., subprocess.CompletedProcess[str]]


def test_without_following_it_shows_the_last_and_ends(typed: Typed, event_id: str) -> None:
    said = typed("tail", "--no-follow", "--source", "shop.web")

    assert said.returncode == 0, said.stderr
    event, *fates = [shown.split(" ", 1)[1] for shown in said.stdout.splitlines()]
    assert event == f"{event_id[:8]} OrderPlaced from shop.web → event-bus/default"
    assert f"{event_id[:8]}   rule/orders → sqs:orders: delivered" in fates


def test_filters_choose_and_json_is_a_line_each(typed: Typed, event_id: str) -> None:
    said = typed("tail", "--no-follow", "--json", "--fate", "dead-lettered", "--to", "orders-lost")

    (shown,) = [json.loads(each) for each in said.stdout.splitlines()]
    assert (shown["event_id"], shown["fate"], shown["code"]) == (event_id, "dead-lettered", "NO_RESOURCE")


def test_a_fate_that_is_none_is_refused_with_those_there_are(typed: Typed) -> None:
    said = typed("tail", "--fate", "lost")

    assert said.returncode == 2
    assert "'delivered', 'dead-lettered', 'dropped'" in said.stderr
