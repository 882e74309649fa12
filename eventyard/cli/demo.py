"""`eventyard demo`: a trading day in the shop, told from the ledger."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from eventyard.assembly import read, synthesize
from eventyard.cli._happenings import Happenings
from eventyard.cli._partners import partners
from eventyard.cli._shop_report import received_from_others, rows
from eventyard.cli._trading_day import TILL, Told, trading_day
from eventyard.errors import EventyardError
from eventyard.local import LocalCloud

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BUS = "commerce"
# Tills, web and app tell in batches; PutEvents takes ten.
SLOT = timedelta(minutes=10)
MOST_ENTRIES = 10
CLOSING = timedelta(hours=20)


@click.command("demo")
@click.option("--orders", default=120, show_default=True, type=click.IntRange(1), help="How many orders come in.")
@click.option("--seed", default=1, show_default=True, help="Another seed, another day.")
@click.option("--app", "project", default=".", show_default=True, type=click.Path(path_type=Path), help="The shop.")
def command(orders: int, seed: int, project: Path) -> None:
    """Play a trading day in the shop, and balance the books.

    Exits with 1 when they do not balance, or when an event was lost.
    """
    console = Console()
    with console.status("Synthesizing the shop with CDK (only when its sources changed)"):
        assembly = synthesize(project)
    with LocalCloud(seed=seed) as cloud:
        with console.status("Deploying it into the local cloud"):
            notices = cloud.deploy(assembly)
            _require_the_shop(cloud, project)
            cloud.warm()
        console.print(f"The shop is deployed: {_places(assembly)}; in its own account {_inventory(cloud)}.")
        for notice in notices:
            console.print(f"[yellow]not emulated[/] {notice}")
        day = trading_day(seed, orders)
        with partners(cloud) as outside:
            published = _play(cloud, day, Happenings(cloud, outside), console)
        console.print(_consumers(cloud))
        _tell_story(cloud, published, console)
        sys.exit(0 if _balance(cloud, day, console) else 1)


def _require_the_shop(cloud: LocalCloud, project: Path) -> None:
    if BUS not in {bus["Name"] for bus in cloud.client("events").list_event_buses()["EventBuses"]}:
        raise EventyardError(
            f"this app has no bus {BUS!r}, so it is not the shop that the demo plays.",
            where=str(project.resolve()),
            remedy="Run it in a checkout of eventyard. For an app of your own, the README shows how to test it.",
        )


def _play(cloud: LocalCloud, day: list[Told], happenings: Happenings, console: Console) -> dict[str, Told]:
    """Publish the day slot by slot; answers which event became which id."""
    events, midnight = cloud.client("events"), cloud.now
    published: dict[str, Told] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("A trading day", total=len(day))
        slots = {slot: list(told) for slot, told in groupby(day, key=lambda each: each.at // SLOT)}
        for slot in range(min(slots), CLOSING // SLOT + 1):
            cloud.advance(seconds=max(0.0, (midnight + slot * SLOT - cloud.now).total_seconds()))
            for sentence in happenings.until(slot * SLOT):
                console.print(sentence, highlight=False, soft_wrap=True)
            for batch in _batches(slots.get(slot, ())):
                answer = events.put_events(Entries=[each.entry(BUS) for each in batch])
                published.update({entry["EventId"]: each for entry, each in zip(answer["Entries"], batch, strict=True)})
            cloud.advance(seconds=0)
            progress.update(task, completed=len(published), description=f"A trading day, {cloud.now:%H:%M}")
        cloud.settle()
        progress.update(task, description="A trading day, closed")
    return published


def _batches(told: Iterable[Told]) -> Iterator[list[Told]]:
    batch: list[Told] = []
    for each in told:
        batch.append(each)
        if len(batch) == MOST_ENTRIES:
            yield batch
            batch = []
    if batch:
        yield batch


def _consumers(cloud: LocalCloud) -> Table:
    table = Table(title="Who got what", title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("consumer", min_width=16)
    for heading in ("received", "filtered\naway", "failed\nattempts", "dead-\nlettered"):
        table.add_column(heading, justify="right", min_width=8)
    table.add_column("effects")
    for department, group in groupby(rows(cloud), key=lambda row: row.department):
        table.add_row(f"[bold]{department}[/]")
        for row in group:
            numbers = (row.received, row.filtered, row.failed, row.dead_lettered)
            cells = [f"{number}" if number else "·" for number in numbers]
            table.add_row(f"  {row.consumer}", *cells, row.effects)
        table.add_section()
    return table


def _tell_story(cloud: LocalCloud, published: dict[str, Told], console: Console) -> None:
    orders = [i for i, told in published.items() if told.detail_type == "OrderPlaced" and not told.note]
    at_the_till = [i for i in orders if published[i].source == TILL] or orders
    stories = {event_id: cloud.ledger.story(event_id) for event_id in at_the_till}
    alone = [i for i, story in stories.items() if all(len(chapter.event.causes) <= 1 for chapter in story.chapters)]
    chosen = max(alone or at_the_till, key=lambda event_id: len(stories[event_id].deliveries))
    console.print(f"\n[bold]One order's story[/] ({published[chosen].detail['order_id']})")
    for line in stories[chosen].lines():
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _balance(cloud: LocalCloud, day: list[Told], console: Console) -> bool:
    notes = Counter(told.note for told in day if told.note)
    special = ", ".join(f"{count} {note}" for note, count in notes.items())
    ledger = cloud.ledger
    console.print(f"\n[bold]The books[/]  {len(day)} events of the day's trade ({special}), and what came of them")
    for account in ledger.accounts:
        console.print(f"  {account}  {ledger.balance_of(account)}", highlight=False, soft_wrap=True)
        if received := received_from_others(ledger, account):
            console.print(f"  {'':12}  and {received} delivered to it by others", highlight=False, soft_wrap=True)
    balance = ledger.balance
    if not balance.holds or not all(ledger.balance_of(account).holds for account in ledger.accounts):
        console.print("  [red]They do not balance.[/]")
    elif balance.dropped:
        console.print(f"  [red]They balance, but {balance.dropped} deliveries were dropped.[/]")
    else:
        console.print("  [green]They balance, and no event is lost.[/]")
        return True
    return False


def _places(assembly: Path) -> str:
    stacks = read(assembly).stacks
    accounts, regions = {stack.account for stack in stacks}, {stack.region for stack in stacks}
    return f"{len(stacks)} stacks in {len(accounts)} accounts and {len(regions)} Regions"


def _inventory(cloud: LocalCloud) -> str:
    queues = len(cloud.client("sqs").list_queues().get("QueueUrls", ()))
    topics = len(cloud.client("sns").list_topics()["Topics"])
    functions = len(cloud.client("lambda").list_functions()["Functions"])
    rules = len(cloud.client("events").list_rules(EventBusName=BUS)["Rules"])
    return f"{rules} rules, {topics} topics, {queues} queues, {functions} functions"
