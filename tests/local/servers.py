"""A web server on the loopback, and what it was asked."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    target: str
    headers: dict[str, str]
    body: str

    @property
    def path(self) -> str:
        """Of its target."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """Of its target."""
        return dict(parse_qsl(urlsplit(self.target).query))

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON
        """Its body, parsed."""
        return json.loads(self.body)


@dataclass
class Server:
    """Answers with the next of `answers` (a status, headers, a body), then with `status`.

    `hangs` is for how many seconds it says nothing, `then` what it does with a request before it answers.
    """

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], str]] = field(default_factory=list)
    status: int = 200
    hangs: float = 0
    then: Callable[[Asked], None] = lambda _: None

    def answer(self, asked: Asked) -> tuple[int, dict[str, str], str]:
        """Status, headers and body."""
        self.asked.append(asked)
        self.then(asked)
        time.sleep(self.hangs)
        return self.answers.pop(0) if self.answers else (self.status, {}, "")


@contextmanager
def serving() -> Iterator[Server]:
    """A server, until the block ends."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            status, headers, text = server.answer(Asked(self.command, self.path, dict(self.headers), body))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(text.encode())

        do_GET = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_POST  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{listening.server_port}"
    thread = threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()
