"""As few calls as a service's limits allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eventyard.publishing.item import Item


def batches(items: Iterable[Item], *, most_entries: int, most_bytes: int) -> Iterator[list[Item]]:
    """The items in their order, as many together as one call takes.

    Args:
        items: None larger than `most_bytes`.
        most_entries: Of a call.
        most_bytes: Of all entries of a call together.
    """
    batch: list[Item] = []
    total = 0
    for item in items:
        if batch and (len(batch) == most_entries or total + item.size > most_bytes):
            yield batch
            batch, total = [], 0
        batch.append(item)
        total += item.size
    if batch:
        yield batch
