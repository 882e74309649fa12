"""What an invocation answers and logs, the same from a process of its own and in this process."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from eventyard.errors import AssetError, EventyardError

if TYPE_CHECKING:
    from pathlib import Path

    from eventyard.local.functions import Workers
    from tests.local.functions.conftest import Invoke, MakeFunction


def test_the_payload_is_what_the_handler_returns_as_json(
    workers: Workers, function: MakeFunction, invoke: Invoke
) -> None:
    spec = function("def handle(event, context): return {'twice': event['n'] * 2}")
    outcome = invoke(workers, spec, {"n": 21})
    assert json.loads(outcome.payload) == {"twice": 42}
    assert (outcome.error, outcome.error_type, outcome.init_failed) == (None, None, False)


def test_the_context_tells_the_function_about_itself(workers: Workers, function: MakeFunction, invoke: Invoke) -> None:
    spec = function(
        """
        def handle(event, context):
            return {
                "name": context.function_name, "memory": context.memory_limit_in_mb,
                "arn": context.invoked_function_arn, "request": context.aws_request_id,
                "group": context.log_group_name, "stream": context.log_stream_name,
                "version": context.function_version, "left": context.get_remaining_time_in_millis(),
            }
        """,
        name="ship-order",
        memory=256,
        timeout=20,
    )
    outcome = invoke(workers, spec)
    told = json.loads(outcome.payload)
    assert 0 < told.pop("left") <= 20_000
    assert told == {
        "name": "ship-order",
        "memory": "256",
        "arn": "arn:aws:lambda:eu-central-1:111111111111:function:ship-order",
        "request": "request-0",
        "group": "/aws/lambda/ship-order",
        "stream": outcome.log_stream,
        "version": "$LATEST",
    }


def test_an_exception_is_answered_and_logged_as_lambda_does(
    workers: Workers, function: MakeFunction, invoke: Invoke
) -> None:
    spec = function("def handle(event, context):\n    raise ValueError('no such order')")
    outcome = invoke(workers, spec)
    answer = json.loads(outcome.payload)
    assert answer["errorMessage"] == "no such order"
    assert answer["errorType"] == "ValueError"
    assert answer["requestId"] == "request-0"
    assert len(answer["stackTrace"]) == 1
    assert str(spec.code / "app.py") in answer["stackTrace"][0]
    assert (outcome.error, outcome.error_type, outcome.error_message) == (
        "Unhandled",
        "ValueError",
        "no such order",
    )
    assert "[ERROR] ValueError: no such order\nTraceback (most recent call last):\n" in outcome.log
    assert "raise ValueError('no such order')" in outcome.log


def test_a_result_that_is_no_json_is_a_marshal_error(workers: Workers, function: MakeFunction, invoke: Invoke) -> None:
    outcome = invoke(workers, function("def handle(event, context): return object()"))
    assert outcome.error_type == "Runtime.MarshalError"


@pytest.mark.parametrize(
    ("source", "handler", "error_type", "message"),
    [
        ("import no_such_module", "app.handle", "Runtime.ImportModuleError", "No module named 'no_such_module'"),
        ("", "elsewhere.handle", "Runtime.ImportModuleError", "No module named 'elsewhere'"),
        ("def handel(event, context): ...", "app.handle", "Runtime.HandlerNotFound", "'handle' missing"),
        ("def handle(event context): ...", "app.handle", "Runtime.UserCodeSyntaxError", "Syntax error in module"),
        ("import os; os.environ['TABLE']", "app.handle", "KeyError", "'TABLE'"),
        ("", "handle", "Runtime.MalformedHandlerName", "Bad handler 'handle'"),
        ("raise SystemExit(3)", "app.handle", "Runtime.ExitError", "exit status 3"),
    ],
)
def test_a_handler_that_cannot_be_initialised_says_so_until_it_can(  # noqa: PLR0917 - fixtures and the case
    workers: Workers,
    function: MakeFunction,
    invoke: Invoke,
    source: str,
    handler: str,
    error_type: str,
    message: str,
) -> None:
    spec = function(source, handler=handler)
    failed = invoke(workers, spec)
    assert (failed.error, failed.error_type, failed.init_failed) == ("Unhandled", error_type, True)
    assert message in (failed.error_message or "")
    assert json.loads(failed.payload)["errorType"] == error_type
    assert error_type in failed.log
    mended = function("def handle(event, context): return 'mended'", name=spec.name)
    assert invoke(workers, mended).payload == b'"mended"'


def test_init_is_tried_anew_after_it_failed(workers: Workers, function: MakeFunction, invoke: Invoke) -> None:
    spec = function("import neighbour\ndef handle(event, context): return neighbour.VALUE")
    assert invoke(workers, spec).init_failed
    (spec.code / "neighbour.py").write_text("VALUE = 'here now'")
    assert invoke(workers, spec).payload == b'"here now"'


def test_everything_written_is_in_the_log_in_its_order(
    workers: Workers, function: MakeFunction, invoke: Invoke
) -> None:
    spec = function(
        """
        import logging, sys
        print("at import")
        logging.getLogger().setLevel("INFO")

        def handle(event, context):
            print("printed", event)
            print("to stderr", file=sys.stderr)
            logging.getLogger("shop").info("logged %s", event)
            logging.getLogger("shop").debug("too quiet")
            print("unfinished line", end="")
        """
    )
    first, second = invoke(workers, spec, 1), invoke(workers, spec, 2)
    when = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    ms = r"\d+\.\d\d ms\tBilled Duration: \d+ ms"
    assert re.fullmatch(
        r"at import\nSTART RequestId: request-0 Version: \$LATEST\nprinted 1\nto stderr\n"
        rf"\[INFO\]\t{when}\trequest-0\tlogged 1\nunfinished line\n"
        rf"END RequestId: request-0\nREPORT RequestId: request-0\tDuration: {ms}\tMemory Size: 128 MB\n",
        first.log,
    )
    assert "at import" not in second.log
    assert re.search(rf"\[INFO\]\t{when}\trequest-1\tlogged 2\n", second.log)


def test_the_last_line_before_the_answer_is_in_the_log_every_time(
    workers: Workers, function: MakeFunction, invoke: Invoke
) -> None:
    spec = function("def handle(event, context): print('last', event)")
    for number in range(200):
        assert f"\nlast {number}\nEND " in invoke(workers, spec, number).log


def test_a_log_longer_than_any_pipe_is_complete(workers: Workers, function: MakeFunction, invoke: Invoke) -> None:
    spec = function(
        """
        def handle(event, context):
            for number in range(event):
                print(f"line {number} " + "ü" * 500)
        """
    )
    for _ in range(3):
        lines = invoke(workers, spec, 700).log.splitlines()[1:-2]
        assert lines == [f"line {number} " + "ü" * 500 for number in range(700)]


def test_a_response_over_six_megabytes_is_an_error_and_the_next_one_is_served(
    workers: Workers, function: MakeFunction, invoke: Invoke
) -> None:
    spec = function("def handle(event, context): return 'x' * event")
    largest, larger = 6_291_556 - 2, 6_291_556 - 1
    assert len(invoke(workers, spec, largest).payload) == 6_291_556
    refused = invoke(workers, spec, larger)
    assert (refused.error, refused.error_type) == ("Unhandled", "Function.ResponseSizeTooLarge")
    assert json.loads(refused.payload)["errorMessage"] == (
        "Response payload size (6291557 bytes) exceeded maximum allowed payload size (6291556 bytes)."
    )
    assert invoke(workers, spec, 1).payload == b'"x"'


def test_a_handler_that_exits_is_an_exit_error_and_the_next_one_starts_anew(
    workers: Workers, function: MakeFunction, invoke: Invoke
) -> None:
    spec = function(
        """
        import sys
        calls = []
        def handle(event, context):
            calls.append(event)
            print("last words")
            if event is not None:
                sys.exit(event)
            return len(calls)
        """
    )
    outcome = invoke(workers, spec, 7)
    message = "RequestId: request-0 Error: Runtime exited with error: exit status 7"
    assert (outcome.error_type, outcome.error_message) == ("Runtime.ExitError", message)
    assert f"last words\n{message}\nRuntime.ExitError\nEND RequestId: request-0\n" in outcome.log
    assert invoke(workers, spec, 0).error_message == (
        "RequestId: request-1 Error: Runtime exited without providing a reason"
    )
    assert invoke(workers, spec).payload == b"1"


def test_what_a_module_remembers_stays_while_the_function_is_warm(
    workers: Workers, function: MakeFunction, invoke: Invoke
) -> None:
    spec = function("calls = []\ndef handle(event, context):\n    calls.append(1)\n    return len(calls)")
    workers.warm(spec)
    assert [invoke(workers, spec).payload for _ in range(3)] == [b"1", b"2", b"3"]
    workers.retire(spec.arn)
    assert invoke(workers, spec).payload == b"1"


def test_a_changed_function_replaces_the_one_that_ran(workers: Workers, function: MakeFunction, invoke: Invoke) -> None:
    spec = function("import os\ndef handle(event, context): return os.environ.get('STAGE')")
    before = invoke(workers, spec)
    after = invoke(workers, replace(spec, environment={"STAGE": "prod"}))
    assert (before.payload, after.payload) == (b"null", b'"prod"')
    assert before.log_stream != after.log_stream


def test_functions_with_modules_of_the_same_name_do_not_mix(
    workers: Workers, function: MakeFunction, invoke: Invoke
) -> None:
    source = """
        import logic
        def handle(event, context):
            import late
            return [logic.NAME, late.NAME]
    """
    specs = {name: function(source, name=name) for name in ("warehouse", "finance")}
    for name, spec in specs.items():
        for module in ("logic", "late"):
            (spec.code / f"{module}.py").write_text(f"NAME = {name!r}")
    for name in ("warehouse", "finance", "warehouse"):
        assert json.loads(invoke(workers, specs[name]).payload) == [name, name]


def test_the_code_comes_before_the_layers_and_a_later_layer_before_an_earlier_one(
    workers: Workers, function: MakeFunction, invoke: Invoke, tmp_path: Path
) -> None:
    layers = (tmp_path / "first", tmp_path / "second")
    for layer in layers:
        for folder, module in (
            ("python", "in_code"),
            ("python", "in_layers"),
            ("python/lib/python3.13/site-packages", "in_site"),
        ):
            (layer / folder).mkdir(parents=True, exist_ok=True)
            (layer / folder / f"{module}.py").write_text(f"FROM = {layer.name!r}")
    spec = function(
        """
        import in_code, in_layers, in_site
        def handle(event, context): return [in_code.FROM, in_layers.FROM, in_site.FROM]
        """,
        layers=layers,
    )
    (spec.code / "in_code.py").write_text("FROM = 'code'")
    assert json.loads(invoke(workers, spec).payload) == ["code", "second", "second"]


def test_a_function_reads_its_files_from_its_folder_and_leaves_no_bytecode_there(
    workers: Workers, function: MakeFunction, invoke: Invoke
) -> None:
    spec = function("def handle(event, context): return open('rates.txt', encoding='utf-8').read()")
    (spec.code / "rates.txt").write_text("1.08")
    assert invoke(workers, spec).payload == b'"1.08"'
    assert sorted(entry.name for entry in spec.code.iterdir()) == ["app.py", "rates.txt"]


def test_a_function_without_code_is_an_error_that_names_the_folder(
    workers: Workers, function: MakeFunction, invoke: Invoke, tmp_path: Path
) -> None:
    spec = function("", code=tmp_path / "gone")
    with pytest.raises(AssetError, match="gone"):
        workers.warm(spec)
    with pytest.raises(AssetError, match="gone"):
        invoke(workers, spec)


def test_closed_workers_say_so(workers: Workers, function: MakeFunction, invoke: Invoke) -> None:
    spec = function("def handle(event, context): ...")
    invoke(workers, spec)
    workers.close()
    workers.close()
    with pytest.raises(EventyardError, match="closed"):
        invoke(workers, spec)
