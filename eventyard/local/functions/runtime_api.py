"""The Lambda Runtime API, as much HTTP as awslambdaric needs, for one worker process.

"Using the Lambda runtime API for custom runtimes", https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html.
A worker's requests come one after the other, each on a connection that is kept: next, response or error, next.
Nothing here waits; the worker's selector says when a socket has something.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from http import HTTPStatus

_CHUNK = 1 << 16


@dataclass(frozen=True)
class Request:
    """One request of the worker: `path` is what follows `/2018-06-01/runtime/`."""

    connection: socket.socket
    method: str
    path: str
    body: bytes

    def answer(
        self, status: HTTPStatus, body: bytes = b"", headers: Mapping[str, str] | None = None, *, timeout: float = 1.0
    ) -> None:
        """Answer it. A worker that is gone meanwhile is found out by its end, not here.

        Args:
            status: The status.
            body: The body; JSON.
            headers: Headers besides the content's type and length.
            timeout: Seconds the worker may take to read it.
        """
        lines = [
            f"HTTP/1.1 {status.value} {status.phrase}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            *(f"{name}: {value}" for name, value in (headers or {}).items()),
        ]
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        self.connection.settimeout(timeout)
        try:
            self.connection.sendall(head + body)
        except OSError:
            return
        finally:
            self.connection.setblocking(False)  # noqa: FBT003 - the only form it has


class Connection:
    """One connection of a worker, and what of its next request has come so far."""

    def __init__(self, peer: socket.socket) -> None:
        self.socket = peer
        peer.setblocking(False)  # noqa: FBT003 - the only form it has
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = bytearray()

    def receive(self) -> Request | None:
        """Take what has come; a request when one is complete.

        Raises:
            ConnectionError: The worker closed the connection.
            ValueError: What came is no HTTP.
        """
        while True:
            try:
                chunk = self.socket.recv(_CHUNK)
            except BlockingIOError:
                return None
            if not chunk:
                raise ConnectionResetError
            self._received += chunk
            if (request := self._complete()) is not None:
                return request

    def _complete(self) -> Request | None:
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return None
        first, *rest = self._received[:end].decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        start = end + 4
        stop = start + int(headers.get("content-length", "0"))
        if len(self._received) < stop:
            return None
        body = bytes(self._received[start:stop])
        del self._received[:stop]
        return Request(self.socket, method, target.removeprefix("/2018-06-01/runtime/"), body)


class Listener:
    """The loopback port that one worker speaks to."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.setblocking(False)  # noqa: FBT003 - the only form it has

    @property
    def address(self) -> str:
        """`host:port`, for AWS_LAMBDA_RUNTIME_API."""
        host, port = self.socket.getsockname()
        return f"{host}:{port}"

    def accept(self) -> Connection:
        """Take the connection that is waiting."""
        peer, _ = self.socket.accept()
        return Connection(peer)
