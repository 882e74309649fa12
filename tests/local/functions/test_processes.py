"""What only processes have: they can be killed, die, run at once, and must not be left behind."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from eventyard.local.functions import ProcessWorkers
from eventyard.local.functions.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from eventyard.local.functions import Outcome
    from tests.local.functions.conftest import Invoke, MakeFunction

_HOLD = """
    import os, subprocess, sys, threading

    def handle(event, context):
        held = os.open(os.environ["FIFO"], os.O_WRONLY)
        os.write(held, b"x")
        wait = "import threading; threading.Event().wait()"
        if event == "child":
            subprocess.Popen([sys.executable, "-c", wait], pass_fds=[held])
            os._exit(1)
        if event == "grandchild":
            subprocess.run([sys.executable, "-c", wait], pass_fds=[held])
        if event == "block":
            threading.Event().wait()
        return "holding"
"""


class Fifo:
    """A pipe with a name: who has it open for writing is alive, and its end is seen when none is left."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self._reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def wait_until_held(self) -> None:
        """Wait for a writer to say that it is there."""
        while self._next() != b"x":
            pass

    def wait_until_released(self) -> None:
        """Wait until the last writer is gone."""
        while self._next():
            pass

    def _next(self) -> bytes:
        ready, _, _ = select.select([self._reader], [], [], 30)
        assert ready, "nobody came, or somebody stayed"
        return os.read(self._reader, 1)

    def close(self) -> None:
        """Stop reading."""
        os.close(self._reader)


@pytest.fixture
def fifo(tmp_path: Path) -> Iterator[Fifo]:
    made = Fifo(tmp_path / "fifo")
    yield made
    made.close()


def test_a_handler_that_takes_too_long_is_killed_and_the_next_gets_a_new_process(
    processes: ProcessWorkers, function: MakeFunction, invoke: Invoke
) -> None:
    spec = function(
        """
        import threading
        def handle(event, context):
            print("waiting" if event else "at once")
            if event:
                threading.Event().wait()
            return "done"
        """,
        timeout=0.2,
    )
    late = invoke(processes, spec, event=True)
    told = "RequestId: request-0 Error: Task timed out after 0.20 seconds"
    assert json.loads(late.payload) == {"errorType": "Sandbox.Timedout", "errorMessage": told}
    assert (late.error, late.error_type, late.error_message) == ("Unhandled", "Sandbox.Timedout", told)
    assert "waiting\n" in late.log
    assert "Z request-0 Task timed out after 0.20 seconds\n" in late.log
    assert late.log.endswith("\tStatus: timeout\n")
    assert late.duration_ms >= 200
    again = invoke(processes, spec, event=False)
    assert again.payload == b'"done"'
    assert again.log_stream != late.log_stream


@pytest.mark.parametrize(
    ("end", "how"),
    [
        ("os._exit(3)", "exit status 3"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "signal: killed"),
        (
            "signal.signal(signal.SIGSEGV, signal.SIG_DFL); os.kill(os.getpid(), signal.SIGSEGV)",
            "signal: segmentation fault",
        ),
    ],
)
def test_a_process_that_dies_is_an_exit_error(
    processes: ProcessWorkers, function: MakeFunction, invoke: Invoke, end: str, how: str
) -> None:
    spec = function(f"import os, signal\ndef handle(event, context):\n    print('so far')\n    {end}")
    for number in range(2):
        outcome = invoke(processes, spec)
        message = f"RequestId: request-{number} Error: Runtime exited with error: {how}"
        assert (outcome.error_type, outcome.error_message) == ("Runtime.ExitError", message)
        assert not outcome.init_failed
        assert "so far\n" in outcome.log


def test_a_process_that_dies_at_import_has_failed_its_init(
    processes: ProcessWorkers, function: MakeFunction, invoke: Invoke
) -> None:
    outcome = invoke(processes, function("import os\nprint('half way', flush=True)\nos._exit(4)"))
    assert (outcome.error_type, outcome.init_failed) == ("Runtime.ExitError", True)
    assert "half way\n" in outcome.log


@pytest.mark.parametrize("event", ["grandchild", "child"])
def test_what_a_handler_started_ends_with_it(
    processes: ProcessWorkers, function: MakeFunction, invoke: Invoke, fifo: Fifo, event: str
) -> None:
    """By a timeout (the handler waits for its child), and by its own exit."""
    spec = function(_HOLD, environment={"FIFO": str(fifo.path)}, timeout=1.0)
    assert invoke(processes, spec, event).error is not None
    fifo.wait_until_held()
    fifo.wait_until_released()


@pytest.mark.skipif(not hasattr(os, "waitid"), reason="macOS has it from Python 3.13 on")
def test_a_process_that_ended_between_two_events_is_replaced_without_a_word(
    processes: ProcessWorkers, function: MakeFunction, invoke: Invoke, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "go")
    spec = function(
        """
        import os, threading

        def die():
            with open(os.environ["GO"]):
                os._exit(1)

        def handle(event, context):
            if event == "die later":
                threading.Thread(target=die).start()
            return os.getpid()
        """,
        environment={"GO": str(tmp_path / "go")},
    )

    def die(outcome: Outcome | None) -> None:
        assert outcome is not None
        os.close(os.open(tmp_path / "go", os.O_WRONLY))
        os.waitid(os.P_PID, int(outcome.payload), os.WEXITED | os.WNOWAIT)

    die(invoke(processes, spec, "die later"))
    assert invoke(processes, spec).error is None

    # The same when the end is only found out by handing over the event.
    worker = Worker(spec, "stream")
    die(worker.run(b'"die later"', request_id="r", trace_id="t"))
    assert worker.run(b"null", request_id="r", trace_id="t") is None
    worker.close()


