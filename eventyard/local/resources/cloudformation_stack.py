"""AWS::CloudFormation::Stack, updated in place, and failing with what fails in it (moto makes another one).

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.errors import EventyardError
from eventyard.local.resources._kind import Made, tags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::CloudFormation::Stack"  # noqa: A001  # CloudFormation's own word
name_property = ""
known = frozenset({"Parameters", "Tags", "TemplateURL"})
_CAPABILITIES = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
_ROLLED_BACK = frozenset({"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED"})


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """CreateStack; one that was rolled back is deleted, as its parent's rollback does on AWS."""
    cloudformation = scope.client("cloudformation")
    made = cloudformation.create_stack(StackName=scope.name, **_given(properties))["StackId"]
    try:
        return _standing(cloudformation, made, "created")
    except EventyardError:
        cloudformation.delete_stack(StackName=made)
        raise


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:  # noqa: ARG001  # a kind's signature
    """UpdateStack."""
    cloudformation = scope.client("cloudformation")
    cloudformation.update_stack(StackName=made.id, **_given(new))
    return _standing(cloudformation, made.id, "updated")


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteStack."""
    cloudformation = scope.client("cloudformation")
    cloudformation.delete_stack(StackName=made.id)
    (stack,) = cloudformation.describe_stacks(StackName=made.id)["Stacks"]
    if stack["StackStatus"] == "DELETE_FAILED":
        raise EventyardError(f"Embedded stack {made.id} was not deleted: {stack['StackStatusReason']}")


def _given(properties: Mapping[str, Any]) -> dict[str, Any]:
    parameters = properties.get("Parameters", {})
    return {
        "TemplateURL": properties["TemplateURL"],
        "Parameters": [{"ParameterKey": name, "ParameterValue": _text(value)} for name, value in parameters.items()],
        "Tags": [{"Key": key, "Value": value} for key, value in tags(properties).items()],
        "Capabilities": _CAPABILITIES,
    }


def _text(value: object) -> str:
    """A list is given as its items with commas between them."""
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _standing(cloudformation: Any, stack_id: str, done: str) -> Made:  # noqa: ANN401  # a boto3 client, typed by its service
    (stack,) = cloudformation.describe_stacks(StackName=stack_id)["Stacks"]
    if stack["StackStatus"] in _ROLLED_BACK:
        raise EventyardError(f"Embedded stack {stack_id} was not {done}: {stack['StackStatusReason']}")
    return Made(stack_id, {f"Outputs.{one['OutputKey']}": one["OutputValue"] for one in stack.get("Outputs", ())})
