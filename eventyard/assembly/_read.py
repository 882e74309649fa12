"""The cloud assembly as `cdk synth` writes it: `manifest.json`, templates, asset manifests.

Follows the cloud assembly schema (package `cloud-assembly-schema`): artifacts of type `aws:cloudformation:stack` carry
the template, the stack's name and its environment `aws://ACCOUNT/REGION`; `cdk:asset-manifest` lists file assets with
the bucket and key that the template names; `cdk:cloud-assembly` nests a stage.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eventyard.errors import AssemblyError

_ENVIRONMENT = re.compile(r"^aws://(?P<account>[^/]+)/(?P<region>[^/]+)$")
_PLACEHOLDER = re.compile(r"\$\{AWS::(Partition|Region|AccountId)\}")
# What an environment-agnostic stack says; it goes wherever it is deployed.
UNKNOWN = ("unknown-account", "unknown-region")


@dataclass(frozen=True, slots=True)
class FileAsset:
    """A file or folder that a template names by bucket and key.

    `path` is where the assembly should hold it (a folder, zip or file); whether it does matters to who needs it.
    `bucket` and `key` may hold `${AWS::AccountId}` and such.
    """

    path: Path
    bucket: str
    key: str
    zipped: bool

    def location(self, account: str, region: str) -> tuple[str, str]:
        """Bucket and key, as the template of a stack in this account and Region has them."""
        values = {"Partition": "aws", "Region": region, "AccountId": account}
        bucket, key = (_PLACEHOLDER.sub(lambda found: values[found[1]], text) for text in (self.bucket, self.key))
        return bucket, key


@dataclass(frozen=True, slots=True)
class StackArtifact:
    """One stack of an assembly.

    `id` is the artifact's id (what `dependencies` name), `name` CloudFormation's stack name, `path` the construct path
    that error messages show. `account` and `region` are None when the stack does not say (environment-agnostic).
    """

    id: str
    name: str
    path: str
    account: str | None
    region: str | None
    template: dict[str, Any]
    template_file: Path
    assets: tuple[FileAsset, ...]
    parameters: dict[str, str]
    dependencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assembly:
    """All stacks of an assembly, each after those it depends on."""

    path: Path
    stacks: tuple[StackArtifact, ...]


def read(path: str | Path) -> Assembly:
    """Read a cloud assembly folder, or one plain CloudFormation template (a JSON file).

    Raises:
        AssemblyError: nothing there, no manifest, no JSON, a stack without a template, or a cycle of stacks.
    """
    path = Path(path)
    if path.is_file() and path.name != "manifest.json":
        return Assembly(path, (_plain_template(path),))
    folder = path.parent if path.name == "manifest.json" else path
    if not folder.is_dir():
        raise AssemblyError(
            "there is no cloud assembly here.",
            where=str(path),
            remedy="Run `make synth` or `cdk synth` first.",
        )
    return Assembly(folder, _in_dependency_order(_stacks(folder), folder))


def _stacks(folder: Path) -> list[StackArtifact]:
    manifest_file = folder / "manifest.json"
    if not manifest_file.is_file():
        raise AssemblyError(
            "this folder has no manifest.json, so it is no cloud assembly.",
            where=str(folder),
            remedy="Name the folder that `cdk synth` wrote (usually cdk.out).",
        )
    artifacts = _mapping(_json(manifest_file).get("artifacts"), manifest_file, "artifacts")
    stacks: list[StackArtifact] = []
    for artifact_id, artifact in artifacts.items():
        kind = _mapping(artifact, manifest_file, f"artifacts.{artifact_id}").get("type")
        if kind == "aws:cloudformation:stack":
            stacks.append(_stack(folder, artifact_id, artifact, artifacts))
        elif kind == "cdk:cloud-assembly":
            nested = _mapping(artifact.get("properties"), manifest_file, f"artifacts.{artifact_id}.properties")
            stacks.extend(_stacks(folder / str(nested.get("directoryName"))))
    return stacks


def _stack(folder: Path, artifact_id: str, artifact: dict[str, Any], artifacts: dict[str, Any]) -> StackArtifact:
    manifest_file = folder / "manifest.json"
    properties = _mapping(artifact.get("properties"), manifest_file, f"artifacts.{artifact_id}.properties")
    template_name = properties.get("templateFile")
    if not isinstance(template_name, str):
        raise AssemblyError(
            "the stack names no templateFile.",
            where=f"{manifest_file}: {artifact_id}",
            remedy="Synthesize again.",
        )
    environment = _ENVIRONMENT.match(str(artifact.get("environment", "")))
    if environment is None:
        raise AssemblyError(
            f"the stack's environment is {artifact.get('environment')!r}, not aws://ACCOUNT/REGION.",
            where=f"{manifest_file}: {artifact_id}",
            remedy="Synthesize again.",
        )
    account, region = environment["account"], environment["region"]
    dependencies = tuple(d for d in artifact.get("dependencies", ()) if isinstance(d, str))
    template_file = folder / template_name
    template = _template(template_file)
    return StackArtifact(
        id=artifact_id,
        name=str(properties.get("stackName", artifact_id)),
        path=str(artifact.get("displayName", artifact_id)),
        account=None if account in UNKNOWN else account,
        region=None if region in UNKNOWN else region,
        template=template,
        template_file=template_file,
        assets=_assets(folder, template_name, dependencies, artifacts),
        parameters={str(k): str(v) for k, v in properties.get("parameters", {}).items()},
        dependencies=dependencies,
    )


def _assets(
    folder: Path, template_name: str, dependencies: tuple[str, ...], artifacts: dict[str, Any]
) -> tuple[FileAsset, ...]:
    found: list[FileAsset] = []
    for name in dependencies:
        artifact = artifacts.get(name, {})
        if artifact.get("type") != "cdk:asset-manifest":
            continue
        manifest_file = folder / str(artifact.get("properties", {}).get("file"))
        files = _mapping(_json(manifest_file).get("files", {}), manifest_file, "files")
        for asset in files.values():
            source, destinations = asset.get("source", {}), asset.get("destinations", {})
            # The stack's own template is among them; nested stacks' templates are assets like any other.
            if "path" not in source or source["path"] == template_name:
                continue
            found.extend(
                FileAsset(folder / source["path"], d["bucketName"], d["objectKey"], source.get("packaging") == "zip")
                for d in destinations.values()
            )
    return tuple(found)


def _in_dependency_order(stacks: list[StackArtifact], folder: Path) -> tuple[StackArtifact, ...]:
    by_id = {stack.id: stack for stack in stacks}
    done: dict[str, StackArtifact] = {}
    open_: list[str] = []

    def visit(stack: StackArtifact) -> None:
        if stack.id in done:
            return
        if stack.id in open_:
            cycle = " → ".join([*open_[open_.index(stack.id) :], stack.id])
            raise AssemblyError(f"the stacks depend on each other in a circle: {cycle}.", where=str(folder))
        open_.append(stack.id)
        for name in stack.dependencies:
            if name in by_id:
                visit(by_id[name])
        open_.pop()
        done[stack.id] = stack

    for stack in stacks:
        visit(stack)
    return tuple(done.values())


def _plain_template(path: Path) -> StackArtifact:
    name = re.sub(r"[^A-Za-z0-9-]+", "-", path.name.split(".")[0]) or "template"
    return StackArtifact(name, name, name, None, None, _template(path), path, (), {}, ())


def _template(path: Path) -> dict[str, Any]:
    template = _json(path)
    resources = template.get("Resources")
    if not isinstance(resources, dict) or not resources:
        raise AssemblyError(
            "the template has no Resources.", where=str(path), remedy="A stack needs at least one resource."
        )
    for logical_id, resource in resources.items():
        if not isinstance(resource, dict) or not isinstance(resource.get("Type"), str):
            raise AssemblyError(
                "the resource has no Type.",
                where=f"{path.name}: Resources.{logical_id}",
                remedy="Synthesize again.",
            )
    return template


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise AssemblyError(
            "the file is missing from the assembly.", where=str(path), remedy="Synthesize again."
        ) from None
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise AssemblyError(
            f"the file is no JSON ({error}).",
            where=str(path),
            remedy="Synthesize again; YAML templates must be converted to JSON.",
        ) from None
    return _mapping(content, path, "the whole file")


def _mapping(value: object, path: Path, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise AssemblyError(f"{what} is not a JSON object.", where=str(path), remedy="Synthesize again.")
    return value
