"""rule → topic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_sns

from eventyard.constructs.admission import admit_to_topic
from eventyard.constructs.callers import rules_of
from eventyard.constructs.targets.edge import Connection
from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from eventyard.constructs.targets.edge import Edge


def accepts(to: object) -> bool:
    """Whether this is a topic, made here or imported."""
    return isinstance(to, aws_sns.TopicBase)


def connect(to: aws_sns.ITopic, edge: Edge) -> Connection:
    """Admit the rules to the topic.

    Raises:
        EventyardError: If the topic is FIFO, which EventBridge does not deliver to.
    """
    edge.refuse_group("topic")
    if to.fifo:
        raise EventyardError(
            f"EventBridge delivers to standard topics only, and {to.node.path} is FIFO.",
            where=edge.scope.node.path,
            remedy="Route to a FIFO queue, or publish to the FIFO topic from a function.",
        )
    return Connection(to.topic_arn, after=admit_to_topic(to, rules_of(edge.bus, at=to)))
