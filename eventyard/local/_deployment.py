"""Deployment: what will be done, as frozen data, and then the doing, stack by stack."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from eventyard.errors import DeployError, EventyardError
from eventyard.local.functions import supported
from eventyard.local.moto_seam import SkippedError, emulated
from eventyard.local.resources import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from eventyard.assembly import Assembly, FileAsset, StackArtifact

# What moto's CloudFormation evaluates: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
INTRINSICS = frozenset(
    f"Fn::{name}"
    for name in (
        "And",
        "Base64",
        "Equals",
        "FindInMap",
        "GetAZs",
        "GetAtt",
        "If",
        "ImportValue",
        "Join",
        "Not",
        "Or",
        "Select",
        "Split",
        "Sub",
        "ToJsonString",
    )
)
# Says something to the CDK CLI, makes nothing.
_NOTHING = frozenset({"AWS::CDK::Metadata"})
_OURS = frozenset(kind.type for kind in KINDS)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that was deployed and is not emulated: `where` is `stack/LogicalId`, `what` says what and why."""

    where: str
    what: str

    def __str__(self) -> str:
        """One line."""
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class PlannedStack:
    """One stack, its account and Region settled, what cannot be emulated in it, and what cannot be deployed at all."""

    stack: StackArtifact
    account: str
    region: str
    notices: tuple[Notice, ...]
    refusals: tuple[DeployError, ...]


def plan(assembly: Assembly, account: str, region: str) -> tuple[PlannedStack, ...]:
    """What a deployment will do; `account` and `region` are for stacks that do not say theirs."""
    return tuple(
        PlannedStack(
            stack,
            stack.account or account,
            stack.region or region,
            tuple(_notices(stack)),
            tuple(_refusals(stack)),
        )
        for stack in assembly.stacks
    )


def deploy(planned: PlannedStack, client: Callable[[str], Any], problems: Callable[[], list[DeployError]]) -> None:
    """Create or update one stack through moto's CloudFormation.

    `client` gives a client of the stack's own account and Region. What fails is in `problems` afterwards; the rest of
    the stack stands.

    Raises:
        DeployError: the stack as a whole was refused.
    """
    stack = planned.stack
    _bootstrap(planned, client)
    template = _without(stack.template, {error.logical_id for error in planned.refusals})
    if not template["Resources"]:
        return
    cloudformation = client("cloudformation")
    request = {
        "StackName": stack.name,
        "TemplateBody": json.dumps(template),
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "Parameters": [{"ParameterKey": name, "ParameterValue": value} for name, value in stack.parameters.items()],
    }
    try:
        if _exists(cloudformation, stack.name):
            cloudformation.update_stack(**request)
        else:
            cloudformation.create_stack(**request)
    except Exception as error:
        if not problems():
            raise DeployError(
                f"CloudFormation refused the stack: {reason(error)}", stack=stack.name, remedy="Is the template whole?"
            ) from error


def reason(error: BaseException) -> str:
    """What an error of boto3 or moto says, in one sentence, without its wrapping."""
    if isinstance(error, EventyardError):
        return str(error)
    if isinstance(error, ClientError):
        about = error.response.get("Error", {})
        return f"{about.get('Message') or about.get('Code')}"
    if isinstance(error, KeyError):
        return f"it refers to {error.args[0]!r}, which is not there."
    return f"{error}" or type(error).__name__


def problem(stack: str, logical_id: str, type_: str, error: Exception) -> DeployError | None:
    """A resource's failure as an error with its place; None when it only follows from another's."""
    if isinstance(error, SkippedError):
        return None
    return DeployError(
        f"the {type_} cannot be created: {reason(error)}",
        stack=stack,
        logical_id=logical_id,
        remedy="What refers to it was left out; the rest of the stack is deployed.",
    )


def _notices(stack: StackArtifact) -> Iterator[Notice]:
    for logical_id, resource in stack.template["Resources"].items():
        type_, where = resource["Type"], f"{stack.name}/{logical_id}"
        if type_.startswith("Custom::"):
            yield Notice(where, f"{type_} is a custom resource; its function is not called.")
        elif type_ not in _OURS and type_ not in _NOTHING and not emulated(type_):
            yield Notice(where, f"{type_} is not emulated: nothing was made.")
        elif type_ == "AWS::Lambda::Function":
            properties = resource.get("Properties", {})
            runtime = properties.get("Runtime", "a container image")
            if not (isinstance(runtime, str) and supported(runtime)):
                yield Notice(where, f"a function of {runtime} is not run; invoking it fails.")


