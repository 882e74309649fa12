"""`eventyard why`: which rules of a bus match an event, and why the others do not."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from botocore.loaders import create_loader
from rich.console import Console
from rich.text import Text

from eventyard.assembly import read, synthesize
from eventyard.cli._given import answering, object_of, printable, text_of
from eventyard.cli._looking import DEFAULT, VARIABLE, NobodyThereError, served
from eventyard.cli._rules import the_bus, verdicts, whole_event
from eventyard.errors import DeployError, EventyardError
from eventyard.local import LocalCloud

if TYPE_CHECKING:
    from eventyard.cli._looking import Served
    from eventyard.cli._rules import Bus, Verdict

    Answer = tuple[Bus, dict[str, Any], list[Verdict]]


@click.command("why")
@click.argument("event")
@click.option("--bus", required=True, help="The bus's name, or its ARN.")
@click.option(
    "--assembly",
    type=click.Path(path_type=Path),
    help="A cloud assembly or a JSON template; without it and --endpoint, the app of cdk.json is synthesized.",
)
@click.option(
    "--endpoint",
    metavar="URL",
    help=f"Ask the cloud that is served there; without it {VARIABLE}, or {DEFAULT} where there is no cdk.json.",
)
@click.option("--account", help="The bus's account, where buses of several have that name.")
@click.option("--region", help="The bus's Region, likewise.")
@click.option("--json", "as_json", is_flag=True, help="The answer as JSON.")
def command(
    event: str,
    bus: str,
    assembly: Path | None,
    *,
    endpoint: str | None,
    account: str | None,
    region: str | None,
    as_json: bool,
) -> None:
    """Tell which rules of a bus match an event, and why the others do not, the nearest miss first.

    The bus is one of a cloud assembly, or of a served cloud, in which nothing is published by asking.

    EVENT is JSON text, a file name, or - for standard input: the whole envelope, or what a producer gives to PutEvents
    (Source, DetailType, Detail). What it lacks is made up.

    Exits with 0 when any rule matches, 1 when none does, 2 when it cannot be told.
    """
    if assembly is not None and endpoint is not None:
        raise click.UsageError("give --assembly or --endpoint, not both.")
    with answering():
        _refuse_unknown(region)
        given = object_of(text_of(event, "EVENT"), "EVENT")
        asked = None if assembly is not None else _served(endpoint)
        ask = partial(_of_a_served_cloud, asked) if asked is not None else partial(_of_an_assembly, assembly)
        where, told, found = ask(given, bus, account, region)
    if as_json:
        answer = {"bus": where.arn, "event": told, "rules": [asdict(verdict) for verdict in found]}
        click.echo(json.dumps(answer, indent=2))
    else:
        _tell(Console(highlight=False), where, told, found)
    sys.exit(0 if any(verdict.matches for verdict in found) else 1)


def _served(endpoint: str | None) -> Served | None:
    """The served cloud that is meant; None where an app is."""
    meant = endpoint or os.environ.get(VARIABLE) or not Path("cdk.json").exists()
    return served(endpoint) if meant else None


def _of_a_served_cloud(
    cloud: Served, given: dict[str, Any], bus: str, account: str | None, region: str | None
) -> Answer:
    try:
        places = {(place["account"], place["region"]) for place in cloud.get("status")["places"]}
    except NobodyThereError as nobody:
        remedy = f"{nobody.remedy[:-1]}; or name an --assembly, or run this in a CDK project."
        raise EventyardError(nobody.message, where=nobody.where, remedy=remedy) from None
    where = the_bus(cloud, places, bus, account=account, region=region)
    # PutEvents completes an event, and publishes it: so not there, but in a cloud that has nothing but this bus.
    with LocalCloud(account=where.account, region=where.region) as apart:
        if where.name != "default":
            apart.client("events").create_event_bus(Name=where.name)
        told = whole_event(apart, where, given)
    return where, told, verdicts(cloud, where, told)


def _of_an_assembly(
    assembly: Path | None, given: dict[str, Any], bus: str, account: str | None, region: str | None
) -> Answer:
    # Progress goes to standard error: standard output is the answer.
    aside = Console(stderr=True)
    if assembly is None:
        with aside.status("Synthesizing with CDK (only when sources changed)"):
            assembly = synthesize()
    # Stacks that name no account or Region go where the bus is asked for.
    place: dict[str, Any] = {"account": account, "region": region}
    with LocalCloud(**{name: value for name, value in place.items() if value}) as cloud:
        with aside.status("Deploying it into the local cloud"):
            _deploy(cloud, assembly)
        places = {(stack.account or cloud.account, stack.region or cloud.region) for stack in read(assembly).stacks}
        where = the_bus(cloud, places, bus, account=account, region=region)
        told = whole_event(cloud, where, given)
        return where, told, verdicts(cloud, where, told)


def _deploy(cloud: LocalCloud, assembly: Path) -> None:
    try:
        cloud.deploy(assembly)
    except DeployError as error:
        # The rest is deployed, and most often the rules are among it.
        click.echo(f"eventyard: {error}", err=True)


def _tell(console: Console, bus: Bus, event: dict[str, Any], found: list[Verdict]) -> None:
    matching = [verdict for verdict in found if verdict.matches]
    others = found[len(matching) :]
    title = f"{event['detail-type']} from {event['source']} on {bus}"
    _write(console, title, style="bold")
    _write(console, f"{len(matching)} of its {len(found)} rules match." if found else "It has no rules.")
    for verdict in matching:
        _write(console, f"  {verdict.rule}", style="green")
    if others:
        _write(console, "")
        _write(console, "Why not the others, the nearest miss first", style="bold")
    for verdict in others:
        _write(console, f"  {verdict.rule}", style="yellow")
        for line in verdict.lines():
            _write(console, f"    {line}")


def _write(console: Console, line: str, style: str = "") -> None:
    """A line, wrapped under its own beginning; a name or a value in it is never taken for markup."""
    words = line.lstrip()
    indent = len(line) - len(words)
    for part in Text(printable(words), style=style).wrap(console, console.width - indent):
        part.rstrip()
        console.print(Text(" " * indent).append_text(part))


def _refuse_unknown(region: str | None) -> None:
    known = {
        name for partition in create_loader().load_data("endpoints")["partitions"] for name in partition["regions"]
    }
    if region is not None and region not in known:
        raise EventyardError(
            "there is no such Region.", where=f"--region {region}", remedy="Write one such as eu-central-1."
        )
