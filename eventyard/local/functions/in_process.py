"""Functions in this process, for breakpoints and coverage."""

from __future__ import annotations

import sys
import time
from threading import RLock
from typing import TYPE_CHECKING, Any, Self

from awslambdaric import bootstrap
from awslambdaric.lambda_runtime_exception import FaultException
from awslambdaric.lambda_runtime_marshaller import LambdaMarshaller, to_json

from eventyard.errors import EventyardError
from eventyard.local.functions import endings
from eventyard.local.functions.environment import environment, import_paths
from eventyard.local.functions.processes import new_log_stream
from eventyard.local.functions.spec import require_code
from eventyard.local.functions.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from eventyard.local.functions.endings import Ending
    from eventyard.local.functions.spec import FunctionSpec, Outcome


class InProcessWorkers:
    """Runs the functions' code, from their own files, in this process (`Workers`).

    The code that calls a handler and words its errors is awslambdaric's, as in a process of its own. What differs:

    - One function at a time, since environment, modules and stdout belong to the whole process. A handler may
      invoke another one and wait for it; any other call waits, and is answered as timed out when its turn does not
      come within the function's timeout.
    - A timeout ends nothing: `get_remaining_time_in_millis` falls to zero, and the handler goes on. Nor can this
      process outlive a handler that crashes the interpreter.
    - A function's own modules are its own. Libraries of this interpreter (boto3, Powertools) are imported once for
      all, with what they remember. JSON log format is not applied; text is. What a child process or C code writes
      goes to this process's output, not to the log.

    Args:
        log_streams: Names the log stream of each function's execution environment.
    """

    def __init__(self, *, log_streams: Callable[[], str] = new_log_stream) -> None:
        self._log_streams = log_streams
        self._turn = RLock()
        self._on_stage: list[str] = []
        self._environments: dict[str, _Environment] = {}
        self._open = True

    def warm(self, spec: FunctionSpec) -> None:
        """Nothing can be started ahead here; only that the code is there is made sure of.

        Raises:
            AssetError: Its code is not there.
        """
        require_code(spec)

    def invoke(
        self, spec: FunctionSpec, payload: bytes, *, request_id: str, trace_id: str, caller: str = ""
    ) -> Outcome:
        """Run the handler once; see `Workers.invoke`.

        Raises:
            AssetError: Its code is not there.
        """
        if not self._open:
            raise EventyardError("these workers are closed.", remedy="Invoke inside of their `with` block.")
        require_code(spec)
        # Who waits for this invocation has the turn, and lends it.
        lent = bool(caller and self._on_stage and self._on_stage[-1] == caller)
        if not lent and not self._turn.acquire(timeout=spec.timeout):
            return endings.outcome(
                spec,
                request_id,
                endings.timed_out(request_id, spec.timeout),
                init_log="",
                log="Another function runs in this process, where only one can at a time: its turn did not come.",
                log_stream=self._log_streams(),
                duration_ms=spec.timeout * 1000,
            )
        self._on_stage.append(trace_id)
        try:
            found = self._environments.get(spec.arn)
            if found is None or found.spec != spec:
                found = self._environments[spec.arn] = _Environment(spec, self._log_streams())
            outcome = found.run(payload, request_id=request_id, trace_id=trace_id)
            if found.ended:
                del self._environments[spec.arn]
            return outcome
        finally:
            self._on_stage.pop()
            if not lent:
                self._turn.release()

    def retire(self, arn: str) -> None:
        """Forget the function's modules."""
        with self._turn:
            self._environments.pop(arn, None)

    def close(self) -> None:
        """Forget all functions."""
        with self._turn:
            self._open = False
            self._environments.clear()

    def __enter__(self) -> Self:
        """These workers."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close."""
        self.close()


class _Environment:
    """One function's execution environment in this process: its modules, its imported handler."""

    def __init__(self, spec: FunctionSpec, log_stream: str) -> None:
        self.spec = spec
        self.ended = False
        self._log_stream = log_stream
        self._stage = Stage(environment(spec, log_stream=log_stream), import_paths(spec))
        self._handler: Callable[..., Any] | None = None

    def run(self, payload: bytes, *, request_id: str, trace_id: str) -> Outcome:
        """Import the handler unless it is, and call it."""
        ending = None
        init_log = ""
        if self._handler is None:
            ending = self._init(request_id)
            init_log = self._taken()
        begun = time.monotonic()
        if ending is None:
            ending = self._call(payload, request_id, trace_id)
        return endings.outcome(
            self.spec,
            request_id,
            ending,
            init_log=init_log,
            log=self._taken(),
            log_stream=self._log_stream,
            duration_ms=(time.monotonic() - begun) * 1000,
        )

    def _taken(self) -> str:
        return self._stage.take()

    def _init(self, request_id: str) -> Ending | None:
        """Import the handler; what `bootstrap.run` of awslambdaric does before its loop."""
        with self._stage.entered():
            try:
                self._handler = bootstrap._get_handler(self.spec.handler)  # noqa: SLF001 - it words import errors as AWS
            except FaultException as fault:
                error = bootstrap.make_error(fault.msg, fault.exception_type, fault.trace)
            except SystemExit as exit_:
                self.ended = True
                return endings.exited(request_id, _status(exit_), init=True)
            except Exception:  # noqa: BLE001 - whatever the function's module raises is its outcome
                error = bootstrap.build_fault_result(sys.exc_info(), None)
            else:
                return None
            self.ended = True
            bootstrap.log_error(error, bootstrap.StandardLogSink())
            return endings.raised(to_json(error).encode(), init=True)

    def _call(self, payload: bytes, request_id: str, trace_id: str) -> Ending:
        answer = _Answer()
        self._stage.request_id = request_id
        deadline_ms = int((time.time() + self.spec.timeout) * 1000)
        with self._stage.entered():
            bootstrap.update_xray_env_variable(trace_id)
            try:
                bootstrap.handle_event_request(
                    lambda_runtime_client=answer,
                    request_handler=self._handler,
                    invoke_id=request_id,
                    event_body=payload,
                    content_type="application/json",
                    client_context_json=None,
                    cognito_identity_json=None,
                    invoked_function_arn=self.spec.arn,
                    epoch_deadline_time_in_ms=deadline_ms,
                    tenant_id=None,
                    log_sink=bootstrap.StandardLogSink(),
                )
            except SystemExit as exit_:
                self.ended = True
                return endings.exited(request_id, _status(exit_))
        return answer.ending


class _Answer:
    """awslambdaric's runtime client where there is no Runtime API: it keeps what would be posted."""

    marshaller = LambdaMarshaller()
    ending: Ending

    def post_invocation_result(self, _id: str, result: str | bytes, *_: str | None) -> None:
        """The handler returned."""
        self.ending = endings.returned(result if isinstance(result, bytes) else result.encode())

    def post_invocation_error(self, _id: str, error: str, *_: str | None) -> None:
        """The handler raised."""
        self.ending = endings.raised(error.encode())


def _status(exit_: SystemExit) -> int:
    if exit_.code is None:
        return 0
    return exit_.code if isinstance(exit_.code, int) else 1
