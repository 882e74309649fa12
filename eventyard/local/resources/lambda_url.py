"""AWS::Lambda::Url: a function's own HTTPS endpoint. moto has it only in its API.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-url.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, changed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::Lambda::Url"  # noqa: A001  # CloudFormation's own word
name_property = ""

known = frozenset({"AuthType", "InvokeMode", "TargetFunctionArn"})


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """CreateFunctionUrlConfig."""
    made = scope.client("lambda").create_function_url_config(
        FunctionName=properties["TargetFunctionArn"],
        AuthType=properties["AuthType"],
        InvokeMode=properties.get("InvokeMode", "BUFFERED"),
    )
    return Made(made["FunctionArn"], {"FunctionArn": made["FunctionArn"], "FunctionUrl": made["FunctionUrl"]})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """UpdateFunctionUrlConfig; another function is another URL."""
    if changed(old, new, "TargetFunctionArn"):
        delete(made, old, scope)
        return create(new, scope)
    scope.client("lambda").update_function_url_config(FunctionName=made.id, AuthType=new["AuthType"])
    return made


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteFunctionUrlConfig; with the function it is gone already."""
    functions = scope.client("lambda")
    try:
        functions.delete_function_url_config(FunctionName=made.id)
    except functions.exceptions.ResourceNotFoundException:
        return


def remarks(properties: Mapping[str, Any]) -> Iterator[str]:
    """Signed calls, and answers in pieces."""
    if properties["AuthType"] != "NONE":
        yield "callers are not told by their signatures: a URL with AWS_IAM answers 403 to everyone."
    if properties.get("InvokeMode", "BUFFERED") != "BUFFERED":
        yield "its function is invoked as if its URL were BUFFERED."
