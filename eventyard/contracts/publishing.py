"""Publishing: as few calls as PutEvents allows, and an answer for every single event.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html and
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevents-size
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eventyard.errors import ContractError, EventyardError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mypy_boto3_events.client import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

    from eventyard.contracts.event_type import EventType

MOST_ENTRIES = 10
# "The total size of the entries must be less than 1 MB": one byte more is too many.
MOST_BYTES = 1_048_575
_TIME_BYTES = 14


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that EventBridge did not take.

    Attributes:
        position: Its place among the events that were to be published.
        event: The event itself, to be published again or kept.
        code: EventBridge's error code, or that of the call that failed.
        reason: What was said about it.
    """

    position: int
    event: EventType
    code: str
    reason: str


class PublishError(EventyardError):
    """Not every event was taken. `accepted` are the ids of those that were, by position; `refused` is the rest.

    Where a call failed on its way, nobody knows whether its events arrived: they are among the refused, and publishing
    them again may make duplicates. Consumers have to bear those in any case.
    """

    def __init__(self, accepted: dict[int, str], refused: Sequence[Refused], *, bus: str) -> None:
        reasons = "; ".join(f"{one.event.contract.title} [{one.position}]: {one.code} {one.reason}" for one in refused)
        super().__init__(
            f"{len(refused)} of {len(accepted) + len(refused)} events were not taken: {reasons}.",
            where=f"bus {bus}",
            remedy="`refused` holds them, to be published again.",
        )
        self.accepted = accepted
        self.refused = tuple(refused)


def publish(
    events: Iterable[EventType], *, client: EventBridgeClient, bus: str, source: str | None = None
) -> tuple[str, ...]:
    """Publish events in their order, in batches of at most 10 entries that stay under 1 MB.

    Args:
        events: What to publish; each is valid already, or it could not have been made.
        client: boto3's client of EventBridge.
        bus: The bus's name or ARN.
        source: Which of the types' sources publishes them; may be left out where there is one.

    Returns:
        The events' ids, one for each event, in order.

    Raises:
        ContractError: An event is larger than PutEvents takes, or its source is wrong; nothing was published.
        PublishError: EventBridge did not take all of them. The batches after a refused one are published all the same.
    """
    told = list(events)
    entries = [event.entry(bus=bus, source=source) for event in told]
    accepted: dict[int, str] = {}
    refused: list[Refused] = []
    failure: Exception | None = None
    for positions in _batches(told, entries):
        try:
            answer = client.put_events(Entries=[entries[position] for position in positions])
        except Exception as error:  # noqa: BLE001  # whatever it is, what was taken so far must not be forgotten
            failure = error
            code = str(getattr(error, "response", {}).get("Error", {}).get("Code", type(error).__name__))
            refused += [Refused(position, told[position], code, str(error)) for position in positions]
            continue
        for position, result in zip(positions, answer["Entries"], strict=True):
            if event_id := result.get("EventId"):
                accepted[position] = event_id
            else:
                code, reason = result.get("ErrorCode", "Unknown"), result.get("ErrorMessage", "")
                refused.append(Refused(position, told[position], code, reason))
    if refused:
        raise PublishError(accepted, refused, bus=bus) from failure
    return tuple(accepted[position] for position in range(len(told)))


def _batches(events: list[EventType], entries: Sequence[PutEventsRequestEntryTypeDef]) -> Iterator[list[int]]:
    """The positions of each batch."""
    sizes = [entry_bytes(entry) for entry in entries]
    for position, size in enumerate(sizes):
        if size > MOST_BYTES:
            raise ContractError(
                f"{size:,} bytes are more than PutEvents takes ({MOST_BYTES:,}).",
                where=f"{events[position].contract.title} [{position}]",
                remedy="Put what is large into a bucket, and its place into the event.",
            )
    batch: list[int] = []
    for position, size in enumerate(sizes):
        if batch and (len(batch) == MOST_ENTRIES or sum(sizes[at] for at in batch) + size > MOST_BYTES):
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch


def entry_bytes(entry: PutEventsRequestEntryTypeDef) -> int:
    """The size of an entry as PutEvents counts it."""
    texts: list[Any] = [entry["Source"], entry["DetailType"], entry["Detail"], *entry.get("Resources", ())]
    return sum(len(text.encode()) for text in texts) + (_TIME_BYTES if "Time" in entry else 0)
