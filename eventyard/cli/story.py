"""`eventyard story`: one event's way through a served cloud, hop by hop."""

from __future__ import annotations

import json
import sys

import click
from rich.console import Console

from eventyard.cli._given import answering, printable
from eventyard.cli._looking import NotFoundError, endpoint_option, served

_STYLES = {": delivered": "green", ": dead-lettered": "yellow", ": dropped": "red", ": pending": "cyan"}


@click.command("story")
@click.argument("event_id")
@endpoint_option
@click.option("--json", "as_json", is_flag=True, help="The story as JSON, with every attempt and functions' logs.")
def command(event_id: str, endpoint: str | None, *, as_json: bool) -> None:
    """Tell one event's way through a served cloud: each hop with its fate, and what it led to.

    EVENT_ID is an EventId that PutEvents, or a MessageId that Publish or SendMessage, answered; its beginning will do.

    Exits with 0 when it is told, 1 when no such event is known, 2 when it cannot be told.
    """
    with answering():
        cloud = served(endpoint)
        try:
            found = cloud.get("story", event_id)
        except NotFoundError as unknown:
            click.echo(f"eventyard: {unknown}", err=True)
            sys.exit(1)
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    console = Console(highlight=False)
    for line in found["lines"]:
        style = next((style for fate, style in _STYLES.items() if fate in line), "")
        console.print(printable(line), style=style, markup=False, soft_wrap=True)
