"""One worker: one process that holds one function warm, AWS's execution environment.

Follows "Understanding the Lambda execution environment lifecycle",
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html. Where it is simpler: AWS stops an init
after 10 seconds and repeats it within the first invocation, under the function's timeout; here one init may take
the longer of the two. A failed init is not repeated within the same invocation; the next one starts anew.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import sys
from enum import Enum, auto
from http import HTTPStatus
from time import monotonic, time
from typing import TYPE_CHECKING

from eventyard.local.functions import bootstrap, endings
from eventyard.local.functions.environment import environment, import_paths
from eventyard.local.functions.output import Output
from eventyard.local.functions.runtime_api import Connection, Listener, Request
from eventyard.local.functions.spec import require_code

if TYPE_CHECKING:
    from eventyard.local.functions.endings import Ending
    from eventyard.local.functions.spec import FunctionSpec, Outcome

_INIT_SECONDS = 10.0
"""What AWS allows an init phase."""

_GLANCE_SECONDS = 0.25
"""How often to look whether the process lives, should a child of it hold its sockets open."""


class _Stop(Enum):
    """Why no request of the worker came."""

    EXITED = auto()
    LATE = auto()


class Worker:
    """A process of one function. It starts at once and is owned by one thread at a time.

    Args:
        spec: The function.
        log_stream: The log stream of this execution environment.

    Raises:
        AssetError: The code's folder is not there.
    """

    def __init__(self, spec: FunctionSpec, log_stream: str) -> None:
        require_code(spec)
        self.spec = spec
        self.retired = False
        self._log_stream = log_stream
        self._served = False
        self._swept = False
        self._listener = Listener()
        self._output = Output()
        # Each side reads the end of the other one from it: a socket closes however its process ends.
        self._leash, theirs = socket.socketpair()
        self._process = self._start(theirs)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener.socket, selectors.EVENT_READ)
        self._selector.register(self._output.reader, selectors.EVENT_READ)
        self._selector.register(self._leash, selectors.EVENT_READ)

    def _start(self, theirs: socket.socket) -> subprocess.Popen[bytes]:
        leash = str(theirs.fileno())
        # -B: /var/task is read-only on AWS, no bytecode appears in it. -P, -s: no path but those named.
        command = [sys.executable, "-B", "-P", "-s", bootstrap.__file__, leash, self.spec.handler]
        try:
            return subprocess.Popen(  # noqa: S603 - our own interpreter, arguments as a list
                [*command, *import_paths(self.spec)],
                cwd=self.spec.code,
                env=environment(self.spec, log_stream=self._log_stream, runtime_api=self._listener.address),
                stdin=subprocess.DEVNULL,
                stdout=self._output.writer,
                stderr=subprocess.STDOUT,
                pass_fds=[theirs.fileno()],
                process_group=0,
            )
        finally:
            theirs.close()
            os.close(self._output.writer)

    @property
    def alive(self) -> bool:
        """Whether it can take another event."""
        if self._process.poll() is None:
            return True
        self.kill()
        return False

    def run(self, payload: bytes, *, request_id: str, trace_id: str) -> Outcome | None:
        """One invocation. None when the process turns out to have ended before it took the event."""
        next_request = self._wait(max(_INIT_SECONDS, self.spec.timeout))
        if self._served and not self.alive:
            # It had asked for the event while it lived, so its request is there all the same.
            return None
        init_log = self._output.take()
        begun = monotonic()
        if isinstance(next_request, Request) and next_request.path == "invocation/next":
            self._served = True
            self._hand_over(next_request, payload, request_id=request_id, trace_id=trace_id)
            begun = monotonic()
            ending = self._handled(request_id)
        else:
            ending = self._init_failed(next_request, request_id)
        duration_ms = (monotonic() - begun) * 1000
        return endings.outcome(
            self.spec,
            request_id,
            ending,
            init_log=init_log,
            log=self._output.take(),
            log_stream=self._log_stream,
            duration_ms=duration_ms,
        )

    def _hand_over(self, request: Request, payload: bytes, *, request_id: str, trace_id: str) -> None:
        headers = {
            "Lambda-Runtime-Aws-Request-Id": request_id,
            "Lambda-Runtime-Deadline-Ms": str(int((time() + self.spec.timeout) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": self.spec.arn,
            "Lambda-Runtime-Trace-Id": trace_id,
        }
        request.answer(HTTPStatus.OK, payload, headers, timeout=self.spec.timeout)

    def _handled(self, request_id: str) -> Ending:
        request = self._wait(self.spec.timeout)
        if request is _Stop.LATE:
            self.kill()
            return endings.timed_out(request_id, self.spec.timeout)
        if request is _Stop.EXITED:
            return endings.exited(request_id, self._process.wait())
        if request.path.endswith("/error"):
            request.answer(HTTPStatus.ACCEPTED)
            return endings.raised(request.body)
        ending = endings.returned(request.body)
        if ending.error_type is None:
            request.answer(HTTPStatus.ACCEPTED)
        else:
            # The runtime logs that and exits, here as on AWS.
            request.answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            self._wait(_INIT_SECONDS)
            self.kill()
        return ending

    def _init_failed(self, request: Request | _Stop, request_id: str) -> Ending:
        if request is _Stop.EXITED:
            return endings.exited(request_id, self._process.wait(), init=True)
        self.kill()
        if request is _Stop.LATE:
            return endings.timed_out(request_id, self.spec.timeout, init=True)
        return endings.raised(request.body, init=True)

    def _wait(self, seconds: float) -> Request | _Stop:
        """The worker's next request, and by then its whole output; or why there is none."""
        until = monotonic() + seconds
        while (left := until - monotonic()) > 0:
            for key, _ in self._selector.select(min(left, _GLANCE_SECONDS)):
                if key.fileobj is self._listener.socket:
                    self._accept()
                elif key.fileobj is self._leash:
                    self.kill()
                elif isinstance(key.data, Connection):
                    if (request := self._receive(key.data)) is not None:
                        self._output.fill()
                        return request
                elif not self._output.fill():
                    self._selector.unregister(self._output.reader)
            if not self.alive:
                self._output.fill()
                return _Stop.EXITED
        self._output.fill()
        return _Stop.LATE

    def _accept(self) -> None:
        # The peer may be gone again; then there is nobody to accept.
        with contextlib.suppress(OSError):
            connection = self._listener.accept()
            self._selector.register(connection.socket, selectors.EVENT_READ, connection)

    def _receive(self, connection: Connection) -> Request | None:
        try:
            request = connection.receive()
        except (ConnectionError, ValueError):
            self._selector.unregister(connection.socket)
            connection.socket.close()
            return None
        if request is not None and not request.path.startswith(("invocation/", "init/")):
            # No runtime asks that: somebody else on this machine found the port.
            request.answer(HTTPStatus.NOT_FOUND)
            return None
        return request

    def kill(self) -> None:
        """End the process and what it started. From any thread; twice is once."""
        if not self._swept:
            self._swept = True
            # The whole group. Also when the process itself is at its end: what it started must not stay. Its own
            # exit status stands by then. Gone already, or (macOS says so) only zombies: all the same.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def close(self) -> None:
        """End the process and give back what this side holds. Only its owner may."""
        self.kill()
        for key in list(self._selector.get_map().values()):
            if isinstance(key.data, Connection):
                key.data.socket.close()
        self._selector.close()
        self._listener.socket.close()
        self._leash.close()
        self._output.close()
