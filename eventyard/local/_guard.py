"""Nothing leaves this machine: while a local cloud is up, an SDK call that moto does not answer is refused."""

from __future__ import annotations

from contextlib import contextmanager
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.httpsession import URLLib3Session

from eventyard.errors import RealAWSError

if TYPE_CHECKING:
    from collections.abc import Iterator


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@contextmanager
def loopback_only() -> Iterator[None]:
    """Refuse every request of botocore that would go to another machine, whichever client makes it.

    moto answers before a request is sent, so what comes this far is a call it does not know, or a client that was made
    before the local cloud and is none of its own.
    """
    original = URLLib3Session.send

    def send(self: URLLib3Session, request: Any) -> Any:  # noqa: ANN401  # botocore's own signature
        host = urlsplit(request.url).hostname or ""
        if not is_loopback(host):
            raise RealAWSError(
                "this call was about to leave the machine.",
                where=host,
                remedy="Make the client inside `with LocalCloud(...)`, or with cloud.client(...).",
            )
        return original(self, request)

    URLLib3Session.send = send  # type: ignore[method-assign]  # the one door that every botocore request goes through
    try:
        yield
    finally:
        URLLib3Session.send = original  # type: ignore[method-assign]  # the original again