def _refusals(stack: StackArtifact) -> Iterator[DeployError]:
    logical_ids = set(stack.template["Resources"]) | set(stack.template.get("Parameters", {}))
    for logical_id, resource in stack.template["Resources"].items():
        for path, node in _walk(resource, ""):
            unknown = next((key for key in node if key.startswith("Fn::") and key not in INTRINSICS), None)
            if unknown:
                yield DeployError(
                    f"{path} uses {unknown}, which is no function that eventyard evaluates.",
                    stack=stack.name,
                    logical_id=logical_id,
                    remedy=f"It knows {', '.join(sorted(INTRINSICS))} and Ref.",
                )
                break
            missing = _missing(node, logical_ids)
            if missing:
                yield DeployError(
                    f"{path} refers to {missing!r}, which the template does not define.",
                    stack=stack.name,
                    logical_id=logical_id,
                    remedy="Is it spelled as in Resources? Synthesize again if a resource was renamed.",
                )
                break


def _missing(node: dict[str, Any], logical_ids: set[str]) -> str | None:
    target = None
    if len(node) == 1:
        if "Ref" in node:
            target = node["Ref"]
        elif "Fn::GetAtt" in node:
            got = node["Fn::GetAtt"]
            target = got.split(".")[0] if isinstance(got, str) else got[0]
    return target if isinstance(target, str) and not target.startswith("AWS::") and target not in logical_ids else None


def _walk(node: object, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        yield path or "the resource", node
        for key, value in node.items():
            yield from _walk(value, f"{path}.{key}" if path else key)
    elif isinstance(node, list):
        for position, value in enumerate(node):
            yield from _walk(value, f"{path}[{position}]")


def _without(template: dict[str, Any], left_out: set[str]) -> dict[str, Any]:
    """The template without some resources, and without what refers to them, however indirectly."""
    resources = dict(template["Resources"])
    gone = set(left_out)
    while gone:
        resources = {name: resource for name, resource in resources.items() if name not in gone}
        gone = {
            name
            for name, resource in resources.items()
            if _refers(resource, set(template["Resources"]) - set(resources))
        }
    outputs = {
        name: output
        for name, output in template.get("Outputs", {}).items()
        if not _refers(output, set(template["Resources"]) - set(resources))
    }
    return {**template, "Resources": resources, "Outputs": outputs}


def _refers(node: object, names: set[str]) -> bool:
    if not names:
        return False
    for _, found in _walk(node, ""):
        got = found.get("Fn::GetAtt")
        depends = found.get("DependsOn", [])
        targets = {found.get("Ref"), got[0] if isinstance(got, list) else str(got).split(".")[0]}
        targets |= {depends} if isinstance(depends, str) else set(depends)
        if targets & names:
            return True
    return False


def _exists(cloudformation: Any, name: str) -> bool:  # noqa: ANN401  # a boto3 client, typed by its service
    try:
        stacks = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError:
        return False
    return any(stack["StackStatus"] != "DELETE_COMPLETE" for stack in stacks)


def _bootstrap(planned: PlannedStack, client: Callable[[str], Any]) -> None:
    """What `cdk bootstrap` leaves in an account, as far as a deployment asks for it: buckets and the version."""
    parameters = planned.stack.template.get("Parameters", {}).values()
    for parameter in parameters:
        if str(parameter.get("Type", "")).startswith("AWS::SSM::Parameter::") and "Default" in parameter:
            client("ssm").put_parameter(Name=parameter["Default"], Value="30", Type="String", Overwrite=True)
    s3 = client("s3")
    for asset in planned.stack.assets:
        bucket, key = asset.location(planned.account, planned.region)
        where = (
            {}
            if planned.region == "us-east-1"
            else {"CreateBucketConfiguration": {"LocationConstraint": planned.region}}
        )
        try:
            s3.head_bucket(Bucket=bucket)
        except ClientError:
            s3.create_bucket(Bucket=bucket, **where)
        s3.put_object(Bucket=bucket, Key=key, Body=_content(asset))


def _content(asset: FileAsset) -> bytes:
    return zipped(asset.path) if asset.zipped and asset.path.is_dir() else asset.path.read_bytes()


def zipped(folder: Path) -> bytes:
    """A folder as a zip, the same bytes for the same content."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bundle:
        for file in sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
            bundle.writestr(zipfile.ZipInfo(file.relative_to(folder).as_posix()), file.read_bytes())
    return archive.getvalue()
