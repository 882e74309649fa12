"""What holds for every function, whatever it hears."""

import ast
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lambdas.aws_events import REGION, topic_invocation
from tests.lambdas.conftest import ENVIRONMENTS, LAMBDAS, LAYER, Functions

every_function = pytest.mark.parametrize("name", list(ENVIRONMENTS))

HEAVY = {
    "aws_xray_sdk",
    "aws_lambda_powertools.event_handler",
    "aws_lambda_powertools.utilities.parser",
    "eventyard.patterns",
    "moto",
}
"""Each would add to every start, and no function needs it: X-Ray's SDK comes with the tracer where that is on."""


def test_every_function_folder_is_tested_here() -> None:
    folders = {path.parent.name for path in LAMBDAS.glob("*/handler.py")}

    assert folders == set(ENVIRONMENTS)


@every_function
def test_a_missing_variable_is_named_when_the_function_starts(name: str, functions: Functions) -> None:
    for variable in ENVIRONMENTS[name]:
        with pytest.raises(RuntimeError, match=variable):
            functions.load(name, **{variable: ""})


def run(name: str, program: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Runs a program in a process of its own, with what Lambda gives the function, and nothing more."""
    environment = {
        "PATH": os.environ["PATH"],
        # The kit's contracts come in a layer of their own; here they are found where they stand.
        "PYTHONPATH": os.pathsep.join([str(LAYER), str(LAMBDAS.parent)]),
        "LAMBDA_TASK_ROOT": str(LAMBDAS / name),
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_LAMBDA_FUNCTION_NAME": name,
    }
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=LAMBDAS / name,
        env=environment | ENVIRONMENTS[name] | variables,
        capture_output=True,
        text=True,
        check=False,
    )


@every_function
def test_it_starts_in_a_process_of_its_own_and_loads_nothing_heavy(name: str) -> None:
    # when
    started = run(name, "import json, sys, handler; print(json.dumps([callable(handler.handle), *sys.modules]))")

    # then
    assert started.returncode == 0, started.stderr
    callable_, *modules = json.loads(started.stdout)
    assert callable_
    assert HEAVY & set(modules) == set()


def test_an_invocation_is_traced_where_the_daemon_of_x_ray_listens() -> None:
    # given a message that fails before anything is asked of AWS
    program = f"""
import handler
from dataclasses import make_dataclass
context = make_dataclass("Context", ["function_name", "memory_limit_in_mb", "invoked_function_arn", "aws_request_id"])
handler.handle({topic_invocation("{not json")!r}, context("thank_customer", 128, "arn", "request"))
"""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        daemon.bind(("127.0.0.1", 0))
        daemon.settimeout(10)

        # when
        ran = run(
            "thank_customer",
            program,
            AWS_XRAY_DAEMON_ADDRESS=f"127.0.0.1:{daemon.getsockname()[1]}",
            _X_AMZN_TRACE_ID="Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
        )

        # then
        assert "UnreadableMessageError" in ran.stderr
        _, segment = daemon.recv(65_536).split(b"\n", 1)
        assert json.loads(segment)["name"] == "## handle"
        assert json.loads(segment)["annotations"]["Service"] == "thank_customer"


@pytest.mark.parametrize("path", sorted(LAMBDAS.rglob("*.py")), ids=lambda path: str(path.relative_to(LAMBDAS)))
def test_the_code_that_ships_imports_nothing_of_the_kit_but_contracts(path: Path) -> None:
    # when
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    imported = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    imported += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]

    # then
    of_the_kit = {name for name in imported if name.split(".")[0] == "eventyard"}
    assert of_the_kit <= {"eventyard.contracts"}
    assert {name.split(".")[0] for name in imported}.isdisjoint({"stacks", "moto", "aws_cdk"})
