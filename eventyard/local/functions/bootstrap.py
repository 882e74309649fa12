"""What a worker process runs: `python bootstrap.py LEASH HANDLER PATH...`. Standard library and awslambdaric only.

It hands over to awslambdaric as AWS's own bootstrap does, and sees to it that the process never outlives
the one that started it. Nothing of eventyard is imported: the function sees its own code and its libraries.
"""

from __future__ import annotations

import _thread
import importlib
import importlib.util
import os
import signal
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType

_RUNTIME = "/2018-06-01/runtime/invocation"


class PlainRuntimeClient:
    """awslambdaric's native `runtime_client` in Python, for systems it has none for (it compiles on Linux only)."""

    def initialize_client(self, user_agent: str) -> None:
        """Connect to the Runtime API."""
        from http.client import HTTPConnection  # noqa: PLC0415 - costs milliseconds, and only where it is needed

        self._agent = user_agent
        # No timeout: the next event may take hours to come.
        self._connection = HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])

    def next(self) -> tuple[bytes, dict[str, Any]]:
        """Wait for the next event: its body and its headers, the deadline as a number."""
        body, headers = self._call("GET", f"{_RUNTIME}/next", None, {})
        deadline = "Lambda-Runtime-Deadline-Ms"
        return body, {**headers, deadline: int(headers[deadline])}

    def post_invocation_result(
        self, invoke_id: str, result: bytes, content_type: str, invocation_id: str | None = None
    ) -> None:
        """Answer an event."""
        del invocation_id  # part of the native client's shape; our Runtime API does not give one
        self._call("POST", f"{_RUNTIME}/{invoke_id}/response", result, {"Content-Type": content_type})

    def post_error(self, invoke_id: str, error: str, xray_fault: str, invocation_id: str | None = None) -> None:
        """Report that the handler failed."""
        del xray_fault, invocation_id
        self._call("POST", f"{_RUNTIME}/{invoke_id}/error", error.encode(), {"Content-Type": "application/json"})

    def _call(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[bytes, dict[str, str]]:
        self._connection.request(method, path, body, {"User-Agent": self._agent, **headers})
        response = self._connection.getresponse()
        answer = response.read()
        if response.status >= 300:  # noqa: PLR2004 - HTTP's success codes end here
            raise RuntimeError(f"Failed to {method} {path}: HTTP response code {response.status}")
        return answer, dict(response.getheaders())


class _Here:
    """Finds botocore's HTTP session, and sees to it that no request of it leaves this machine.

    Nothing is imported for it: a function without the SDK pays nothing.
    """

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Of this one module only, with the guard in it."""
        del path, target
        if name != "botocore.httpsession":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return spec
        run = spec.loader.exec_module

        def run_and_guard(module: ModuleType) -> None:
            run(module)
            _guard(module.URLLib3Session)

        spec.loader.exec_module = run_and_guard  # type: ignore[method-assign]  # this one loader's
        return spec


def _guard(session: Any) -> None:  # noqa: ANN401 - a class of the function's own botocore
    original = session.send

    def send(self: Any, request: Any) -> Any:  # noqa: ANN401 - botocore's own signature
        host = urlsplit(request.url).hostname
        if host not in {"127.0.0.1", "::1", "localhost"}:
            raise RuntimeError(
                f"{host}: this call was about to leave the machine. "
                "Let the SDK take its endpoint from the environment, as it does without endpoint_url."
            )
        return original(self, request)

    session.send = send


def _end_with(leash: int) -> None:
    """Wait until the other end of the leash closes, which it does however that process ends; then end our group."""
    os.read(leash, 1)
    os.killpg(0, signal.SIGKILL)


def _run(leash: int, handler: str, paths: list[str]) -> None:
    os.set_inheritable(leash, False)  # noqa: FBT003 - the only form it has
    # Below `threading`: the function's own count of its threads stays right.
    _thread.start_new_thread(_end_with, (leash,))
    try:
        importlib.import_module("runtime_client")
    except ImportError:
        sys.modules["runtime_client"] = PlainRuntimeClient()  # type: ignore[assignment]  # its methods are the module's functions
    sys.meta_path.insert(0, _Here())
    # Before the function's paths, as on AWS: the runtime is the platform's, not one that the code brings along.
    from awslambdaric import __main__ as runtime  # noqa: PLC0415 - after the line above, which it depends on

    sys.path[:0] = paths
    sys.argv = ["awslambdaric", handler]
    runtime.main(sys.argv)


if __name__ == "__main__":
    _run(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
