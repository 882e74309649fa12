"""A cloud assembly is read whole, or refused with its place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.assembly import read
from eventyard.errors import AssemblyError

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATE = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}


def stack(template: str = "S.template.json", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://111111111111/us-east-1",
        "properties": {"templateFile": template},
    }
    return artifact | more


def assembly(folder: Path, artifacts: dict[str, Any], **files: Any) -> Path:  # noqa: ANN401 - any JSON value
    folder.mkdir(exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps({"version": "36.0.0", "artifacts": artifacts}))
    (folder / "S.template.json").write_text(json.dumps(TEMPLATE))
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content))
    return folder


def test_a_stack_knows_its_account_region_and_name(tmp_path: Path) -> None:
    artifacts = {"S": stack(properties={"templateFile": "S.template.json", "stackName": "shop"}, displayName="Prod/S")}

    (found,) = read(assembly(tmp_path, artifacts)).stacks

    assert (found.id, found.name, found.path) == ("S", "shop", "Prod/S")
    assert (found.account, found.region) == ("111111111111", "us-east-1")
    assert found.template == TEMPLATE


def test_a_stack_that_names_no_environment_goes_wherever_it_is_deployed(tmp_path: Path) -> None:
    artifacts = {"S": stack(environment="aws://unknown-account/unknown-region")}

    (found,) = read(assembly(tmp_path, artifacts)).stacks

    assert (found.account, found.region) == (None, None)


def test_stacks_come_after_those_they_depend_on(tmp_path: Path) -> None:
    artifacts = {"A": stack(dependencies=["B"]), "B": stack(dependencies=["C"]), "C": stack()}

    assert [found.id for found in read(assembly(tmp_path, artifacts)).stacks] == ["C", "B", "A"]


def test_stages_are_read_as_part_of_the_whole(tmp_path: Path) -> None:
    assembly(tmp_path / "assembly-Prod", {"Inner": stack()})
    nested = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}}

    assert [found.id for found in read(assembly(tmp_path, {"Outer": stack(), "Prod": nested})).stacks] == [
        "Outer",
        "Inner",
    ]


def test_assets_come_with_the_bucket_and_key_of_their_stack(tmp_path: Path) -> None:
    assets = {
        "files": {
            "abc": {
                "source": {"path": "asset.abc", "packaging": "zip"},
                "destinations": {"here": {"bucketName": "b-${AWS::AccountId}-${AWS::Region}", "objectKey": "abc.zip"}},
            }
        }
    }
    artifacts = {
        "S": stack(dependencies=["S.assets"]),
        "S.assets": {"type": "cdk:asset-manifest", "properties": {"file": "S.assets.json"}},
    }
    folder = assembly(tmp_path, artifacts, **{"S.assets.json": assets})
    (folder / "asset.abc").mkdir()

    (asset,) = read(folder).stacks[0].assets

    assert asset.path == folder / "asset.abc"
    assert asset.location("111111111111", "us-east-1") == ("b-111111111111-us-east-1", "abc.zip")


def test_a_plain_template_is_one_stack_named_after_its_file(tmp_path: Path) -> None:
    file = tmp_path / "my queues.template.json"
    file.write_text(json.dumps(TEMPLATE))

    (found,) = read(file).stacks

    assert (found.name, found.account) == ("my-queues", None)


@pytest.mark.parametrize(
    ("artifacts", "files", "message"),
    [
        ({"S": stack("gone.json")}, {}, r"gone\.json: the file is missing"),
        ({"S": stack(properties={})}, {}, r"manifest\.json: S: the stack names no templateFile"),
        ({"S": stack(environment="here")}, {}, r"manifest\.json: S: the stack's environment is 'here'"),
        ({"S": stack(dependencies=["T"]), "T": stack(dependencies=["S"])}, {}, r"in a circle: S → T → S"),
        ({"S": stack("t.json")}, {"t.json": {"Resources": {}}}, r"t\.json: the template has no Resources"),
        (
            {"S": stack("t.json")},
            {"t.json": {"Resources": {"Q": {}}}},
            r"t\.json: Resources\.Q: the resource has no Type",
        ),
        ({"S": stack("t.json")}, {"t.json": []}, r"t\.json: the whole file is not a JSON object"),
        ({"S": "text"}, {}, r"artifacts\.S is not a JSON object"),
    ],
)
def test_a_malformed_assembly_is_refused_with_its_place(
    tmp_path: Path, artifacts: dict[str, Any], files: dict[str, Any], message: str
) -> None:
    folder = assembly(tmp_path, artifacts, **files)

    with pytest.raises(AssemblyError, match=message):
        read(folder)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "this folder has no manifest.json"),
        ("{", "the file is no JSON"),
        ("[" * 100_000, "the file is no JSON"),
        ("{}", "artifacts is not a JSON object"),
    ],
)
def test_a_folder_that_is_no_assembly_is_refused(tmp_path: Path, content: str | None, message: str) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)

    with pytest.raises(AssemblyError, match=message):
        read(tmp_path)


def test_a_path_where_nothing_is_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(AssemblyError, match=r"there is no cloud assembly here\. Run `make synth`"):
        read(tmp_path / "cdk.out")
