"""Who may import whom: the contracts in pyproject.toml hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def test_every_import_contract_is_kept() -> None:
    program = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("statement", "never"),
    [
        ("import eventyard", ["aws_cdk", "moto", "boto3", "click", "rich", "pydantic"]),
        ("import eventyard.patterns, eventyard.transforms, eventyard.assembly", ["aws_cdk", "moto", "boto3", "click"]),
        ("import eventyard.policies", ["aws_cdk", "moto", "boto3", "click"]),
        ("import eventyard.contracts", ["aws_cdk", "moto", "boto3", "eventyard.patterns", "difflib"]),
        ("import eventyard.contracts.testing", ["aws_cdk", "moto", "boto3", "hypothesis"]),
        ("import eventyard.publishing", ["aws_cdk", "moto", "click", "rich", "eventyard.patterns"]),
        ("import eventyard.cli", ["aws_cdk", "moto", "boto3", "rich"]),
        ("import eventyard.testing", ["aws_cdk", "moto", "boto3", "rich"]),
        ("import eventyard.local", ["aws_cdk", "jsii", "click", "rich"]),
    ],
)
def test_imports_stay_light(statement: str, never: list[str]) -> None:
    program = f"{statement}\nimport sys\nprint([name for name in {never} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
