"""rule → queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_events, aws_sqs

from eventyard.constructs.admission import admit_to_queue
from eventyard.constructs.callers import rules_of
from eventyard.constructs.targets.edge import Connection
from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from eventyard.constructs.targets.edge import Edge


def accepts(to: object) -> bool:
    """Whether this is a queue, made here or imported."""
    return isinstance(to, aws_sqs.QueueBase)


def connect(to: aws_sqs.IQueue, edge: Edge) -> Connection:
    """Admit the bus's rules to the queue.

    Raises:
        EventyardError: If a FIFO queue would refuse the messages: no group given, or no content-based deduplication
            (EventBridge sends no deduplication id).
    """
    if not to.fifo:
        edge.refuse_group("standard queue")
        return Connection(to.queue_arn, after=admit_to_queue(to, rules_of(edge.bus, at=to)))
    if edge.message_group_id is None:
        raise EventyardError(
            f"a FIFO queue takes no message without a group, and the route to {to.node.path} gives none.",
            where=edge.scope.node.path,
            remedy='Give the route message_group_id="...".',
        )
    resource = to.node.default_child
    if isinstance(resource, aws_sqs.CfnQueue) and not resource.content_based_deduplication:
        raise EventyardError(
            f"EventBridge sends no deduplication id, and {to.node.path} makes none of the content.",
            where=edge.scope.node.path,
            remedy="Give the queue content_based_deduplication=True.",
        )
    return Connection(
        to.queue_arn,
        after=admit_to_queue(to, rules_of(edge.bus, at=to)),
        sqs_parameters=aws_events.CfnRule.SqsParametersProperty(message_group_id=edge.message_group_id),
    )
