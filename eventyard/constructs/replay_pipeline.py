"""The event replay pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Duration
from constructs import Construct

from eventyard.constructs.attachment import attach
from eventyard.constructs.pipe import Pipe
from eventyard.constructs.queue import Queue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.constructs.attachment import Origin
    from eventyard.constructs.pipe import PipeTargets


class ReplayPipeline(Construct):
    """What passes a bus or a topic is buffered for two weeks, and released when somebody asks, to one consumer alone.

    Minimal use: `ReplayPipeline(self, "Replay", of=orders, to=invoices.queue)`; then `aws pipes start-pipe --name ...`.

    https://docs.aws.amazon.com/sns/latest/dg/sns-fork-pipeline-as-subscriber.html, "event replay pipeline". AWS's own
    has a function whose event source mapping is switched on; here a pipe does it, which is stopped until it is wanted:
    there is no code to keep, it can end in a queue as well as in a function, and UpdatePipe names another consumer. (A
    message move task releases only what is in a dead-letter queue; an archive of a bus replays to rules, and so to
    everybody behind a topic.)

    Args:
        of: A bus, a topic, or a selection of one.
        to: The consumers to choose from, queues and functions; the first one unless UpdatePipe says otherwise. Each
            receives the event itself, as by raw delivery.
        pattern: Which events of a bus; all of them without it.
        retention: How long events wait, 14 days at most. What is not released until then is gone.
        queue_props: Anything else that `Queue` takes.

    `buffer` is the queue, `release` the pipe (`release.name` for StartPipe, UpdatePipe and StopPipe). What the consumer
    does not take is a dead letter of the buffer.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        of: Origin,
        to: PipeTargets,
        pattern: Mapping[str, Any] | None = None,
        retention: Duration | None = None,
        **queue_props: Any,  # noqa: ANN401 (Queue's own arguments)
    ) -> None:
        super().__init__(scope, construct_id)
        self.buffer = Queue(self, "Buffer", **({"retention_period": retention or Duration.days(14)} | queue_props))
        self.attached = attach(self, of, self.buffer, pattern)
        self.release = Pipe(self, "Release", reads=self.buffer, to=to, template="<$.body>", running=False)
