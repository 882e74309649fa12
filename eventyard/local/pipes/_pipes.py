"""All pipes of the local cloud. The queues poll for them, as for functions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventyard.errors import TransformError
from eventyard.local._functions import Result
from eventyard.local._yard import Undeliverable
from eventyard.local.ledger import Cause, Edge
from eventyard.local.moto_seam import Arn
from eventyard.local.pipes import _targets
from eventyard.local.pipes._batch import SERVICE, Batch
from eventyard.transforms.pipe import pipe_input

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eventyard.local._yard import Yard
    from eventyard.local.ledger import Delivery
    from eventyard.local.moto_seam import Pipe


class Pipes:
    """What a pipe takes from its queue goes through it, or the whole batch fails and is visible again."""

    def __init__(self, yard: Yard) -> None:
        self._yard = yard

    def may_poll(self, pipe: str) -> bool:
        """Whether a pipe's role lets it read its queue; if not, the messages stay."""
        yard, found = self._yard, self._yard.state.pipe(pipe)
        if found is None or not yard.authority.enforce:
            return True
        return yard.authority.poll(role=found.role, queue=found.source, service=SERVICE, source=found.arn) is None

    def take(self, pipe: str, records: Sequence[Mapping[str, Any]], deliveries: Sequence[Delivery]) -> Result:
        """One batch: enriched, transformed, handed to the target.

        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html
        """
        found = self._yard.state.pipe(pipe)
        if found is None:
            return Result(b"", "NotFoundException", f"there is no pipe {pipe}.")
        batch = Batch(self._yard, found, tuple(deliveries))
        try:
            items = self._enriched(batch, records) if found.enrichment else list(records)
            if items:
                _targets.deliver(batch, items, _texts(found, found.target_parameters, items))
        except Undeliverable as failure:
            return Result(b"", failure.code, failure.reason)
        return Result(b"")

    def _enriched(self, batch: Batch, records: Sequence[Mapping[str, Any]]) -> list[Any]:
        """What the enrichment answers; nothing ends the batch's way here, and well.

        https://docs.aws.amazon.com/eventbridge/latest/userguide/pipes-enrichment.html, "Filtering events using
        enrichment"
        """
        yard, pipe = self._yard, batch.pipe
        service = Arn.parse(pipe.enrichment).service
        if service != "lambda":
            raise Undeliverable("NOT_EMULATED", f"eventyard enriches by functions only, not by {pipe.enrichment}.")
        texts = _texts(pipe, pipe.enrichment_parameters, records)
        batch.ask("lambda:InvokeFunction", pipe.enrichment)
        handling = tuple(Cause(delivery.event_id, delivery.number) for delivery in batch.deliveries)
        result = yard.functions.invoke(pipe.enrichment, f"[{','.join(texts)}]".encode(), handling)
        if result.error:
            raise Undeliverable(result.error, f"its enrichment: {result.reason}")
        for delivery in batch.deliveries:
            edge = Edge("pipes→lambda", pipe.arn, pipe.enrichment)
            yard.delivered(yard.ledger.begin(delivery.event_id, edge, delivery.number), log=result.log)
        answer = json.loads(result.payload or b"null")
        if not answer:
            return []
        return answer if isinstance(answer, list) else [answer]


def _texts(pipe: Pipe, parameters: Mapping[str, Any], items: Sequence[Any]) -> list[str]:
    variables = {
        "aws.pipes.pipe-arn": pipe.arn,
        "aws.pipes.pipe-name": pipe.name,
        "aws.pipes.source-arn": pipe.source,
        "aws.pipes.enrichment-arn": pipe.enrichment,
        "aws.pipes.target-arn": pipe.target,
    }
    try:
        return [pipe_input(parameters.get("InputTemplate") or "", item, variables) for item in items]
    except TransformError as error:
        raise Undeliverable("INVALID_JSON", str(error)) from None
