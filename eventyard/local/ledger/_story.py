"""One event's way, told hop by hop."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventyard.local.ledger._records import Delivery, Edge, Event


# A name that CloudFormation made: stack, logical id of CDK with its hash, random end.
_MADE = re.compile(r"([A-Za-z][A-Za-z0-9]*)-([A-Za-z][A-Za-z0-9]*?)[0-9A-F]{8}-[A-Z0-9]{12}")
# What there is to say of an event that went over no edge.
_END = {"event": "no rule wants it", "sqs": "it waits there for whoever reads the queue"}
_NOBODY = "nobody subscribes to it"


@dataclass(frozen=True, slots=True)
class Chapter:
    """One event with its deliveries, and the edges whose filter kept it away, each with the delivery that led there."""

    event: Event
    deliveries: tuple[Delivery, ...]
    kept_away: tuple[tuple[int | None, Edge, str], ...]


@dataclass(frozen=True, slots=True)
class Story:
    """`chapters` are the events in the order they arose; the first is the one asked for."""

    chapters: tuple[Chapter, ...]

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """All deliveries of all chapters."""
        return tuple(delivery for chapter in self.chapters for delivery in chapter.deliveries)

    def lines(self) -> Iterator[str]:
        """The story, a line a hop, indented by how far from the publisher it is."""
        for position, chapter in enumerate(self.chapters):
            event = chapter.event
            yield f"{_because(position, event)}{_time(event.time)} {event.title} → {readable(event.to)}"
            base = 1 if position == 0 else 2
            known = {delivery.number for delivery in chapter.deliveries}
            for root in (delivery for delivery in chapter.deliveries if delivery.parent not in known):
                yield from _branch(root, chapter, base)
            yield from _kept_away(chapter, None, base)
            if not (chapter.deliveries or chapter.kept_away):
                yield f"{'  ' * base}{_END.get(event.kind, _NOBODY)}"

    def __str__(self) -> str:
        """All lines."""
        return "\n".join(self.lines())


def readable(arn: str) -> str:
    """The readable end of an ARN: `sqs:Warehouse`, `rule/commerce/PlacedOrders`; other text stays as it is.

    Of a name that CloudFormation made from a CDK construct, `Shop-Orders1A2B3C4D-0KX5N4Z0RYAB`, it is `Shop/Orders`.
    """
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":  # noqa: PLR2004  # the six fields of an ARN
        return arn
    service, resource = parts[2], parts[5]
    resource = _MADE.sub(r"\1/\2", resource)
    if service == "events":
        # `api-destination/NAME/ID`: the name says it all.
        return resource.rpartition("/")[0] if resource.startswith("api-destination/") else resource
    for prefix in ("function:", "log-group:", "deliverystream/"):
        resource = resource.removeprefix(prefix)
    return f"{service}:{resource.removesuffix(':*')}"


def _branch(delivery: Delivery, chapter: Chapter, depth: int) -> Iterator[str]:
    ends = f"{delivery.fate}" + (f" ({delivery.code}: {delivery.reason})" if delivery.code else "")
    tries = f", {len(delivery.attempts)} attempts" if len(delivery.attempts) > 1 else ""
    yield f"{'  ' * depth}{readable(delivery.edge.source)} → {readable(delivery.edge.target)}: {ends}{tries}"
    for child in chapter.deliveries:
        if child.parent == delivery.number:
            yield from _branch(child, chapter, depth + 1)
    yield from _kept_away(chapter, delivery.number, depth + 1)


def _kept_away(chapter: Chapter, parent: int | None, depth: int) -> Iterator[str]:
    for led_there_by, edge, by in chapter.kept_away:
        if led_there_by == parent:
            yield f"{'  ' * depth}{readable(edge.source)} → {readable(edge.target)}: kept away {by}"


def _because(position: int, event: Event) -> str:
    if position == 0:
        return ""
    led_by = {cause.event_id for cause in event.causes}
    if len(led_by) == 1:
        return "  which led to: "
    # A function that handles a batch does not say which message of it made it publish.
    return f"  which led to (or another of the {len(led_by)} messages of its batch did): "


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%H:%M:%S")
