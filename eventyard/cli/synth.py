"""`eventyard synth`: the cloud assembly, without the CDK CLI and without a Node of your own."""

from __future__ import annotations

from pathlib import Path

import click

from eventyard.assembly import read, synthesize


@click.command("synth")
@click.option(
    "--app", "project", default=".", show_default=True, type=click.Path(path_type=Path), help="Where cdk.json is."
)
@click.option("--force", is_flag=True, help="Synthesize even when nothing changed.")
def command(project: Path, *, force: bool) -> None:
    """Synthesize the CDK app of cdk.json, if its sources changed."""
    folder = synthesize(project, force=force)
    for stack in read(folder).stacks:
        where = f"{stack.account or 'any account'} {stack.region or 'any Region'}"
        click.echo(f"{stack.path}  {where}  {len(stack.template['Resources'])} resources")
    click.echo(f"in {folder}")
