"""Whoever is outside of a shop: a server on this machine that stands in for all of them."""

from __future__ import annotations

import json
import threading
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventyard.local import LocalCloud

# What an authorization endpoint answers; whoever asks for anything else does not look at it.
_TOKEN = json.dumps({"access_token": "demo", "token_type": "Bearer", "expires_in": 3600}).encode()
_TOO_MANY = 429


class Partners:
    """They take everything, give tokens and confirm their subscriptions.

    Attributes:
        busy: Hosts that answer 429 for now, with the seconds after which they want to be asked again.
        turned_away: How many requests a host has answered so.
        told: What topics have told a host: the subjects.
    """

    def __init__(self) -> None:
        self.busy: dict[str, int] = {}
        self.turned_away: dict[str, int] = {}
        self.told: dict[str, list[str]] = {}

    def answer(self, host: str, path: str, kind: str, body: bytes) -> tuple[int, dict[str, str]]:
        """The status of the answer to a request, and headers of it; `kind` is what SNS says of its messages."""
        if kind == "SubscriptionConfirmation":
            with urllib.request.urlopen(json.loads(body)["SubscribeURL"]) as answer:  # noqa: S310  # the local cloud's
                answer.read()
        elif kind:
            self.told.setdefault(host, []).append(str(json.loads(body).get("Subject", "")))
        elif host in self.busy and "token" not in path:
            self.turned_away[host] = self.turned_away.get(host, 0) + 1
            return _TOO_MANY, {"Retry-After": str(self.busy[host])}
        return 200, {}


@contextmanager
def partners(cloud: LocalCloud) -> Iterator[Partners]:
    """Until the block ends, every endpoint that the cloud's API destinations, connections and topics name is there."""
    found = Partners()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(found))
    thread = threading.Thread(target=server.serve_forever, name="eventyard partners", daemon=True)
    thread.start()
    for url in _endpoints(cloud):
        parts = urlsplit(url)
        cloud.stand_in(f"{parts.scheme}://{parts.netloc}", f"http://127.0.0.1:{server.server_port}")
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(found: Partners) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            kind = self.headers["x-amz-sns-message-type"] or ""
            status, headers = found.answer(self.headers["Host"] or "", self.path, kind, body)
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", "Content-Length": len(_TOKEN), **headers}.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(_TOKEN)

        do_GET = do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815  # http.server's names

        def log_message(self, *_: object) -> None:
            """A partner's requests are no news."""

    return Handler


def _endpoints(cloud: LocalCloud) -> Iterator[str]:
    events, sns = cloud.client("events"), cloud.client("sns")
    for destination in events.list_api_destinations()["ApiDestinations"]:
        yield destination["InvocationEndpoint"]
    for connection in events.list_connections()["Connections"]:
        found: dict[str, Any] = events.describe_connection(Name=connection["Name"])["AuthParameters"]
        if endpoint := found.get("OAuthParameters", {}).get("AuthorizationEndpoint"):
            yield endpoint
    for page in sns.get_paginator("list_subscriptions").paginate():
        yield from (one["Endpoint"] for one in page["Subscriptions"] if one["Protocol"] in {"http", "https"})
