"""How an invocation can end, in AWS's words: what Invoke answers and what the log says.

The error types and their messages: "Troubleshoot execution issues in Lambda",
https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-execution.html, and the open source of the Lambda
runtime interface emulator, which is AWS's own implementation. The log's lines: "Sending Lambda function logs to
CloudWatch Logs". REPORT leaves out what is not measured here: Max Memory Used and Init Duration.
"""

from __future__ import annotations

import json
import math
import signal
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from eventyard.local.functions.spec import Outcome

if TYPE_CHECKING:
    from eventyard.local.functions.spec import FunctionSpec

RESPONSE_LIMIT = 6_291_556
"""Bytes that a synchronous invocation may answer: 6 MB and a little (`MaxPayloadSize` of AWS's emulator)."""


@dataclass(frozen=True)
class Ending:
    """How it ended: what Invoke answers, and the line that Lambda itself adds to the function's log."""

    payload: bytes
    error_type: str | None = None
    error_message: str | None = None
    line: str = ""
    status: str = ""
    init_failed: bool = False


def returned(payload: bytes) -> Ending:
    """The handler returned; a response over the limit is an error instead (`Function.ResponseSizeTooLarge`)."""
    if len(payload) <= RESPONSE_LIMIT:
        return Ending(payload)
    return _platform_error(
        "Function.ResponseSizeTooLarge",
        f"Response payload size ({len(payload)} bytes) exceeded maximum allowed payload size ({RESPONSE_LIMIT} bytes).",
    )


def raised(error: bytes, *, init: bool = False) -> Ending:
    """The handler raised, or, with `init`, could not be imported; `error` is the JSON that the runtime posted."""
    told = json.loads(error)
    status = f"error\tError Type: {told['errorType']}" if init else ""
    return Ending(error, told["errorType"], told["errorMessage"], status=status, init_failed=init)


def exited(request_id: str, returncode: int, *, init: bool = False) -> Ending:
    """The process ended under the handler's feet; `returncode` is as in `subprocess`, negative for a signal."""
    if returncode == 0:
        how = "Runtime exited without providing a reason"
    elif returncode > 0:
        how = f"Runtime exited with error: exit status {returncode}"
    else:
        name = signal.strsignal(-returncode) or f"signal {-returncode}"
        how = f"Runtime exited with error: signal: {name.lower()}"
    message = f"RequestId: {request_id} Error: {how}"
    return _platform_error("Runtime.ExitError", message, line=f"{message}\nRuntime.ExitError\n", init=init)


def timed_out(request_id: str, seconds: float, *, init: bool = False) -> Ending:
    """The handler took longer than the function's timeout."""
    told = f"Task timed out after {seconds:.2f} seconds"
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    ending = _platform_error(
        "Sandbox.Timedout",
        f"RequestId: {request_id} Error: {told}",
        line=f"{now} {request_id} {told}\n\n",
        init=init,
    )
    return Ending(**{**vars(ending), "status": "timeout"})


def outcome(  # the parts of one invocation, gathered in one place
    spec: FunctionSpec,
    request_id: str,
    ending: Ending,
    *,
    init_log: str,
    log: str,
    log_stream: str,
    duration_ms: float,
) -> Outcome:
    """The outcome, its log framed by START, END and REPORT; what was written during init stands before START."""
    report = [
        f"REPORT RequestId: {request_id}",
        f"Duration: {duration_ms:.2f} ms",
        f"Billed Duration: {math.ceil(duration_ms)} ms",
        f"Memory Size: {spec.memory} MB",
        *([f"Status: {ending.status}"] if ending.status else []),
    ]
    parts = [
        init_log,
        f"START RequestId: {request_id} Version: $LATEST",
        log,
        ending.line,
        f"END RequestId: {request_id}",
        "\t".join(report),
    ]
    return Outcome(
        payload=ending.payload,
        log_events=_log_events("".join(part if part.endswith("\n") else f"{part}\n" for part in parts if part)),
        log_stream=log_stream,
        duration_ms=duration_ms,
        error="Unhandled" if ending.error_type else None,
        error_type=ending.error_type,
        error_message=ending.error_message,
        init_failed=ending.init_failed,
    )


def _log_events(written: str) -> tuple[str, ...]:
    """What was written, as CloudWatch keeps it: an event a line, a traceback one event.

    Without Lambda's own log channel, awslambdaric parts the lines of an error by carriage returns, so that they stay
    one log event; CloudWatch shows line feeds.
    """
    lines = written.removesuffix("\n").split("\n")
    return tuple(line.replace("\r", "\n") if "[ERROR]" in line else line for line in lines)


def _platform_error(error_type: str, message: str, *, line: str = "", init: bool = False) -> Ending:
    payload = json.dumps({"errorType": error_type, "errorMessage": message}).encode()
    return Ending(payload, error_type, message, line, f"error\tError Type: {error_type}", init_failed=init)
