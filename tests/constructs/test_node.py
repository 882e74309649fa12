"""The constructs bring their own Node."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.xdist_group("cdk")

SCRIPT = "from eventyard.constructs import App, Bus; import aws_cdk; Bus(aws_cdk.Stack(App(), 'S'), 'B'); print('made')"


def run(**environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name != "JSII_NODE"}
    return subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False, env=clean | environment
    )


def test_they_need_no_node_on_the_path_and_print_nothing(tmp_path: object) -> None:
    outcome = run(PATH=str(tmp_path))

    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (0, "made\n", "")


def test_a_node_that_the_user_names_is_used(tmp_path: object) -> None:
    outcome = run(JSII_NODE=f"{tmp_path}/no-such-node")

    assert outcome.returncode != 0
    assert "no-such-node" in outcome.stderr
