"""rule → another bus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_events, aws_iam

from eventyard.constructs.callers import rules_of
from eventyard.constructs.targets.edge import Connection

if TYPE_CHECKING:
    from eventyard.constructs.targets.edge import Edge


def accepts(to: object) -> bool:
    """Whether this is a bus. Imported ones have no class of their own in Python, so their shape decides."""
    return hasattr(to, "event_bus_arn")


def connect(to: aws_events.IEventBus, edge: Edge) -> Connection:
    """Make the role that the rule puts events with; a bus in another account must also admit it by its own policy."""
    edge.refuse_group("bus")
    caller = rules_of(edge.bus, at=edge.scope)
    role = aws_iam.Role(
        edge.scope,
        "Role",
        description="Puts events on another bus",
        assumed_by=aws_iam.ServicePrincipal(
            caller.service,
            conditions={
                "StringEquals": {"aws:SourceAccount": caller.account},
                "ArnLike": {"aws:SourceArn": caller.source},
            },
        ),
        inline_policies={
            "PutEvents": aws_iam.PolicyDocument(
                statements=[aws_iam.PolicyStatement(actions=["events:PutEvents"], resources=[to.event_bus_arn])]
            )
        },
    )
    return Connection(to.event_bus_arn, role=role)
