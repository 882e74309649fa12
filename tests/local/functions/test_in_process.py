"""What only the in-process way has: the debugger, this process's state, which it must give back."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import warnings
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from eventyard.local.functions import InProcessWorkers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.local.functions.conftest import Invoke, MakeFunction


@pytest.fixture
def in_process() -> Iterator[InProcessWorkers]:
    with InProcessWorkers() as workers:
        yield workers


def _state() -> dict[str, object]:
    root = logging.getLogger()
    return {
        "environment": dict(os.environ),
        "path": list(sys.path),
        "folder": Path.cwd(),
        "stdout": sys.stdout,
        "stderr": sys.stderr,
        "handlers": list(root.handlers),
        "level": root.level,
        "filters": list(warnings.filters),
        "bytecode": sys.dont_write_bytecode,
        "hook": sys.breakpointhook,
        "app": sys.modules.get("app"),
    }


@pytest.mark.parametrize("end", ["return 1", "raise ValueError", "raise SystemExit", "raise KeyboardInterrupt"])
def test_this_process_is_as_before_whatever_the_handler_did(
    in_process: InProcessWorkers,
    function: MakeFunction,
    invoke: Invoke,
    monkeypatch: pytest.MonkeyPatch,
    end: str,
) -> None:
    monkeypatch.setitem(sys.modules, "app", ModuleType("app"))  # a module of ours with the name of the function's
    spec = function(
        f"""
        import logging, os, sys, tempfile, warnings
        def handle(event, context):
            os.environ["MINE"] = "1"
            os.environ.pop("PATH")
            os.chdir(tempfile.gettempdir())
            sys.path.insert(0, "/somewhere")
            logging.getLogger().setLevel("DEBUG")
            logging.basicConfig(force=True)
            warnings.simplefilter("error")
            {end}
        """
    )
    before = _state()
    try:
        invoke(in_process, spec)
    except KeyboardInterrupt:
        assert end == "raise KeyboardInterrupt"  # the developer's Ctrl-C is the one that comes through
    assert _state() == before


def test_a_handler_runs_from_its_own_file_in_this_process(
    in_process: InProcessWorkers, function: MakeFunction, invoke: Invoke
) -> None:
    """A tracer, as coverage and debuggers are, sees the lines of the file that the spec names."""
    spec = function("def handle(event, context):\n    answer = 42\n    return answer")
    lines: list[int] = []

    def trace(frame: object, event: str, _: object) -> object:
        code = frame.f_code  # type: ignore[attr-defined]  # a frame, as sys.settrace hands it over
        if code.co_filename == str(spec.code / "app.py") and code.co_name == "handle" and event == "line":
            lines.append(frame.f_lineno)  # type: ignore[attr-defined]  # the same
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]  # typeshed wants its own protocol
    try:
        invoke(in_process, spec)
    finally:
        sys.settrace(before)
    assert lines == [2, 3]


def test_a_breakpoint_reaches_the_debugger_that_is_set(
    in_process: InProcessWorkers, function: MakeFunction, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    stops: list[str] = []
    monkeypatch.setattr(sys, "breakpointhook", lambda: stops.append(sys._getframe(1).f_code.co_filename))  # noqa: SLF001 - as debuggers do
    spec = function("def handle(event, context):\n    breakpoint()")
    assert invoke(in_process, spec).error is None
    assert stops == [str(spec.code / "app.py")]


def test_pythons_own_debugger_speaks_on_the_terminal_and_not_into_the_log(  # noqa: PLR0917 - fixtures
    in_process: InProcessWorkers,
    function: MakeFunction,
    invoke: Invoke,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(sys, "breakpointhook", sys.__breakpointhook__)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "typed").write_text("p secret\ncontinue\n")
    spec = function("def handle(event, context):\n    secret = 'abc'\n    breakpoint()\n    return secret")
    with (tmp_path / "typed").open() as typed:
        monkeypatch.setattr(sys, "stdin", typed)
        outcome = invoke(in_process, spec)
    assert outcome.payload == b'"abc"'
    assert "'abc'" in capsys.readouterr().out
    assert "abc" not in outcome.log


def test_a_handler_may_invoke_another_function(
    in_process: InProcessWorkers, function: MakeFunction, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = function("def handle(event, context):\n    print('inside')\n    return 'inner'")
    monkeypatch.setattr(sys, "call_inner", lambda: invoke(in_process, inner), raising=False)
    outer = function(
        """
        import os, sys
        def handle(event, context):
            answer = sys.call_inner()
            print("outside")
            return [answer.payload.decode(), answer.log.count("inside"), os.environ["AWS_LAMBDA_FUNCTION_NAME"]]
        """,
        name="outer",
    )
    outcome = invoke(in_process, outer)
    assert outcome.payload == b'["\\"inner\\"", 1, "outer"]'
    assert "outside" in outcome.log
    assert "inside" not in outcome.log


def test_a_call_from_another_thread_whose_turn_does_not_come_times_out(
    in_process: InProcessWorkers, function: MakeFunction, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = function("def handle(event, context): ...", timeout=0.05)
    answers: list[str | None] = []

    def ask() -> None:
        thread = threading.Thread(target=lambda: answers.append(invoke(in_process, other).error_type))
        thread.start()
        thread.join()

    monkeypatch.setattr(sys, "ask", ask, raising=False)
    invoke(in_process, function("import sys\ndef handle(event, context): sys.ask()"))
    assert answers == ["Sandbox.Timedout"]
    assert invoke(in_process, other).error is None


def test_warnings_that_fail_a_test_run_do_not_fail_a_function(
    in_process: InProcessWorkers, function: MakeFunction, invoke: Invoke
) -> None:
    spec = function(
        "import warnings\ndef handle(event, context):\n    warnings.warn('old', DeprecationWarning)\n    return 1"
    )
    assert invoke(in_process, spec).payload == b"1"


def test_each_function_calls_aws_with_its_own_credentials(
    in_process: InProcessWorkers, function: MakeFunction, invoke: Invoke
) -> None:
    source = """
        import boto3
        client = boto3.client("sqs", region_name="us-east-1")
        def handle(event, context):
            return boto3.DEFAULT_SESSION.get_credentials().access_key
    """
    keys = ("ASIA1", "ASIA2")
    specs = [function(source, platform={"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": "none"}) for key in keys]

    # One after the other, and the first one again.
    answers = [json.loads(invoke(in_process, spec).payload) for spec in (*specs, specs[0])]

    assert answers == ["ASIA1", "ASIA2", "ASIA1"]
