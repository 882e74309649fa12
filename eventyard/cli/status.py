"""`eventyard status`: what is deployed in a served cloud, and what flows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from eventyard.cli._given import answering
from eventyard.cli._looking import endpoint_option, served
from eventyard.cli._status_page import page

if TYPE_CHECKING:
    from collections.abc import Mapping


@click.command("status")
@click.option("--account", help="Only this account.")
@click.option("--all", "everything", is_flag=True, help="Also empty queues, and alarms that are not in ALARM.")
@endpoint_option
@click.option("--json", "as_json", is_flag=True, help="All of it as JSON.")
def command(account: str | None, endpoint: str | None, *, everything: bool, as_json: bool) -> None:
    """Show what is deployed in a served cloud, by account and Region, and what flows over each edge.

    Exits with 0 when it is shown, 2 when no cloud answers.
    """
    with answering():
        cloud = served(endpoint)
        found = cloud.get("status")
    if account is not None:
        found = _only(account, found)
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    page(Console(highlight=False), cloud.endpoint, found, everything=everything)


def _only(account: str, found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **found,
        "accounts": {name: balance for name, balance in found["accounts"].items() if name == account},
        "places": [place for place in found["places"] if place["account"] == account],
        "edges": [edge for edge in found["edges"] if edge["account"] == account],
    }
