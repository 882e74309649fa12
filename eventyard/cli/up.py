"""`eventyard up`: the local cloud as a server, for the CDK CLI, any SDK and the other commands."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from pathlib import Path

import click
from rich.console import Console

from eventyard.cli._keeping_up import App, KeepingUp
from eventyard.cli._running import run_beside
from eventyard.local import ServedCloud

PORT = 4599
HERE, EVERYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104  # only who says so serves everywhere
_LOOK_SECONDS = 1.0


@click.command("up")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(0, 65_535), help="0 is any free one.")
@click.option(
    "--host",
    default=HERE,
    show_default=True,
    type=click.Choice([HERE, EVERYWHERE]),
    help="0.0.0.0 lets in whoever reaches this machine, a container say, and asks nobody for a password.",
)
@click.option("--empty", is_flag=True, help="Deploy nothing: the CDK CLI, or a script, is going to.")
@click.option("--app", default=".", show_default=True, help="A CDK project's folder, or the command that is the app.")
@click.option("--assembly", type=click.Path(path_type=Path, exists=True), help="Deploy this, and synthesize nothing.")
@click.option("--watch", is_flag=True, help="Deploy again what changed; of a function alone, its code.")
@click.option("--speed", default=1.0, show_default=True, help="Seconds of the cloud's in one of this machine's.")
@click.option("--run", "beside", help="Run a command against it when it is ready, such as `cdk deploy --all`.")
def command(
    port: int, host: str, app: str, assembly: Path | None, *, speed: float, beside: str | None, empty: bool, watch: bool
) -> None:
    """Serve a local cloud on the loopback, until Ctrl-C.

    What runs in it and for it gets the local cloud's credentials and endpoint, never the shell's own ones.
    """
    console = Console()
    if empty and watch:
        raise click.UsageError("--empty deploys nothing, so there is nothing to --watch.")
    _say_what_is_logged(console)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    deployed = None if empty else KeepingUp(App.of(app, assembly), console)
    with ServedCloud(host=host, port=port, speed=speed) as cloud:
        if deployed is not None:
            deployed.deploy(cloud)
        console.print(f"eventyard is ready: AWS_ENDPOINT_URL={cloud.endpoint}", highlight=False, soft_wrap=True)
        if beside and (code := run_beside(beside, cloud, stopped)):
            sys.exit(code)
        while not stopped.wait(_LOOK_SECONDS if watch else None):
            if deployed is not None:
                deployed.look(cloud)
        console.print("Ending.")


class _Said(logging.Handler):
    """A line of its own for each record."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        self._console.print(self.format(record), highlight=False, markup=False, soft_wrap=True)


def _say_what_is_logged(console: Console) -> None:
    """Warnings, and what of a deployment is not emulated, whoever deploys."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING, handlers=[_Said(console)])
    logging.getLogger("eventyard.local._resources").setLevel(logging.INFO)
