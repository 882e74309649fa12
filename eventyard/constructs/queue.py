"""A queue with its dead-letter queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Duration, aws_sqs

from eventyard.constructs.dead_letters import DeadLetterQueue, encryption_for
from eventyard.constructs.subscription import subscribe_all

if TYPE_CHECKING:
    from constructs import Construct

    from eventyard.constructs.selection import Sources


class Queue(aws_sqs.Queue):
    """A queue: encrypted (SSE-SQS), TLS only, with a dead-letter queue and its alarm.

    Minimal use: `Queue(self, "CustomerCare", listens_to=notices.only(urgency=["high"]))`.

    Args:
        listens_to: A topic, a selection of one (`topic.only(...)`), or several of them.
        raw: What arrives from a topic: the message as it was published (True), or in SNS's envelope (False).
        max_receive_count: How often a message is received before it counts as dead.
        dead_letter_queue: An `aws_sqs.DeadLetterQueue` in place of the one made here.
        props: Anything else that `aws_sqs.Queue` takes.

    `dead_letters` is the queue made for dead letters, None if one was given.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        listens_to: Sources = (),
        raw: bool = False,
        max_receive_count: int = 5,
        dead_letter_queue: aws_sqs.DeadLetterQueue | None = None,
        **props: Any,  # noqa: ANN401 (aws-cdk-lib's own properties)
    ) -> None:
        self.dead_letters: DeadLetterQueue | None = None
        if dead_letter_queue is None:
            # A FIFO queue's dead letters go to a FIFO queue, and those of a queue with a key are as secret as it is.
            alike = {name: props[name] for name in ("fifo", "encryption_master_key") if name in props}
            self.dead_letters = DeadLetterQueue(
                scope, f"{construct_id}DeadLetters", of=f"queue {scope.node.path}/{construct_id}", **alike
            )
            dead_letter_queue = aws_sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=max_receive_count)
        safe: dict[str, Any] = {
            "encryption": encryption_for(props),
            "enforce_ssl": True,
            "retention_period": Duration.days(4),
            "dead_letter_queue": dead_letter_queue,
        }
        super().__init__(scope, construct_id, **(safe | props))
        subscribe_all(self, listens_to, to=self, raw=raw)
