"""`eventyard why`, asked of a served cloud."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from eventyard.local import ServedCloud

    Typed = Callable[..., subprocess.CompletedProcess[str]]

ENTRY = {"Source": "till", "DetailType": "OrderPlaced", "Detail": '{"total": 80}'}


def test_it_tells_what_the_rules_make_of_an_event_and_publishes_none(typed: Typed, cloud: ServedCloud) -> None:
    before = len(cloud.ledger.events)

    no = typed("why", json.dumps(ENTRY), "--bus", "default")
    yes = typed("why", json.dumps({**ENTRY, "Source": "shop.web"}), "--bus", "default")

    assert (no.returncode, yes.returncode) == (1, 0), no.stderr + yes.stderr
    assert 'source: "till" is not "shop.web"' in no.stdout
    assert "1 of its 1 rules match." in yes.stdout
    assert len(cloud.ledger.events) == before


def test_a_named_endpoint_goes_before_the_shells_and_json_is_as_ever(typed: Typed, cloud: ServedCloud) -> None:
    said = typed(
        "why",
        json.dumps(ENTRY),
        "--bus",
        "default",
        "--json",
        "--endpoint",
        cloud.endpoint,
        AWS_ENDPOINT_URL="http://127.0.0.1:9",
    )

    answer = json.loads(said.stdout)
    assert answer["event"]["account"] == "111111111111"
    assert [(one["rule"], one["matches"]) for one in answer["rules"]] == [("orders", False)]


def test_a_bus_of_another_account_is_found(typed: Typed, cloud: ServedCloud) -> None:
    cloud.client("events", account="222222222222", region="eu-west-1").create_event_bus(Name="mirror")

    said = typed("why", json.dumps(ENTRY), "--bus", "mirror", "--json")

    assert json.loads(said.stdout)["event"]["region"] == "eu-west-1"
    assert said.returncode == 1


def test_a_bus_that_is_not_there_is_refused_with_those_that_are(typed: Typed) -> None:
    said = typed("why", json.dumps(ENTRY), "--bus", "comerce")

    assert said.returncode == 2
    assert "there is no such bus. There are default (111111111111 us-east-1)" in said.stderr


def test_an_assembly_and_a_served_cloud_at_once_are_refused(typed: Typed, tmp_path: Path) -> None:
    said = typed("why", json.dumps(ENTRY), "--bus", "x", "--assembly", str(tmp_path), "--endpoint", "http://[::1]:9")

    assert said.returncode == 2
    assert "--assembly or --endpoint, not both" in said.stderr
