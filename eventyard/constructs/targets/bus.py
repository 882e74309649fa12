"""rule → another bus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.constructs.targets.edge import Connection
from eventyard.constructs.targets.role import role_of

if TYPE_CHECKING:
    from aws_cdk import aws_events

    from eventyard.constructs.targets.edge import Edge


def accepts(to: object) -> bool:
    """Whether this is a bus. Imported ones have no class of their own in Python, so their shape decides."""
    return hasattr(to, "event_bus_arn")


def connect(to: aws_events.IEventBus, edge: Edge) -> Connection:
    """Make the role that the rule puts events with. A bus of another account is a `RemoteBus`, which admits it."""
    edge.refuse_group("bus")
    role = role_of(edge, action="events:PutEvents", resource=to.event_bus_arn, description="Puts events on another bus")
    return Connection(to.event_bus_arn, role=role)
