"""CloudWatch: metrics know no resources, alarms and dashboards are left alone.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.local.authority.actions._wanted import ANY, Wanted

if TYPE_CHECKING:
    from eventyard.local.moto_seam import ApiCall, MotoState

prefix = "cloudwatch"


def wanted(call: ApiCall, state: MotoState) -> list[Wanted]:  # noqa: ARG001  # a service's signature
    """The action; whoever puts metrics may be held to a namespace."""
    if call.operation == "PutMetricData":
        context = {"cloudwatch:namespace": str(call.parameters.get("Namespace") or "")}
        return [Wanted("cloudwatch:PutMetricData", "*", context)]
    return [Wanted(f"cloudwatch:{call.operation}", ANY)]
