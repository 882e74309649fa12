"""rule → log group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import ArnFormat, Stack, aws_logs

from eventyard.constructs.admission import admit_to_log_group
from eventyard.constructs.callers import rules_of
from eventyard.constructs.targets.edge import Connection

if TYPE_CHECKING:
    from eventyard.constructs.targets.edge import Edge


def accepts(to: object) -> bool:
    """Whether this is a log group. Imported ones have no class of their own in Python, so their shape decides."""
    return hasattr(to, "log_group_arn")


def connect(to: aws_logs.ILogGroup, edge: Edge) -> Connection:
    """Let the bus's rules write to the log group."""
    edge.refuse_group("log group")
    arn = Stack.of(to).format_arn(  # a target's ARN goes without the ":*" that log_group_arn ends with
        service="logs",
        resource="log-group",
        resource_name=to.log_group_name,
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    return Connection(arn, after=admit_to_log_group(to, rules_of(edge.bus, at=to)))
