"""CloudWatch Logs: log groups and their streams. A group's ARN may come with its `:*` or without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.local.authority.actions._wanted import Wanted, arn_of

if TYPE_CHECKING:
    from eventyard.local.moto_seam import ApiCall, MotoState

prefix = "logs"


def wanted(call: ApiCall, state: MotoState) -> list[Wanted]:  # noqa: ARG001  # a service's signature
    """The action on the group or stream that the call names."""
    given = call.parameters
    group = str(given.get("logGroupName") or given.get("logGroupIdentifier") or "")
    named = given.get("resourceArn")
    if named:
        return [Wanted(f"logs:{call.operation}", str(named))]
    base = group.removesuffix(":*") if group.startswith("arn:") else arn_of(call, f"log-group:{group}")
    # Without a stream it is an empty one, as AWS's own messages show it: policies say `log-group:NAME:*`.
    return [Wanted(f"logs:{call.operation}", f"{base}:log-stream:{given.get('logStreamName') or ''}")]
