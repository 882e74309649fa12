"""AWS::Lambda::Function with everything its template says (moto's keeps a part of it).

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::Lambda::Function"  # noqa: A001  # CloudFormation's own word
name_property = "FunctionName"

# Inline code becomes this file: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html
_INLINE_FILE = "index.py"
_CONFIGURATION = (
    "DeadLetterConfig",
    "Description",
    "Environment",
    "EphemeralStorage",
    "Handler",
    "KMSKeyArn",
    "Layers",
    "LoggingConfig",
    "MemorySize",
    "Role",
    "Runtime",
    "Timeout",
    "TracingConfig",
    "VpcConfig",
)
_ONLY_AT_CREATION = ("Architectures", "PackageType")
_NUMBERS = ("MemorySize", "Timeout")


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """CreateFunction, PutFunctionConcurrency."""
    client, name = scope.client("lambda"), scope.name[:64]
    tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", ())}
    arn = client.create_function(
        FunctionName=name,
        Code=_code(properties["Code"]),
        Tags=tags,
        **_configuration(properties),
        **{key: properties[key] for key in _ONLY_AT_CREATION if key in properties},
    )["FunctionArn"]
    _limit(properties, name, scope)
    return Made(name, {"Arn": arn})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """UpdateFunctionCode and UpdateFunctionConfiguration; another name is another function."""
    if made.id != scope.name[:64]:
        delete(made, old, scope)
        return create(new, scope)
    client = scope.client("lambda")
    if old["Code"] != new["Code"]:
        client.update_function_code(FunctionName=made.id, **_code(new["Code"]))
    client.update_function_configuration(FunctionName=made.id, **_configuration(new))
    _limit(new, made.id, scope)
    return made


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteFunction."""
    scope.client("lambda").delete_function(FunctionName=made.id)


def _configuration(properties: Mapping[str, Any]) -> dict[str, Any]:
    found = {key: properties[key] for key in _CONFIGURATION if key in properties}
    found.update({key: int(found[key]) for key in _NUMBERS if key in found})
    return found


def _code(code: Mapping[str, Any]) -> dict[str, Any]:
    if "ZipFile" not in code:
        return {key: code[key] for key in ("S3Bucket", "S3Key", "S3ObjectVersion", "ImageUri") if key in code}
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as bundle:
        bundle.writestr(zipfile.ZipInfo(_INLINE_FILE), code["ZipFile"])
    return {"ZipFile": archive.getvalue()}


def _limit(properties: Mapping[str, Any], name: str, scope: Scope) -> None:
    if "ReservedConcurrentExecutions" in properties:
        scope.client("lambda").put_function_concurrency(
            FunctionName=name, ReservedConcurrentExecutions=int(properties["ReservedConcurrentExecutions"])
        )
