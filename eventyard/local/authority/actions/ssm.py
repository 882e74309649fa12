"""Systems Manager: parameters. Of its other resources only the action is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.local.authority.actions._wanted import ANY, Wanted, arn_of, texts

if TYPE_CHECKING:
    from eventyard.local.moto_seam import ApiCall, MotoState

prefix = "ssm"


def wanted(call: ApiCall, state: MotoState) -> list[Wanted]:  # noqa: ARG001  # a service's signature
    """The action on each parameter, or on the path, that the call names."""
    given = call.parameters
    names = [name for key in ("Name", "Names", "Path") for name in texts(given.get(key))]
    if "Parameter" not in call.operation or not names:
        return [Wanted(f"ssm:{call.operation}", ANY)]
    return [Wanted(f"ssm:{call.operation}", _parameter(call, name)) for name in names]


def _parameter(call: ApiCall, name: str) -> str:
    return name if name.startswith("arn:") else arn_of(call, f"parameter/{name.strip('/')}")
