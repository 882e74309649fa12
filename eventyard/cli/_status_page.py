"""What `eventyard status` shows on a terminal, narrow or wide."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.console import Console

# From this width on, both ends of an edge fit on one line.
_WIDE = 120
_FIGURES = {
    "delivered": "delivered",
    "dead_lettered": "dead-\nlettered",
    "dropped": "dropped",
    "pending": "pending",
    "filtered": "filtered\naway",
}
_WORDS = {name: heading.replace("-\n", "-").replace("\n", " ") for name, heading in _FIGURES.items()}
_STYLES = {"dead_lettered": "yellow", "dropped": "red", "pending": "cyan"}
_DEPTHS = {"visible": "visible", "in_flight": "in\nflight", "delayed": "delayed"}


def page(console: Console, endpoint: str, found: Mapping[str, Any], *, everything: bool) -> None:
    """All of it, account by account."""
    enforced = "enforced" if found["enforce"] else "not enforced"
    now = found["now"][:19].replace("T", " ")
    _say(console, f"{endpoint}  {now} UTC, speed {found['speed']:g}, permissions {enforced}")
    if not found["places"]:
        _say(console, "Nothing is deployed. `cdk deploy`, `eventyard up` or any SDK makes something here.")
    for place in found["places"]:
        _say(console, f"\n{place['account']} {place['region']}", "bold")
        for name, said in _inventory(place, everything=everything):
            console.print(_indented(f"{name:<11}", said))
        queues = [queue for queue in place["queues"] if everything or any(queue[name] for name in _DEPTHS)]
        if queues:
            console.print(Padding(_queues(queues), (0, 0, 0, 2)))
        edges = [edge for edge in found["edges"] if _key(edge) == _key(place)]
        if edges:
            console.print(Padding(_edges(edges, wide=console.width >= _WIDE), (0, 0, 0, 2)))
    # What somebody published to a place where there is nothing.
    places = {_key(place) for place in found["places"]}
    if lost := [edge for edge in found["edges"] if _key(edge) not in places]:
        _say(console, "\nElsewhere", "bold")
        console.print(Padding(_edges(lost, wide=console.width >= _WIDE), (0, 0, 0, 2)))
    _books(console, found)
    for notice in found["not_emulated"]:
        _say(console, f"Not emulated: {notice['where']}: {notice['what']}", "yellow")


def _key(found: Mapping[str, Any]) -> tuple[str, str]:
    return found["account"], found["region"]


def _inventory(place: Mapping[str, Any], *, everything: bool) -> Iterator[tuple[str, str]]:
    rules = Counter(rule["bus"] for rule in place["rules"])
    disabled = [rule["name"] for rule in place["rules"] if not rule["enabled"]]
    if place["buses"]:
        yield "buses", ", ".join(f"{bus['name']} ({_count(rules[bus['arn']], 'rule')})" for bus in place["buses"])
    if disabled:
        yield "disabled", ", ".join(disabled)
    for name, kind in (("topics", "topics"), ("functions", "functions"), ("streams", "delivery_streams")):
        if place[kind]:
            yield name, ", ".join(one["reads"] for one in place[kind])
    if place["pipes"]:
        yield "pipes", ", ".join(one["reads"] for one in place["pipes"])
    if place["queues"]:
        dead = [queue for queue in place["queues"] if queue["is_dead_letter_queue"]]
        waiting = sum(queue["visible"] + queue["in_flight"] + queue["delayed"] for queue in dead)
        of_them = f"{_count(len(dead), 'dead-letter queue')} with {_count(waiting, 'message')} in them"
        yield "queues", f"{len(place['queues'])}, of them {of_them}"
    if place["alarms"]:
        states = Counter(alarm["state"] for alarm in place["alarms"])
        told = ", ".join(f"{count} {state}" for state, count in states.most_common())
        loud = [alarm["reads"] for alarm in place["alarms"] if everything or alarm["state"] == "ALARM"]
        yield "alarms", told + (f": {', '.join(loud)}" if loud else "")


def _queues(queues: list[dict[str, Any]]) -> Table:
    table = _table("queue", _DEPTHS)
    for queue in queues:
        style = "yellow" if queue["is_dead_letter_queue"] and queue["visible"] else ""
        table.add_row(Text(queue["reads"], style), *(_figure(queue[name]) for name in _DEPTHS))
    return table


def _edges(edges: list[dict[str, Any]], *, wide: bool) -> Table:
    if not wide:
        return _edges_as_sentences(edges)
    table = _table("edge", _FIGURES)
    for edge in edges:
        figures = (_figure(edge[name], _STYLES.get(name, "")) for name in _FIGURES)
        table.add_row(_line(edge), *figures)
    return table


def _edges_as_sentences(edges: list[dict[str, Any]]) -> Table:
    """Where no table fits: an edge, and beneath it what went over it."""
    grid = Table.grid()
    grid.add_column(overflow="fold")
    for edge in edges:
        grid.add_row(_line(edge))
        figures = [Text(f"{edge[name]} {words}", _STYLES.get(name, "")) for name, words in _WORDS.items() if edge[name]]
        if figures:
            grid.add_row(Padding(Text(", ").join(figures), (0, 0, 0, 4)))
    return grid


def _line(edge: Mapping[str, Any]) -> Text:
    return Text(edge["line"], "" if any(edge[name] for name in _FIGURES) else "dim")


def _table(what: str, figures: Mapping[str, str]) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column(what, overflow="fold", vertical="bottom")
    for heading in figures.values():
        table.add_column(heading, justify="right", no_wrap=True, vertical="bottom")
    return table


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _figure(number: int, style: str = "") -> Text:
    return Text(f"{number}", style) if number else Text("·", "dim")


def _books(console: Console, found: Mapping[str, Any]) -> None:
    _say(console, "\nThe books", "bold")
    everybody = [("all", found["balance"])] if len(found["accounts"]) != 1 else []
    for name, sums in chain(found["accounts"].items(), everybody):
        sentence = (
            f"{sums['matched']} matched = {sums['delivered']} delivered + {sums['dead_lettered']} dead-lettered"
            f" + {sums['dropped']} dropped + {sums['pending']} pending, of {sums['events']} events"
        )
        console.print(_indented(f"{name:<12}", sentence))


def _indented(name: str, said: str) -> Padding:
    """A name, and beside it what there is to say of it, wrapped under its own beginning."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    grid.add_row(name, Text(said))
    return Padding(grid, (0, 0, 0, 2))


def _say(console: Console, line: str, style: str = "") -> None:
    console.print(Text(line, style))
