"""What functions need to publish and read event types."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from aws_cdk import aws_lambda

import eventyard
from eventyard.constructs.function import code_in

if TYPE_CHECKING:
    from constructs import Construct

# The event types and what they are made of: Python only, so one layer serves every runtime and architecture.
_PARTS = ("__init__.py", "errors.py", "contracts", "patterns")


class ContractsLayer(aws_lambda.LayerVersion):
    """A layer with `eventyard.contracts`, for functions whose event types are classes of it.

    Minimal use: `ContractsLayer(self, "Contracts")`, and `layers=[..., contracts]` where a function is made.

    It holds nothing else. Pydantic is compiled, so it comes with the runtime's own libraries: Powertools' public layer
    has it (https://docs.aws.amazon.com/powertools/python/latest/getting-started/install/), or a layer of yours.

    Args:
        props: Anything that `aws_lambda.LayerVersion` takes.
    """

    def __init__(self, scope: Construct, construct_id: str, **props: Any) -> None:  # noqa: ANN401 (aws-cdk-lib's own properties)
        package = Path(eventyard.__file__).parent
        with TemporaryDirectory() as folder:  # the asset is copied from it at once
            staged = Path(folder) / "python" / package.name
            staged.mkdir(parents=True)
            for part in _PARTS:
                copy = shutil.copytree if (package / part).is_dir() else shutil.copyfile
                copy(package / part, staged / part)
            safe: dict[str, Any] = {
                "code": code_in(folder),
                "description": "Event types: eventyard.contracts",
                "compatible_architectures": [aws_lambda.Architecture.ARM_64, aws_lambda.Architecture.X86_64],
            }
            super().__init__(scope, construct_id, **(safe | props))
