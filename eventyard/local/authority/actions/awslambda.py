"""Lambda: functions with their versions and aliases, layers, event source mappings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.local.authority.actions._wanted import Wanted, arn_of

if TYPE_CHECKING:
    from eventyard.local.moto_seam import ApiCall, MotoState

prefix = "lambda"

# Operations whose action has another name.
_ACTIONS = {
    "Invoke": "InvokeFunction",
    "InvokeWithResponseStream": "InvokeFunction",
}
# Those that know no function, though they name one.
_WITHOUT_RESOURCE = frozenset({"CreateEventSourceMapping", "ListEventSourceMappings"})


def wanted(call: ApiCall, state: MotoState) -> list[Wanted]:  # noqa: ARG001  # a service's signature
    """The action on the function, layer or mapping that the call names."""
    given = call.parameters
    action = _ACTIONS.get(call.operation, call.operation)
    context: dict[str, str] = {}
    if call.operation == "CreateEventSourceMapping" and given.get("FunctionName"):
        context["lambda:FunctionArn"] = _function(call)
    return [Wanted(f"lambda:{action}", _resource(call), context)]


def _resource(call: ApiCall) -> str:
    given = call.parameters
    if call.operation in _WITHOUT_RESOURCE:
        return "*"
    if given.get("FunctionName"):
        return _function(call)
    if given.get("UUID"):
        return arn_of(call, f"event-source-mapping:{given['UUID']}")
    if given.get("LayerName"):
        version = f":{given['VersionNumber']}" if given.get("VersionNumber") else ""
        name = str(given["LayerName"])
        return f"{name}{version}" if name.startswith("arn:") else arn_of(call, f"layer:{name}{version}")
    return str(given.get("Resource") or given.get("ResourceArn") or "*")


def _function(call: ApiCall) -> str:
    """From `my-function`, `my-function:alias`, `ACCOUNT:function:my-function` or an ARN, with the Qualifier if any.

    https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html, FunctionName
    """
    name = str(call.parameters["FunctionName"])
    if name.startswith("arn:"):
        arn = name
    elif ":function:" in name:
        arn = f"arn:aws:lambda:{call.region}:{name}"
    else:
        arn = arn_of(call, f"function:{name.removeprefix('function:')}")
    qualifier = call.parameters.get("Qualifier")
    return f"{arn}:{qualifier}" if qualifier and not arn.endswith(f":{qualifier}") else arn
