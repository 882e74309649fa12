"""What a pipe hands its items to.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-target.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local import _entries, targets
from eventyard.local._yard import Undeliverable
from eventyard.local.ledger import Cause, Edge
from eventyard.local.moto_seam import Arn
from eventyard.transforms.pipe import path_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eventyard.local.pipes._batch import Batch


def deliver(batch: Batch, items: Sequence[Any], texts: Sequence[str]) -> None:
    """Hand all items over, or none.

    Args:
        batch: Where they come from.
        items: As the source, or the enrichment, gave them.
        texts: What becomes of each by the target's template.

    Raises:
        Undeliverable: The target does not take them.
    """
    pipe, yard = batch.pipe, batch.yard
    service = Arn.parse(pipe.target).service
    if service not in _KINDS:
        raise Undeliverable("NOT_EMULATED", f"eventyard knows no pipe to {service} ({pipe.target}).")
    yard.faults.strike(Edge(f"pipes→{service}", pipe.arn, pipe.target))
    targets.find(pipe.target, yard)
    _KINDS[service](batch, items, texts)


def _to_bus(batch: Batch, items: Sequence[Any], texts: Sequence[str]) -> None:
    """PutEvents: each item is a new event, which its message led to.

    https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_PipeTargetEventBridgeEventBusParameters.html
    """
    yard, pipe = batch.yard, batch.pipe
    home = Arn.parse(pipe.arn)
    entries = [_entry(batch, item, text) for item, text in zip(items, texts, strict=True)]
    if reason := _entries.whole(entries):
        raise Undeliverable("ValidationException", reason)
    for entry in entries:
        context = {"events:source": entry["Source"], "events:detail-type": entry["DetailType"]}
        batch.ask("events:PutEvents", pipe.target, context)
        if refused := _entries.refusal(entry, home.region):
            raise Undeliverable(refused["ErrorCode"], refused["ErrorMessage"])
    for position, entry in enumerate(entries):
        onward = batch.onward(position, len(items))
        yard.delivered(onward)
        yard.buses.put(entry, home.account, home.region, (Cause(onward.event_id, onward.number),))


def _entry(batch: Batch, item: Any, text: str) -> dict[str, Any]:  # noqa: ANN401  # any JSON value
    pipe = batch.pipe
    given = pipe.target_parameters.get("EventBridgeEventBusParameters") or {}
    source_service = Arn.parse(pipe.source).service
    resources = [path_value(one, item) for one in given.get("Resources") or ()]
    return {
        "EventBusName": pipe.target,
        "Source": path_value(given.get("Source") or f"Pipe {pipe.name}", item),
        "DetailType": path_value(given.get("DetailType") or f"Event from aws:{source_service}", item),
        "Detail": text,
        "Resources": resources,
    }


def _to_queue(batch: Batch, items: Sequence[Any], texts: Sequence[str]) -> None:
    yard, pipe = batch.yard, batch.pipe
    batch.ask("sqs:SendMessage", pipe.target)
    given = pipe.target_parameters.get("SqsQueueParameters") or {}
    names = ("MessageGroupId", "MessageDeduplicationId")
    fifo = [[path_value(given.get(name) or "", item) or None for name in names] for item in items]
    if pipe.target.endswith(".fifo"):
        for group, deduplication in fifo:
            yard.queues.check_fifo(pipe.target, group, deduplication)
    for position, (text, (group, deduplication)) in enumerate(zip(texts, fifo, strict=True)):
        onward = batch.onward(position, len(items))
        yard.queues.send(pipe.target, text, delivery=onward, attributes={}, group=group, deduplication=deduplication)
        yard.delivered(onward)


def _to_topic(batch: Batch, items: Sequence[Any], texts: Sequence[str]) -> None:
    batch.ask("sns:Publish", batch.pipe.target)
    for position, text in enumerate(texts):
        onward = batch.onward(position, len(items))
        batch.yard.delivered(onward)
        batch.yard.topics.pass_on(onward, batch.pipe.target, text)


def _to_function(batch: Batch, items: Sequence[Any], texts: Sequence[str]) -> None:
    """All items in one invocation, which is waited for; with InvocationType FIRE_AND_FORGET too, here.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-target.html#pipes-targets-specifics-lambda
    """
    yard, pipe = batch.yard, batch.pipe
    batch.ask("lambda:InvokeFunction", pipe.target)
    handling = tuple(Cause(delivery.event_id, delivery.number) for delivery in batch.deliveries)
    result = yard.functions.invoke(pipe.target, f"[{','.join(texts)}]".encode(), handling)
    if result.error:
        raise Undeliverable(result.error, result.reason)
    for position in range(len(items)):
        yard.delivered(batch.onward(position, len(items)), log=result.log)


_KINDS = {"events": _to_bus, "lambda": _to_function, "sns": _to_topic, "sqs": _to_queue}
