"""A statement of a bus's policy, in whichever stack it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnResource

if TYPE_CHECKING:
    from aws_cdk import aws_events, aws_iam
    from constructs import Construct


def put_statement(
    scope: Construct, bus: aws_events.IEventBus, statement: aws_iam.PolicyStatement, *, called: str
) -> CfnResource:
    """Add a statement to the policy of a bus, next to those that others add.

    The plain resource, because `aws_events.CfnEventBusPolicy` prints at every synthesis that a property of its own is
    deprecated, whether it is used or not.

    Args:
        scope: Where the resource lives; it is called `Policy` there.
        bus: The bus.
        statement: The statement; its resource is the bus.
        called: The statement's id, one of its kind in the bus's policy: up to 64 letters, digits, dashes.
    """
    return CfnResource(
        scope,
        "Policy",
        type="AWS::Events::EventBusPolicy",
        properties={
            "EventBusName": bus.event_bus_name,
            "StatementId": called,
            "Statement": statement.to_statement_json(),
        },
    )
