"""The endpoint on the loopback that functions' SDK calls reach: moto's server, over the same state."""

from __future__ import annotations

import socket
import threading
from http.client import responses
from io import BytesIO
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from werkzeug.datastructures import EnvironHeaders
from werkzeug.serving import WSGIRequestHandler, make_server

from eventyard.errors import EventyardError
from eventyard.local._function_urls import PREFIX
from eventyard.local._http_payloads import Visit
from eventyard.local._yard import caller, causes
from eventyard.local.moto_seam import wsgi_application

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from contextlib import AbstractContextManager
    from types import TracebackType

    from eventyard.local._http_payloads import Reply
    from eventyard.local.ledger import Cause


_HERE = "127.0.0.1"
# Connections that have not been accepted yet.
_WAITING = 512


class _Quiet(WSGIRequestHandler):
    """Keeps connections open, as the SDK expects, and says nothing."""

    protocol_version = "HTTP/1.1"

    def log(self, *_: object, **__: object) -> None:
        """A function's calls are no news."""


class Endpoint:
    """A server on 127.0.0.1, on a port of its own.

    Args:
        calling: Whose call bears an X-Amzn-Trace-Id: the invocation's trace, and the deliveries that it handles, by
            which what the call publishes was caused.
        visiting: What somebody gets who is no SDK: who follows a link here, or calls a function URL; None where there
            is nothing.
        turn: What each request waits for.
        port: The port; any free one if it is 0.

    Raises:
        EventyardError: the port is taken.
    """

    def __init__(
        self,
        calling: Callable[[str], tuple[str, tuple[Cause, ...]]],
        visiting: Callable[[Visit], Reply | None],
        turn: Callable[[], AbstractContextManager[object]],
        port: int,
    ) -> None:
        self._calling = calling
        self._visiting = visiting
        self._turn = turn
        self._moto: Any = wsgi_application()
        try:
            listening = socket.create_server((_HERE, port), backlog=_WAITING)
        except OSError as error:
            raise EventyardError(
                f"port {port} cannot be listened on: {error.strerror}.",
                where=f"{_HERE}:{port}",
                remedy="Is another local cloud up? End it, or choose another port.",
            ) from None
        self._server = make_server(
            _HERE, port, self._answer, threaded=True, request_handler=_Quiet, fd=listening.detach()
        )
        self._thread = threading.Thread(target=self._server.serve_forever, name="eventyard endpoint", daemon=True)

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        """Serve."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not _is_call(environ):
            with self._turn():
                reply = self._visiting(_visit(environ))
            if reply is not None:
                status = f"{reply.status} {responses.get(reply.status, '')}"
                start_response(status, list(reply.headers))
                return [reply.body]
        trace, events = self._calling(environ.get("HTTP_X_AMZN_TRACE_ID", ""))
        tokens = caller.set(trace), causes.set(events)
        try:
            with self._turn():
                application = self._moto.get_application(environ)
                answer: Iterable[bytes] = application(environ, start_response)
                return answer
        finally:
            caller.reset(tokens[0])
            causes.reset(tokens[1])


def _is_call(environ: Mapping[str, Any]) -> bool:
    """Whether somebody calls an API of AWS's, and signs for it."""
    signed = str(environ.get("HTTP_AUTHORIZATION", "")).startswith("AWS4")
    return signed and not environ["PATH_INFO"].startswith(PREFIX)


def _visit(environ: dict[str, Any]) -> Visit:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = BytesIO(body)  # for moto, which knows some calls that nobody signs
    raw = urlsplit(environ.get("RAW_URI") or environ["PATH_INFO"])
    return Visit(
        environ["REQUEST_METHOD"],
        raw.path or "/",
        environ.get("QUERY_STRING", ""),
        tuple(EnvironHeaders(environ)),
        body,
        environ.get("REMOTE_ADDR", ""),
        environ.get("SERVER_PROTOCOL", ""),
    )
