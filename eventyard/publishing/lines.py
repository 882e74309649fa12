"""JSON lines as what a destination takes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventyard.errors import EventyardError
from eventyard.publishing.item import Item

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eventyard.publishing.destination import Destination

_MARK = b"\xef\xbb\xbf"


def items_of(lines: Iterable[bytes], destination: Destination, name: str) -> Iterator[Item]:
    """The lines, as they are read; empty ones are passed over.

    Args:
        lines: JSON objects in UTF-8.
        destination: Where they are published.
        name: What messages call them: a file's name.

    Raises:
        EventyardError: A line is nothing that can be published; `where` is the name, the line's number and the field.
    """
    for number, line in enumerate(lines, 1):
        if text := line.removeprefix(_MARK).strip():
            yield item(number, _object(text, f"{name}, line {number}"), destination, name)


def item(number: int, found: dict[str, Any], destination: Destination, name: str) -> Item:
    """An object as an item.

    Raises:
        EventyardError: It is nothing that can be published.
    """
    where = f"{name}, line {number}"
    try:
        entry = destination.entry(found)
    except EventyardError as error:
        raise EventyardError(error.message, where=f"{where}: {error.where}", remedy=error.remedy) from None
    size = destination.size(entry)
    if size > destination.most_bytes:
        raise EventyardError(
            f"{size:,} bytes are more than {destination.name} takes ({destination.most_bytes:,}).",
            where=where,
            remedy="Put what is large into a bucket, and its place into the event.",
        )
    return Item(number, entry, size)


def _object(text: bytes, where: str) -> dict[str, Any]:
    try:
        found = json.loads(text.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise EventyardError(
            f"it is not valid JSON: {error}.", where=where, remedy="Write one object a line."
        ) from None
    if not isinstance(found, dict):
        raise EventyardError("it is not a JSON object.", where=where, remedy="Write one object a line.")
    return found


def _refuse(token: str) -> None:
    raise ValueError(f"{token} is no JSON")  # the JSON parser's own kind of error