def test_a_stranger_at_the_runtimes_port_does_no_harm(
    processes: ProcessWorkers, function: MakeFunction, invoke: Invoke
) -> None:
    spec = function(
        """
        import os, socket
        host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
        for text in (b"GET /robots.txt HTTP/1.1\\r\\n\\r\\n", b"no http\\r\\n\\r\\n", b""):
            with socket.create_connection((host, int(port))) as stranger:
                stranger.sendall(text)

        def handle(event, context): return "unharmed"
        """
    )
    assert invoke(processes, spec).payload == b'"unharmed"'


def test_calls_at_the_same_time_get_a_process_each(
    processes: ProcessWorkers, function: MakeFunction, invoke: Invoke, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "meet")
    spec = function(
        "import os\ndef handle(event, context):\n    open(os.environ['MEET'], event).close()",
        environment={"MEET": str(tmp_path / "meet")},
    )
    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(lambda mode: invoke(processes, spec, mode), ["r", "w"]))
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert outcomes[0].log_stream != outcomes[1].log_stream


def test_no_more_processes_than_allowed_and_every_call_is_answered(function: MakeFunction, invoke: Invoke) -> None:
    spec = function("calls = []\ndef handle(event, context):\n    calls.append(1)\n    return len(calls)")
    with ProcessWorkers(concurrency=1) as workers, ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(lambda _: invoke(workers, spec), range(12)))
    assert sorted(int(outcome.payload) for outcome in outcomes) == list(range(1, 13))
    assert len({outcome.log_stream for outcome in outcomes}) == 1


def test_functions_that_are_warmed_start_at_the_same_time(
    processes: ProcessWorkers, function: MakeFunction, invoke: Invoke, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "meet")
    source = "open({path!r}, {mode!r}).close()\ndef handle(event, context): return 'met'"
    specs = [function(source.format(path=str(tmp_path / "meet"), mode=mode)) for mode in "rw"]
    for spec in specs:
        processes.warm(spec)
    assert [invoke(processes, spec).payload for spec in specs] == [b'"met"', b'"met"']


def test_closing_ends_a_handler_at_work(function: MakeFunction, invoke: Invoke, fifo: Fifo) -> None:
    spec = function(_HOLD, environment={"FIFO": str(fifo.path)})
    with ThreadPoolExecutor(1) as threads, ProcessWorkers() as workers:
        running = threads.submit(invoke, workers, spec, "block")
        fifo.wait_until_held()
        workers.close()
        assert running.result().error_type == "Runtime.ExitError"
    fifo.wait_until_released()


_PARENT = """
import sys
from pathlib import Path
from eventyard.local.functions import FunctionSpec, ProcessWorkers

code, fifo, event = sys.argv[1:]
spec = FunctionSpec(
    arn="arn:aws:lambda:us-east-1:111111111111:function:hold", handler="app.handle", runtime="python3.13",
    code=Path(code), log_group="/aws/lambda/hold", environment={"FIFO": fifo}, timeout=60,
)
workers = ProcessWorkers()
workers.invoke(spec, event.encode(), request_id="r", trace_id="t")
"""


@pytest.mark.parametrize("event", ['"return"', '"block"', '"grandchild"'])
def test_no_process_outlives_a_parent_that_is_killed_or_exits(function: MakeFunction, fifo: Fifo, event: str) -> None:
    """One parent forgets to close its workers and exits; the others are killed while a handler waits."""
    code = function(_HOLD).code
    command = [sys.executable, "-c", _PARENT, str(code), str(fifo.path), event]
    parent = subprocess.Popen(command)
    fifo.wait_until_held()
    if event != '"return"':
        parent.kill()
    parent.wait(timeout=30)
    fifo.wait_until_released()


def test_without_the_native_client_functions_run_all_the_same(
    processes: ProcessWorkers, function: MakeFunction, invoke: Invoke, tmp_path: Path
) -> None:
    """As on macOS, where awslambdaric has none."""
    (tmp_path / "runtime_client.py").write_text("raise ImportError")
    spec = function(
        """
        import sys
        def handle(event, context):
            if event is None:
                raise ValueError("nothing")
            return [event * 2, context.get_remaining_time_in_millis() > 0, type(sys.modules["runtime_client"]).__name__]
        """,
        environment={"PYTHONPATH": str(tmp_path)},
    )
    assert json.loads(invoke(processes, spec, "ü").payload) == ["üü", True, "PlainRuntimeClient"]
    assert invoke(processes, spec).error_type == "ValueError"
    assert json.loads(invoke(processes, spec, 1).payload)[0] == 2
