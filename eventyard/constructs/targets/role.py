"""The role that a rule delivers with, where the target has no policy of its own, or is in another account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_iam

from eventyard.constructs.callers import rules_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eventyard.constructs.targets.edge import Edge


def role_of(
    edge: Edge,
    *,
    action: str,
    resource: str,
    description: str,
    name: str | None = None,
    key: aws_iam.PolicyStatement | None = None,
    also: Sequence[str] = (),
) -> aws_iam.Role:
    """A role that only the bus's rules may assume, and that may do one thing (or a few) to one resource.

    Args:
        edge: The hand-over.
        action: What it may do.
        resource: To what.
        description: In words.
        name: Its name, where another account has to know it.
        key: What it may do with the resource's key.
        also: What else it may do to the resource.
    """
    caller = rules_of(edge.bus, at=edge.scope)
    return aws_iam.Role(
        edge.scope,
        "Role",
        role_name=name,
        description=description,
        assumed_by=aws_iam.ServicePrincipal(
            caller.service,
            conditions={
                "StringEquals": {"aws:SourceAccount": caller.account},
                "ArnLike": {"aws:SourceArn": caller.source},
            },
        ),
        inline_policies={
            action.rpartition(":")[2]: aws_iam.PolicyDocument(
                statements=[
                    aws_iam.PolicyStatement(actions=[action, *also], resources=[resource]),
                    *([key] if key is not None else []),
                ]
            )
        },
    )
