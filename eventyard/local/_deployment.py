"""Deployment: what will be done, as frozen data, and then the doing, stack by stack."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from eventyard.errors import DeployError, EventyardError
from eventyard.local._bootstrap import bootstrap
from eventyard.local._template import flaws, without
from eventyard.local.moto_seam import SILENT, SkippedError, emulated
from eventyard.local.resources import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from eventyard.assembly import Assembly, StackArtifact

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
    """One stack, its account and Region settled, and what cannot be deployed at all."""

    stack: StackArtifact
    account: str
    region: str
    refusals: tuple[DeployError, ...]


def plan(assembly: Assembly, account: str, region: str) -> tuple[PlannedStack, ...]:
    """What a deployment will do; `account` and `region` are for stacks that do not say theirs."""
    return tuple(
        PlannedStack(
            stack,
            stack.account or account,
            stack.region or region,
            tuple(_refusals(stack)),
        )
        for stack in assembly.stacks
    )


def deploy(planned: PlannedStack, client: Callable[[str], Any]) -> DeployError | None:
    """Create or update one stack through moto's CloudFormation; answers why all of it was refused, if it was.

    `client` gives a client of the stack's own account and Region. A resource that fails is reported where the
    CloudFormation seams report (`problem`), and the rest of the stack stands.
    """
    stack = planned.stack
    template = _deployable(planned)
    if not template["Resources"]:
        return None
    try:
        bootstrap(stack, planned.account, planned.region, client)
        cloudformation = client("cloudformation")
        put = cloudformation.create_stack
        if _exists(cloudformation, stack.name):
            if planned.refusals:
                # As CloudFormation: what stands is not touched by a template that is wrong.
                return None
            put = cloudformation.update_stack
        put(
            StackName=stack.name,
            TemplateBody=json.dumps(template),
            Capabilities=["CAPABILITY_NAMED_IAM"],
            DisableRollback=True,
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in stack.parameters.items()],
        )
    except Exception as error:  # noqa: BLE001  # whatever moto raises for a stack, the others are to be deployed
        return DeployError(
            f"CloudFormation refused the stack: {reason(error)}",
            stack=stack.name,
            remedy="Nothing of it was deployed. Are its parameters, conditions and outputs whole?",
        )
    return None


def _deployable(planned: PlannedStack) -> dict[str, Any]:
    template = planned.stack.template
    refused = {error.logical_id for error in planned.refusals}
    if refused & set(template.get("Conditions", {})):
        # What stands under a condition that nobody can evaluate cannot be told from the rest.
        return {"Resources": {}}
    return without(template, refused & set(template["Resources"]), refused & set(template.get("Outputs", {})))


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


def problem(stack: str, logical_id: str, type_: str, error: Exception, done: str) -> DeployError | None:
    """A resource that could not be `done` (created, updated, deleted); None when it only follows from another's."""
    if isinstance(error, SkippedError):
        return None
    return DeployError(
        f"the {type_} cannot be {done}: {reason(error)}",
        stack=stack,
        logical_id=logical_id,
        remedy="What refers to it was left out; the rest of the stack is deployed.",
    )


def notices(stack: str, template: Mapping[str, Any]) -> Iterator[Notice]:
    """The resources of a stack whose type nobody emulates."""
    for logical_id, resource in template["Resources"].items():
        type_, where = resource["Type"], f"{stack}/{logical_id}"
        if type_.startswith("Custom::") and type_ not in _OURS:
            yield Notice(where, f"{type_} is a custom resource; its function is not called.")
        elif type_ not in _OURS and type_ not in SILENT and not emulated(type_):
            yield Notice(where, f"{type_} is not emulated: nothing was made.")


def _refusals(stack: StackArtifact) -> Iterator[DeployError]:
    for section in ("Conditions", "Resources", "Outputs"):
        for flaw in flaws(stack.template, section):
            yield DeployError(flaw.message, stack=stack.name, logical_id=flaw.logical_id, remedy=flaw.remedy)
    for asset in stack.assets:
        if not asset.path.exists():
            for logical_id, resource in stack.template["Resources"].items():
                if asset.key in json.dumps(resource):
                    yield DeployError(
                        f"its asset {asset.path.name} is missing from the assembly.",
                        stack=stack.name,
                        logical_id=logical_id,
                        remedy="Synthesize again, and keep the whole folder together.",
                    )


def _exists(cloudformation: Any, name: str) -> bool:  # noqa: ANN401  # a boto3 client, typed by its service
    try:
        stacks = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError:
        return False
    return any(stack["StackStatus"] != "DELETE_COMPLETE" for stack in stacks)
