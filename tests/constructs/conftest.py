"""Stacks to build in, and templates as CloudFormation would resolve them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.constructs import App, Environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ACCOUNT, REGION = "111111111111", "us-east-1"


@dataclass(frozen=True)
class Resources:
    """A template's resources, with its references resolved to the ARNs and names that a deployment would give them."""

    stack_name: str
    template: dict[str, Any]

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """Logical id → properties, of all resources of a type (`SQS::Queue`)."""
        return {
            name: self._resolved(resource.get("Properties", {}))
            for name, resource in self.template["Resources"].items()
            if resource["Type"] == f"AWS::{kind}"
        }

    def the(self, kind: str, named: str = "") -> dict[str, Any]:
        """The properties of the one resource of a type, or of the one called so (a logical id without its hash)."""
        found = {name: properties for name, properties in self.of(kind).items() if self._called(named, name)}
        assert len(found) == 1, f"{kind} {named}: {sorted(found)} of {sorted(self.of(kind))}"
        return next(iter(found.values()))

    def statements(self, kind: str, named: str = "", *, service: str) -> Iterator[dict[str, Any]]:
        """The statements of the policies of a type that admit a service."""
        for name, properties in self.of(kind).items():
            if self._called(named, name):
                for statement in properties["KeyPolicy" if kind == "KMS::Key" else "PolicyDocument"]["Statement"]:
                    if statement["Principal"] == {"Service": service}:
                        yield statement

    @staticmethod
    def _called(named: str, logical_id: str) -> bool:
        return not named or logical_id[:-8] == named

    def _resolved(self, value: Any) -> Any:  # noqa: ANN401 (JSON)
        match value:
            case {"Ref": "AWS::Partition"}:
                resolved: Any = "aws"
            case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), _]}:
                resolved = self._arn(name)
            case {"Fn::ImportValue": str(export)}:
                resolved = f"import:{export}"
            case {"Fn::Join": [str(separator), list(parts)]}:
                resolved = separator.join(str(self._resolved(part)) for part in parts)
            case dict():
                resolved = {key: self._resolved(inner) for key, inner in value.items()}
            case list():
                resolved = [self._resolved(inner) for inner in value]
            case _:
                resolved = value
        return resolved

    def _arn(self, name: str) -> str:
        """As long as CloudFormation would make it: stack, logical id and twelve characters."""
        service = self.template["Resources"].get(name, {"Type": "AWS::None::None"})["Type"].split("::")[1].lower()
        return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{self.stack_name}-{name}-{'X' * 12}"


@pytest.fixture
def app() -> App:
    return App(analytics_reporting=False)


@pytest.fixture
def new_stack(app: App) -> Callable[..., Any]:
    """Make a stack: `new_stack("Orders")`."""
    from aws_cdk import Stack  # noqa: PLC0415 (after the constructs have found their Node)

    def new(name: str = "Shop", *, account: str = ACCOUNT, region: str = REGION) -> Stack:
        return Stack(app, name, env=Environment(account=account, region=region))

    return new


@pytest.fixture
def synthesized() -> Callable[[Any], Resources]:
    """Synthesize a stack (and all others of its app: a dependency cycle fails here)."""
    from aws_cdk import assertions  # noqa: PLC0415 (after the constructs have found their Node)

    def synthesize(stack: Any) -> Resources:  # noqa: ANN401 (a Stack)
        return Resources(stack.stack_name, dict(assertions.Template.from_stack(stack).to_json()))

    return synthesize


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A folder with a function's code, and with what Python leaves behind in it."""
    folder = tmp_path / "reserve_stock"
    (folder / "__pycache__").mkdir(parents=True)
    (folder / "__pycache__" / "handler.cpython-313.pyc").write_bytes(b"compiled")
    (folder / "handler.py").write_text("def handle(event, context):\n    return None\n")
    return folder
