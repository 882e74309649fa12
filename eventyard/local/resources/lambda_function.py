"""AWS::Lambda::Function with everything its template says (moto's keeps a part of it).

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from eventyard.local._guard import leading_away
from eventyard.local.functions import supported
from eventyard.local.resources._kind import Made, changed, tags, tags_gone

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::Lambda::Function"  # noqa: A001  # CloudFormation's own word
name_property = "FunctionName"

# Inline code becomes this file: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html
_INLINE_FILE = "index.py"
# With what the function falls back to when the property goes:
# https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html
_CONFIGURATION: dict[str, Any] = {
    "DeadLetterConfig": {},
    "Description": "",
    "Environment": {"Variables": {}},
    "EphemeralStorage": {"Size": 512},
    "Handler": "",
    "ImageConfig": {},
    "KmsKeyArn": "",
    "Layers": [],
    "LoggingConfig": {},
    "MemorySize": 128,
    "Role": "",
    "Runtime": "",
    "Timeout": 3,
    "TracingConfig": {"Mode": "PassThrough"},
    "VpcConfig": {},
}
_ONLY_AT_CREATION = ("Architectures", "PackageType")
known = frozenset({*_CONFIGURATION, *_ONLY_AT_CREATION, "Code", "FunctionName", "ReservedConcurrentExecutions", "Tags"})
_LONGEST_NAME = 64


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """CreateFunction, PutFunctionConcurrency."""
    client, name = scope.client("lambda"), scope.fit(_LONGEST_NAME)
    arn = client.create_function(
        FunctionName=name,
        Code=_code(properties["Code"]),
        Tags=tags(properties),
        **_configuration(properties),
        **{key: properties[key] for key in _ONLY_AT_CREATION if key in properties},
    )["FunctionArn"]
    _limit(properties, name, scope)
    return Made(name, {"Arn": arn})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """UpdateFunctionCode and UpdateFunctionConfiguration; another name is another function."""
    if changed(old, new, "FunctionName", "PackageType"):
        delete(made, old, scope)
        return create(new, scope)
    client = scope.client("lambda")
    if changed(old, new, "Code", "Architectures"):
        architectures = {"Architectures": new["Architectures"]} if "Architectures" in new else {}
        client.update_function_code(FunctionName=made.id, **_code(new["Code"]), **architectures)
    gone = {name: fallback for name, fallback in _CONFIGURATION.items() if name in old and name not in new}
    client.update_function_configuration(FunctionName=made.id, **_configuration({**gone, **new}))
    if "ReservedConcurrentExecutions" in old and "ReservedConcurrentExecutions" not in new:
        client.delete_function_concurrency(FunctionName=made.id)
    _limit(new, made.id, scope)
    arn = made.attributes["Arn"]
    if untagged := tags_gone(old, new):
        client.untag_resource(Resource=arn, TagKeys=untagged)
    if tags(new):
        client.tag_resource(Resource=arn, Tags=tags(new))
    return made


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteFunction."""
    scope.client("lambda").delete_function(FunctionName=made.id)


def remarks(properties: Mapping[str, Any]) -> Iterator[str]:
    """What does not run here, what would lead away from here, and dead letters that go nowhere."""
    runtime = properties.get("Runtime", "a container image")
    if not supported(runtime):
        yield f"a function of {runtime} is not run; invoking it fails."
    if away := leading_away(properties.get("Environment", {}).get("Variables", {})):
        yield f"its variables {', '.join(away)} are left out: they would lead its SDK away from the local cloud."
    dead_letters = properties.get("DeadLetterConfig", {}).get("TargetArn", "")
    if dead_letters and ":sqs:" not in dead_letters:
        yield f"dead letters to {dead_letters} are dropped; eventyard writes them to queues only."


def _configuration(properties: Mapping[str, Any]) -> dict[str, Any]:
    found = {key: properties[key] for key in _CONFIGURATION if key in properties}
    found.update({key: int(found[key]) for key in ("MemorySize", "Timeout") if key in found})
    if "EphemeralStorage" in found:
        found["EphemeralStorage"] = {"Size": int(found["EphemeralStorage"]["Size"])}
    if "KmsKeyArn" in found:
        found["KMSKeyArn"] = found.pop("KmsKeyArn")
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
