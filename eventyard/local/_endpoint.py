"""The endpoint on the loopback that functions' SDK calls reach: moto's server, over the same state."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Self

from werkzeug.serving import WSGIRequestHandler, make_server

from eventyard.local._yard import caller, causes
from eventyard.local.moto_seam import wsgi_application

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

    from eventyard.local._visits import Page
    from eventyard.local.ledger import Cause


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
        visiting: What somebody sees who follows a link here, by its path and query; None where there is nothing.
    """

    def __init__(
        self, calling: Callable[[str], tuple[str, tuple[Cause, ...]]], visiting: Callable[[str, str], Page | None]
    ) -> None:
        self._calling = calling
        self._visiting = visiting
        self._moto: Any = wsgi_application()
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=_Quiet)
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
        if environ["REQUEST_METHOD"] == "GET" and "HTTP_AUTHORIZATION" not in environ:
            page = self._visiting(environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
            if page is not None:
                start_response(page.status, [("Content-Type", page.type)])
                return [page.text.encode()]
        trace, events = self._calling(environ.get("HTTP_X_AMZN_TRACE_ID", ""))
        tokens = caller.set(trace), causes.set(events)
        try:
            application = self._moto.get_application(environ)
            answer: Iterable[bytes] = application(environ, start_response)
            return answer
        finally:
            caller.reset(tokens[0])
            causes.reset(tokens[1])
