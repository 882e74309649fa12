"""The shop, synthesized once a session as `cdk synth` does it: by running app.py with what cdk.json says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

# Runs app.py and, on the constructs that it leaves, cdk-nag; the findings are all that is printed. A process of its
# own, because Node reads the environment (CDK_OUTDIR, CDK_CONTEXT_JSON) only once, when aws_cdk is imported.
SYNTHESIS = """
import json, runpy
app = runpy.run_path("app.py", run_name="__main__")["app"]
from cdk_nag import AwsSolutionsChecks
found = AwsSolutionsChecks(app).validate_scope(app).violations
print(json.dumps([[one.rule_name, place.construct_path] for one in found for place in one.violating_resources]))
"""

# cdk-nag reads a property of bus policies that aws-cdk-lib warns of. app.py alone does not.
NAGS_OWN = (
    "[WARNING] aws-cdk-lib.aws_events.CfnEventBusPolicy#principal is deprecated, and will be removed in the next major "
    "release.\n  this property has been deprecated\n"
)


@dataclass(frozen=True)
class Synthesis:
    """A finished synthesis.

    Args:
        assembly: The folder that was written.
        findings: What cdk-nag's AwsSolutions pack has to say: rule and construct path.
        printed: What else was printed, on standard output and error.
    """

    assembly: Path
    findings: list[list[str]]
    printed: str

    @property
    def template_files(self) -> list[str]:
        """Every stack's template."""
        return sorted(str(path) for path in self.assembly.glob("*.template.json"))


@pytest.fixture(scope="session")
def synthesis(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """The shop, on a machine that has no Node on its PATH."""
    assembly = tmp_path_factory.mktemp("cdk.out")
    environment = {name: value for name, value in os.environ.items() if name != "JSII_NODE"} | {
        "PATH": str(assembly / "no-programs-here"),
        "CDK_OUTDIR": str(assembly),
        "CDK_CONTEXT_JSON": json.dumps(json.loads((ROOT / "cdk.json").read_text())["context"]),
    }
    outcome = subprocess.run(
        [sys.executable, "-c", SYNTHESIS], cwd=ROOT, capture_output=True, text=True, check=False, env=environment
    )
    assert outcome.returncode == 0, outcome.stderr
    *printed, findings = outcome.stdout.splitlines()
    return Synthesis(assembly, json.loads(findings), "\n".join(printed) + outcome.stderr.replace(NAGS_OWN, ""))


@pytest.fixture(scope="session")
def templates(synthesis: Synthesis) -> dict[str, dict[str, Any]]:
    """Stack name → template."""
    return {
        Path(path).name.removesuffix(".template.json"): json.loads(Path(path).read_text())
        for path in synthesis.template_files
    }
