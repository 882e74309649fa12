"""rule → API destination."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.constructs.targets.edge import Connection
from eventyard.constructs.targets.role import role_of

if TYPE_CHECKING:
    from aws_cdk import aws_events

    from eventyard.constructs.targets.edge import Edge


def accepts(to: object) -> bool:
    """Whether this is an API destination. Imported ones have no class of their own, so their shape decides."""
    return hasattr(to, "api_destination_arn")


def connect(to: aws_events.IApiDestination, edge: Edge) -> Connection:
    """Make the role that the rule invokes this destination with, and no other.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html, "API destinations"
    """
    edge.refuse_group("API destination")
    role = role_of(
        edge,
        action="events:InvokeApiDestination",
        resource=to.api_destination_arn,
        description="Invokes an API destination",
    )
    return Connection(to.api_destination_arn, role=role)
