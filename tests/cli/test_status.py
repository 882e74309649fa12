"""`eventyard status`, as someone types it."""

from __future__ import annotations

import json
import re
import socket
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Typed = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize("columns", [80, 200])
@pytest.mark.usefixtures("event_id")
def test_it_shows_what_is_deployed_and_what_flows_within_the_terminals_width(typed: Typed, columns: int) -> None:
    said = typed("status", columns=columns)

    assert said.returncode == 0, said.stderr
    assert max(map(len, said.stdout.splitlines())) <= columns
    page = " ".join(said.stdout.split())
    assert "111111111111 us-east-1" in page
    assert "default (1 rule)" in page
    assert "2, of them 1 dead-letter queue with 1 message in them" in page
    assert "rule/orders → sqs:orders" in page
    assert "2 matched = 1 delivered + 1 dead-lettered + 0 dropped + 0 pending, of 1 events" in page


@pytest.mark.usefixtures("event_id")
def test_narrow_it_says_in_words_what_became_of_an_edges_deliveries(typed: Typed) -> None:
    assert re.search(r"sqs:orders-lost\s+1 dead-lettered\s*\n", typed("status", columns=80).stdout)


@pytest.mark.usefixtures("event_id")
def test_wide_it_is_a_column_for_each_fate(typed: Typed) -> None:
    assert re.search(r"→ sqs:orders-lost\s+·\s+1\s+·\s+·\s+·", typed("status", columns=200).stdout)


@pytest.mark.usefixtures("event_id")
def test_as_json_it_is_all_there_is_and_an_account_is_chosen(typed: Typed) -> None:
    mine = json.loads(typed("status", "--json", "--account", "111111111111").stdout)
    nobodys = json.loads(typed("status", "--json", "--account", "222222222222").stdout)

    assert {edge["line"] for edge in mine["edges"]} == {
        "rule/orders → sqs:orders",
        "rule/orders → sqs:orders-lost",
    }
    assert (nobodys["places"], nobodys["edges"], nobodys["accounts"]) == ([], [], {})


def test_where_no_cloud_answers_it_says_how_to_start_one(typed: Typed) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    nowhere = f"http://127.0.0.1:{port}"

    said = typed("status", "--endpoint", nowhere)

    assert said.returncode == 2
    assert said.stderr == (
        f"eventyard: {nowhere}: no local cloud answers. Start one with `eventyard up`, in another shell; "
        "or say where it is, with --endpoint or AWS_ENDPOINT_URL.\n"
    )


def test_an_address_that_is_none_of_a_served_cloud_is_refused(typed: Typed) -> None:
    said = typed("status", AWS_ENDPOINT_URL="https://events.us-east-1.amazonaws.com")

    assert said.returncode == 2
    assert "is no address of a served cloud" in said.stderr
