"""AWS::Lambda::Permission: one statement of a function's policy (moto's has no id, and stays for ever).

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, true

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::Lambda::Permission"  # noqa: A001  # CloudFormation's own word
name_property = ""

_SAME = (
    "Action",
    "EventSourceToken",
    "FunctionName",
    "FunctionUrlAuthType",
    "Principal",
    "PrincipalOrgID",
    "SourceAccount",
    "SourceArn",
)
known = frozenset({*_SAME, "InvokedViaFunctionUrl"})


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """AddPermission."""
    wanted = {name: properties[name] for name in _SAME if name in properties}
    if "InvokedViaFunctionUrl" in properties:
        wanted["InvokedViaFunctionUrl"] = true(properties["InvokedViaFunctionUrl"])
    scope.client("lambda").add_permission(StatementId=scope.name, **wanted)
    return Made(scope.name, {"Id": scope.name})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """The new statement for the old."""
    delete(made, old, scope)
    return create(new, scope)


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:
    """RemovePermission; of a function that is gone there is none left to remove."""
    functions = scope.client("lambda")
    try:
        functions.remove_permission(FunctionName=properties["FunctionName"], StatementId=made.id)
    except functions.exceptions.ResourceNotFoundException:
        return
