"""`eventyard up`: the local cloud as a server, for the CDK CLI, any SDK and the other commands."""

from __future__ import annotations

import logging
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from eventyard.assembly import synthesize
from eventyard.errors import DeployError
from eventyard.local import ServedCloud

if TYPE_CHECKING:
    from eventyard.local import Notice

PORT = 4599


@click.command("up")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(0, 65_535), help="0 is any free one.")
@click.option("--empty", is_flag=True, help="Deploy nothing: the CDK CLI, or a script, is going to.")
@click.option(
    "--app", "project", default=".", show_default=True, type=click.Path(path_type=Path), help="Where cdk.json is."
)
@click.option("--assembly", type=click.Path(path_type=Path, exists=True), help="Deploy this, and synthesize nothing.")
@click.option("--speed", default=1.0, show_default=True, help="Seconds of the cloud's in one of this machine's.")
def command(port: int, project: Path, assembly: Path | None, speed: float, *, empty: bool) -> None:
    """Serve a local cloud on the loopback, until Ctrl-C."""
    console = Console()
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    if not empty and assembly is None:
        with console.status("Synthesizing with CDK (only when sources changed)"):
            assembly = synthesize(project)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with ServedCloud(port=port, speed=speed) as cloud:
        if assembly is not None and not empty:
            _deploy(cloud, assembly, console)
        console.print(f"eventyard is ready: AWS_ENDPOINT_URL={cloud.endpoint}", highlight=False, soft_wrap=True)
        stopped.wait()
        console.print("Ending.")


def _deploy(cloud: ServedCloud, assembly: Path, console: Console) -> None:
    try:
        notices: tuple[Notice, ...] = cloud.deploy(assembly)
    except DeployError as error:
        console.print(f"[red]Deployed in part:[/] {error}", highlight=False)
        return
    for notice in notices:
        console.print(f"Not emulated: {notice}", highlight=False)
