"""`eventyard tail`: events and fates of a served cloud, as they happen."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.text import Text

from eventyard.cli._given import answering, printable
from eventyard.cli._looking import NobodyThereError, endpoint_option, served

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from eventyard.cli._looking import Served

_WAIT_SECONDS = 20
_AGAIN_SECONDS = 1.0
_STYLES = {"delivered": "green", "dead-lettered": "yellow", "dropped": "red", "pending": "cyan"}
# As `eventyard story` takes it.
_ID = 8


@click.command("tail")
@click.option("--account", default="", help="Only what is of this account, or goes to or from it.")
@click.option("--edge", default="", help="Only deliveries over edges whose kind and ends contain this text.")
@click.option("--to", default="", help="Only what goes to a target, bus, topic or queue whose ARN contains this text.")
@click.option("--fate", type=click.Choice(["delivered", "dead-lettered", "dropped"]), help="Only deliveries of it.")
@click.option("--source", default="", help="Only events with this source, and their deliveries.")
@click.option("--detail-type", default="", help="Only events with this detail-type, and their deliveries.")
@click.option("--attempts", is_flag=True, help="Failed attempts too, which are tried again.")
@click.option("-n", "--lines", "last", default=10, show_default=True, type=click.IntRange(0), help="So many old ones.")
@click.option("--follow/--no-follow", default=True, help="Whether to go on with what is new; until Ctrl-C.")
@endpoint_option
@click.option("--json", "as_json", is_flag=True, help="A line of JSON each.")
def command(endpoint: str | None, last: int, *, follow: bool, as_json: bool, **wanted: str | bool | None) -> None:
    """Show events and the fates of their deliveries as they happen in a served cloud.

    A line begins with the time and the beginning of the event's id: `eventyard story` takes it. When the cloud ends, it
    waits for the next one.

    Exits with 0 after Ctrl-C, 2 when no cloud answers.
    """
    query = {name: "1" if value is True else value for name, value in wanted.items() if value}
    show = _as_json if as_json else _for_people(Console(highlight=False))
    with answering():
        cloud = served(endpoint)
        try:
            found = cloud.get("tail", last=last, **query)
            _show(found, show)
            while follow:
                found = _more(cloud, found, query)
                _show(found, show)
        except KeyboardInterrupt:
            return


def _more(cloud: Served, before: Mapping[str, Any], query: Mapping[str, Any]) -> dict[str, Any]:
    """What happened since; of a cloud that was started anew, everything."""
    lost = False
    while True:
        try:
            found = cloud.get("tail", run=before["run"], after=before["next"], wait=_WAIT_SECONDS, **query)
        except NobodyThereError:
            if not lost:
                click.echo(f"eventyard: the local cloud at {cloud.endpoint} is gone; waiting for it.", err=True)
            lost = True
            time.sleep(_AGAIN_SECONDS)
            continue
        if found["run"] != before["run"]:
            click.echo(f"eventyard: another local cloud is up at {cloud.endpoint}.", err=True)
        elif found["missed"]:
            click.echo(f"eventyard: {found['missed']} went by too fast to be shown.", err=True)
        return found


def _show(found: Mapping[str, Any], show: Callable[[Mapping[str, Any]], None]) -> None:
    for happening in found["happenings"]:
        show(happening)


def _as_json(happening: Mapping[str, Any]) -> None:
    click.echo(json.dumps(happening))


def _for_people(console: Console) -> Callable[[Mapping[str, Any]], None]:
    def show(happening: Mapping[str, Any]) -> None:
        line = Text(f"{happening['time'][11:19]} ", style="dim")
        if happening["what"] == "event":
            event = happening["event"]
            line.append(f"{event['id'][:_ID]} ", style="bold").append(event["line"], style="bold")
        else:
            line.append(f"{happening['event_id'][:_ID]}   ").append(happening["edge"]["line"]).append(": ")
            line.append(_outcome(happening), style=_STYLES[happening["fate"]])
        console.print(Text.assemble(line, style=""), soft_wrap=True)

    return show


def _outcome(happening: Mapping[str, Any]) -> str:
    why = f" ({happening['code']}: {happening['reason']})" if happening["code"] else ""
    if happening["what"] == "attempt":
        return f"attempt {happening['attempts']} failed{why}"
    tries = f", {happening['attempts']} attempts" if happening["attempts"] > 1 else ""
    return printable(f"{happening['fate']}{tries}{why}")
