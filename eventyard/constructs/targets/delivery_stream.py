"""rule → Firehose stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.constructs.targets.edge import Connection
from eventyard.constructs.targets.role import role_of

if TYPE_CHECKING:
    from aws_cdk import aws_kinesisfirehose

    from eventyard.constructs.delivery_stream import DeliveryStream
    from eventyard.constructs.targets.edge import Edge


def accepts(to: object) -> bool:
    """Whether this is a Firehose stream, ours or native: their shape decides."""
    return hasattr(to, "delivery_stream_arn")


def connect(to: DeliveryStream | aws_kinesisfirehose.IDeliveryStream, edge: Edge) -> Connection:
    """Make the role that the rule puts records with.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html names both actions.
    """
    edge.refuse_group("Firehose stream")
    role = role_of(
        edge,
        action="firehose:PutRecord",
        also=("firehose:PutRecordBatch",),
        resource=to.delivery_stream_arn,
        description="Puts records into a Firehose stream",
    )
    return Connection(to.delivery_stream_arn, role=role)
