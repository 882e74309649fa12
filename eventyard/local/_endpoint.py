"""The endpoint on the loopback that functions' SDK calls reach: moto's server, over the same state."""

from __future__ import annotations

import logging
import socket
import threading
from http.client import responses
from io import BytesIO
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from werkzeug.datastructures import EnvironHeaders
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import run_wsgi_app

from eventyard.errors import EventyardError
from eventyard.local._function_urls import PREFIX
from eventyard.local._http_payloads import Reply, Visit
from eventyard.local._refused_requests import (
    RefusedRequestError,
    body_of,
    check_host,
    check_json,
    check_scope,
    refusal,
)
from eventyard.local._yard import caller, causes
from eventyard.local.moto_seam import UnknownServiceError, wsgi_application

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from contextlib import AbstractContextManager
    from types import TracebackType

    from eventyard.local.ledger import Cause


HERE, EVERYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104  # only who says so serves everywhere
_ERROR = 400
# Connections that have not been accepted yet.
_WAITING = 512


log = logging.getLogger(__name__)


class _Quiet(WSGIRequestHandler):
    """Speaks HTTP/1.1 and says nothing; werkzeug closes each connection after its answer."""

    protocol_version = "HTTP/1.1"

    # Seconds, after which a connection on which nothing comes is closed.
    timeout = 60

    def log(self, *_: object, **__: object) -> None:
        """A function's calls are no news."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What is no HTTP at all."""
        reply = refusal(code, message or explain or responses.get(code, "refused"))
        self.close_connection = True
        lines = [f"HTTP/1.1 {code} {responses.get(code, 'Refused')}", *(f"{n}: {v}" for n, v in reply.headers)]
        self.wfile.write("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + reply.body)


class Endpoint:
    """A server on 127.0.0.1, unless told otherwise, on a port of its own.

    Args:
        calling: Whose call bears an X-Amzn-Trace-Id: the invocation's trace, and the deliveries that it handles, by
            which what the call publishes was caused.
        visiting: What somebody gets who is no SDK: who follows a link here, calls a function URL or looks into the
            cloud; None where there is nothing. It takes the turn itself, if it needs it.
        turn: What each call of an SDK's waits for.
        host: The address to listen on, `HERE` or `EVERYWHERE`.
        port: The port; any free one if it is 0.

    Raises:
        EventyardError: the port is taken.
    """

    def __init__(
        self,
        calling: Callable[[str], tuple[str, tuple[Cause, ...]]],
        visiting: Callable[[Visit], Reply | None],
        turn: Callable[[], AbstractContextManager[object]],
        host: str,
        port: int,
    ) -> None:
        self._calling = calling
        self._visiting = visiting
        self._turn = turn
        self._everywhere = host == EVERYWHERE
        self._moto: Any = wsgi_application()
        try:
            listening = socket.create_server((host, port), backlog=_WAITING)
        except OSError as error:
            raise EventyardError(
                f"port {port} cannot be listened on: {error.strerror}.",
                where=f"{host}:{port}",
                remedy="Is another local cloud up? End it, or choose another port.",
            ) from None
        # The server has a copy of it; this one would go on listening when the server has ended.
        with listening:
            self._server = make_server(
                host, port, self._answer, threaded=True, request_handler=_Quiet, fd=listening.fileno()
            )
        self._thread = threading.Thread(target=self._server.serve_forever, name="eventyard endpoint", daemon=True)

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self._server.port}"

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
        try:
            check_host(environ, everywhere=self._everywhere)
            body = body_of(environ)
            if _is_call(environ):
                check_scope(environ)
                check_json(environ, body)
        except RefusedRequestError as refused:
            return _send(refusal(refused.status, f"{refused}", refused.code), start_response)
        # Read already, so that nobody's turn lasts as long as somebody's connection.
        environ["wsgi.input"] = BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        if not _is_call(environ):
            reply = self._visiting(_visit(environ, body))
            if reply is not None:
                return _send(reply, start_response)
        return _send(self._called(environ), start_response)

    def _called(self, environ: dict[str, Any]) -> Reply:
        """What moto answers; a page of HTML is none of AWS's answers."""
        trace, events = self._calling(environ.get("HTTP_X_AMZN_TRACE_ID", ""))
        tokens = caller.set(trace), causes.set(events)
        try:
            with self._turn():
                # moto asks the Host which service is meant, where nothing else says so.
                response = run_wsgi_app(self._moto.get_application(environ), environ, buffered=True)
        except UnknownServiceError as unknown:
            return refusal(404, f"{unknown} is no service that is known here.", "UnknownOperationException")
        except NotImplementedError as unknown:
            return refusal(400, f"{unknown}", "UnknownOperationException")
        except Exception:
            log.exception("moto could not answer %s %s", environ["REQUEST_METHOD"], environ["PATH_INFO"])
            return refusal(500, "moto could not answer; its traceback is in the log.")
        finally:
            caller.reset(tokens[0])
            causes.reset(tokens[1])
        chunks, status, headers = response
        number = int(status.split(" ", 1)[0])
        body = b"".join(chunks)
        if number >= _ERROR and (_is_page(body) or not body):
            what = environ.get("HTTP_X_AMZ_TARGET") or f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
            return refusal(number, f"{what} is no call that is known here.")
        if headers.get("Content-Type", "").startswith("text/html"):
            # What Flask says when moto does not, of JSON and XML.
            headers["Content-Type"] = "text/xml" if body.startswith(b"<") else "application/x-amz-json-1.1"
        return Reply(number, tuple(headers.items()), body)


def _is_page(body: bytes) -> bool:
    start = body[:64].lstrip().lower()
    return start.startswith((b"<!doctype html", b"<html"))


def _send(reply: Reply, start_response: Callable[..., Any]) -> list[bytes]:
    start_response(f"{reply.status} {responses.get(reply.status, 'Unknown')}", list(reply.headers))
    return [reply.body]


def _is_call(environ: Mapping[str, Any]) -> bool:
    """Whether somebody calls an API of AWS's, and signs for it."""
    signed = str(environ.get("HTTP_AUTHORIZATION", "")).startswith("AWS4")
    return signed and not environ["PATH_INFO"].startswith(PREFIX)


def _visit(environ: dict[str, Any], body: bytes) -> Visit:
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
