"""A queue and the function that empties it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from aws_cdk import Duration, aws_lambda, aws_sqs
from constructs import Construct

from eventyard.constructs.function import Function
from eventyard.constructs.queue import Queue
from eventyard.constructs.selection import selections
from eventyard.constructs.subscription import subscribe_all
from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.constructs.selection import Sources

# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html: at least six times the function's timeout.
_TIMES_TIMEOUT = 6
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html, "Execution role permissions": what Lambda
# does in the function's name. CDK's grant_consume_messages adds what only consumers with code of their own do.
_POLLING = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_LONGEST_TIMEOUT = Duration.minutes(15)
_LAMBDAS_DEFAULT_TIMEOUT = Duration.seconds(3)


class Worker(Construct):
    """A queue that keeps messages safe until its function has done them.

    Minimal use: `Worker(self, "ReserveStock", handler="lambdas/reserve_stock", listens_to=orders)`.

    A message that fails is received again, alone: the function reports which of its batch failed. After
    `max_receive_count` times it goes to the queue's dead-letter queue. The queue hides a message for six times the
    function's timeout.

    Args:
        handler: The folder of the function's code, an `aws_lambda.Code`, or a native function.
        listens_to: A topic, a selection of one (`topic.only(...)`), or several of them; `bus.route(..., to=worker)`
            lets rules in as well. With a FIFO topic the queue is FIFO.
        raw: What arrives from a topic: the message as it was published (True), or in SNS's envelope (False).
        queue: A native queue in place of the one made here; its properties are then its owner's business.
        batch_size: Messages for one invocation at most, 1 to 10.
        max_receive_count: How often a message is tried before it counts as dead.
        queue_props: Anything that `Queue` takes.
        intake_props: Anything that `aws_lambda.EventSourceMapping` takes.
        function_props: Anything that `Function` takes; not with a native function.

    `queue`, `function` and `intake` (the event source mapping) are native constructs; `dead_letters` is the queue made
    for dead letters, None if `queue` was given; `subscriptions` are those that `listens_to` made.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        handler: str | Path | aws_lambda.Code | aws_lambda.IFunction,
        listens_to: Sources = (),
        raw: bool = False,
        queue: aws_sqs.IQueue | None = None,
        batch_size: int = 10,
        max_receive_count: int = 5,
        queue_props: Mapping[str, Any] | None = None,
        intake_props: Mapping[str, Any] | None = None,
        **function_props: Any,  # noqa: ANN401 (Function's own arguments)
    ) -> None:
        super().__init__(scope, construct_id)
        if isinstance(handler, str | Path | aws_lambda.Code):
            # Only the queue invokes it, and that waits for the answer.
            made_here: dict[str, Any] = {"asynchronous": False} | function_props
            self.function: aws_lambda.IFunction = Function(self, "Function", handler=handler, **made_here)
        elif function_props:
            raise EventyardError(
                f"a native function is as it is; {', '.join(sorted(function_props))} cannot be given with it.",
                where=self.node.path,
                remedy="Say it where the function is made.",
            )
        else:
            self.function = handler
        self.dead_letters: aws_sqs.IQueue | None = None
        if queue is None:
            made = Queue(
                self,
                "Queue",
                max_receive_count=max_receive_count,
                **(self._fitting(listens_to) | dict(queue_props or {})),
            )
            self.dead_letters = made.dead_letters
            queue = made
        self.queue: aws_sqs.IQueue = queue
        queue.grant(self.function, *_POLLING)
        if queue.encryption_master_key is not None:
            queue.encryption_master_key.grant_decrypt(self.function)
        safe: dict[str, Any] = {
            "target": self.function,
            "event_source_arn": queue.queue_arn,
            "batch_size": batch_size,
            "report_batch_item_failures": True,
        }
        self.intake = aws_lambda.EventSourceMapping(self, "Intake", **(safe | dict(intake_props or {})))
        self.subscriptions = subscribe_all(self, listens_to, to=queue, raw=raw)

    def _fitting(self, listens_to: Sources) -> dict[str, Any]:
        """The properties of a queue that suit the function and the topics."""
        timeout = _LONGEST_TIMEOUT  # of a function that is only imported, and does not tell
        if isinstance(self.function, aws_lambda.Function):
            timeout = self.function.timeout or _LAMBDAS_DEFAULT_TIMEOUT
        fitting: dict[str, Any] = {"visibility_timeout": Duration.seconds(_TIMES_TIMEOUT * int(timeout.to_seconds()))}
        if any(selection.topic.fifo for selection in selections(listens_to)):
            fitting["fifo"] = True
        return fitting
