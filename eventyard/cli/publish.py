"""`eventyard publish`: many events to a bus, or messages to a topic."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from eventyard.cli._given import answering, printable
from eventyard.cli._looking import endpoint_option
from eventyard.cli._samples import samples
from eventyard.cli._session import clients
from eventyard.errors import EventyardError
from eventyard.publishing import Bus, Journal, Pace, Sending, Topic, items_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from eventyard.publishing import Destination, Item, Report

_SHOWN = 20


@click.command("publish")
@click.argument("file", required=False)
@click.option("--bus", help="The bus's name or ARN.")
@click.option("--topic", help="The topic's name or ARN.")
@click.option("--sample", metavar="MODULE:TYPE", help="Publish samples of an event type instead of a file.")
@click.option("--count", default=10, show_default=True, type=click.IntRange(1), help="How many samples.")
@click.option("--seed", default=0, show_default=True, help="Which samples: the same seed makes the same ones.")
@click.option("--source", help="The samples' source, where their type has several.")
@click.option("--jobs", default=4, show_default=True, type=click.IntRange(1, 64), help="How many calls at a time.")
@click.option("--rate", type=click.FloatRange(0, min_open=True), help="At most so many a second.")
@click.option("--resume", type=click.Path(path_type=Path), help="A file that a broken run goes on from.")
@endpoint_option
@click.option("--account", help="The account of the local cloud to be; without it, what the SDK's credentials say.")
@click.option("--region", help="The Region; without it, the SDK's.")
@click.option("--aws", is_flag=True, help="Real AWS is meant, with the SDK's own credentials and endpoints.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
def command(
    file: str | None,
    *,
    bus: str | None,
    topic: str | None,
    sample: str | None,
    count: int,
    seed: int,
    source: str | None,
    jobs: int,
    rate: float | None,
    resume: Path | None,
    endpoint: str | None,
    account: str | None,
    region: str | None,
    aws: bool,
    as_json: bool,
) -> None:
    """Publish many events to a bus, or messages to a topic: to the local cloud that `eventyard up` serves.

    FILE holds JSON lines, or is - for standard input. For a bus each line is an entry of PutEvents (Source, DetailType,
    Detail) or a whole event, for a topic an entry of PublishBatch (Message) without its Id. A file is read through
    before anything is sent.

    What is not taken for the moment is sent again, and nothing else is. With --resume a run that was broken off, or
    that left something untaken, goes on where it was. What was under way when it was killed may then be there twice.

    Exits with 0 when all of it was taken, 1 when some was not, 2 when it was broken off or could not begin.
    """
    with answering():
        if (file is None) == (sample is None):
            raise EventyardError("give FILE or --sample, one of them.", remedy="FILE is - for standard input.")
        make = clients(aws=aws, endpoint=endpoint, account=account, region=region, connections=jobs)
        to = _destination(make, bus, topic)
        aside = Console(stderr=True)

        def items() -> Iterable[Item]:
            return samples(sample, count, seed, source, to) if sample else _lines(str(file), to)

        with ExitStack() as stack:
            journal = stack.enter_context(Journal(resume, f"{to.name} at {_place(make)}")) if resume else None
            # Standard input can be read but once: there, a bad line ends the run when it comes.
            total = None if file == "-" else _checked(items(), journal)
            bar = stack.enter_context(_progress(aside))
            task = bar.add_task("Publishing", total=total)
            sending = Sending(
                to, pace=Pace(rate), journal=journal, jobs=jobs, told=lambda more: bar.advance(task, more)
            )
            report = sending.run(items())
    if as_json:
        click.echo(json.dumps(report.to_json(), indent=2))
    else:
        _tell(Console(highlight=False), report, resume)
    if report.error:
        click.echo(f"eventyard: {printable(str(report.error))}", err=True)
    sys.exit(0 if report.complete else 1 if report.ended else 2)


def _destination(make: Callable[[str], Any], bus: str | None, topic: str | None) -> Destination:
    if (bus is None) == (topic is None):
        raise EventyardError("give --bus or --topic, one of them.")
    try:
        if bus is not None:
            return Bus(make("events"), bus)
        sns = make("sns")
        if topic is not None and not topic.startswith("arn:"):
            caller, region = make("sts").get_caller_identity(), sns.meta.region_name
            topic = f"arn:{caller['Arn'].split(':')[1]}:sns:{region}:{caller['Account']}:{topic}"
        return Topic(sns, str(topic))
    except ClientError as error:
        raise EventyardError(f"{error}") from None
    except BotoCoreError as error:
        raise EventyardError(
            f"{error}", remedy="Is `eventyard up` running, and --endpoint or AWS_ENDPOINT_URL its address?"
        ) from None


def _place(make: Callable[[str], Any]) -> str:
    """Where calls go: what was published here is not published there."""
    return str(make("sns").meta.endpoint_url)


def _lines(file: str, to: Destination) -> Iterator[Item]:
    """As they are read."""
    if file == "-":
        yield from items_of(sys.stdin.buffer, to, "standard input")
        return
    try:
        with Path(file).open("rb") as lines:
            yield from items_of(lines, to, file)
    except OSError as error:
        raise EventyardError(f"it cannot be read: {error.strerror}.", where=file) from None


def _checked(items: Iterable[Item], journal: Journal | None) -> int:
    """How many there are, if all of them can be published, and are what was published before."""
    found = 0
    for item in items:
        if journal is not None:
            journal.has(item)
        found += 1
    return found


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _tell(console: Console, report: Report, resume: Path | None) -> None:
    before = f", {report.skipped:,} were before" if report.skipped else ""
    console.print(
        f"{report.taken:,} taken{before}, {len(report.untaken):,} not, in {report.seconds:.1f} s: "
        f"{report.rate:,.0f} a second, {report.calls:,} calls, {report.retried:,} sent again.",
        soft_wrap=True,
    )
    for one in report.untaken[:_SHOWN]:
        console.print(f"  line {one.line}: {one.code} {printable(one.reason)}".rstrip(), markup=False, soft_wrap=True)
    if len(report.untaken) > _SHOWN:
        console.print(f"  and {len(report.untaken) - _SHOWN:,} more: --json has them all.")
    if not report.complete:
        again = f"The same command with --resume {resume}" if resume else "With --resume FILE a further run"
        console.print(f"{again} sends what was not taken, and nothing else.", soft_wrap=True)
