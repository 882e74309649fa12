"""Whoever is outside of a shop: a server on this machine that stands in for its partners, all of them well."""

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


class _Partner(BaseHTTPRequestHandler):
    """Takes everything, gives tokens, and confirms its subscriptions."""

    def do_POST(self) -> None:
        """Any request."""
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        if self.headers["x-amz-sns-message-type"] == "SubscriptionConfirmation":
            with urllib.request.urlopen(json.loads(body)["SubscribeURL"]) as answer:  # noqa: S310  # the local cloud's
                answer.read()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(_TOKEN)))
        self.end_headers()
        self.wfile.write(_TOKEN)

    do_GET = do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815  # http.server's names

    def log_message(self, *_: object) -> None:
        """A partner's requests are no news."""


@contextmanager
def partners(cloud: LocalCloud) -> Iterator[None]:
    """Until the block ends, every endpoint that the cloud's API destinations, connections and topics name is there."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Partner)
    thread = threading.Thread(target=server.serve_forever, name="eventyard partners", daemon=True)
    thread.start()
    for url in _endpoints(cloud):
        parts = urlsplit(url)
        cloud.stand_in(f"{parts.scheme}://{parts.netloc}", f"http://127.0.0.1:{server.server_port}")
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


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
