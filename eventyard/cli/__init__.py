"""The command line: one file a command, imported when it is used. The only part of eventyard that prints."""

from __future__ import annotations

import importlib
import sys
from typing import cast

import click

from eventyard.errors import EventyardError

# The command, and what `eventyard --help` says of it. Each lives in the module of its name.
COMMANDS = {
    "completion": "Print the script with which a shell completes commands and options.",
    "demo": "Play a trading day in the shop, and balance the books.",
    "match": "Tell whether an event matches a pattern, and why or why not.",
    "publish": "Publish many events to a bus, or messages to a topic.",
    "status": "Show what is deployed in a served cloud, and what flows over each edge.",
    "story": "Tell one event's way through a served cloud, hop by hop.",
    "synth": "Synthesize the CDK app of cdk.json, if its sources changed.",
    "tail": "Show events and fates as they happen in a served cloud.",
    "up": "Serve a local cloud on the loopback, for the CDK CLI and any SDK.",
    "why": "Tell which rules of a bus match an event, and why the others do not.",
}


class _Commands(click.Group):
    """Knows its commands by name, so that `--help` imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        if cmd_name not in COMMANDS:
            return None
        return cast("click.Command", importlib.import_module(f"eventyard.cli.{cmd_name}").command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click's signature
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="eventyard", message="%(prog)s %(version)s")
def _eventyard() -> None:
    """Event-driven systems on AWS: defined in CDK, proved on this machine, shipped unchanged."""


def main() -> None:
    """Run; an error of eventyard's own is one message and exit code 1."""
    try:
        _eventyard(prog_name="eventyard")
    except EventyardError as error:
        click.echo(f"eventyard: {error}", err=True)
        sys.exit(1)
