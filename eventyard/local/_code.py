"""Functions whose code somebody edits: which folder of the project each was deployed from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eventyard.assembly import read
from eventyard.local._bootstrap import zipped
from eventyard.local._sources import Sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from eventyard.assembly import StackArtifact


@dataclass(frozen=True, slots=True)
class _Function:
    stack: StackArtifact
    logical_id: str


class Code:
    """The functions of an assembly, by the folder that their code is a copy of.

    Args:
        assembly: As it was synthesized from the project just now.
        project: The folder with the sources.
    """

    def __init__(self, assembly: Path, project: Path) -> None:
        originals = Sources(project)
        self._functions: dict[Path, list[_Function]] = {}
        for stack in read(assembly).stacks:
            for asset in stack.assets:
                folder = originals.original_of(asset.path) if asset.path.is_dir() else asset.path
                for logical_id in _using(stack, asset.key) if folder != asset.path else ():
                    self._functions.setdefault(folder, []).append(_Function(stack, logical_id))

    def swap(self, changed: Iterable[Path], client: Callable[..., Any]) -> list[str]:
        """Give functions the code that is in their folders now, if nothing but that has changed.

        https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html

        Args:
            changed: Files, absolute.
            client: A client of a service, an account and a Region.

        Returns:
            Their names; empty, and nothing is done, if something else changed too.
        """
        folders = {next((one for one in file.parents if one in self._functions), file) for file in changed}
        if not folders <= set(self._functions):
            return []
        swapped = []
        for folder in folders:
            for function in self._functions[folder]:
                stack = function.stack
                where = {"account": stack.account, "region": stack.region}
                resource = client("cloudformation", **where).describe_stack_resource(
                    StackName=stack.name, LogicalResourceId=function.logical_id
                )
                name = resource["StackResourceDetail"]["PhysicalResourceId"]
                client("lambda", **where).update_function_code(FunctionName=name, ZipFile=zipped(folder))
                swapped.append(name)
        return sorted(swapped)


def _using(stack: StackArtifact, key: str) -> list[str]:
    return [
        logical_id
        for logical_id, resource in stack.template["Resources"].items()
        if resource["Type"] == "AWS::Lambda::Function"
        and resource.get("Properties", {}).get("Code", {}).get("S3Key") == key
    ]
