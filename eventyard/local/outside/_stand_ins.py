"""Which server on this machine stands in for which one outside."""

from __future__ import annotations

from urllib.parse import urlsplit

from eventyard.errors import EventyardError
from eventyard.loopback import is_loopback

_PORTS = {"http": 80, "https": 443}


class StandIns:
    """The stand-ins of one local cloud: origins (scheme, host and port) outside, each with one on the loopback."""

    def __init__(self) -> None:
        self._servers: dict[tuple[str, str, int], str] = {}

    def add(self, url: str, server: str) -> None:
        """Let a server on the loopback stand in for an origin outside.

        Raises:
            EventyardError: one of them is no origin, or the server is not on this machine.
        """
        outside = _origin(url)
        _origin(server)
        if not is_loopback(urlsplit(server).hostname or ""):
            raise EventyardError(
                f"{server} is not on this machine.",
                where=f"stand_in({url!r})",
                remedy="Start a server here, and name it: http://127.0.0.1:PORT.",
            )
        self._servers[outside] = server

    def server_of(self, url: str) -> str | None:
        """Where a request for a URL goes to; None when that would be outside of this machine."""
        try:
            origin = _origin(url, path=True)
        except EventyardError:
            return None
        return self._servers.get(origin) or (url if is_loopback(origin[1]) else None)


def _origin(url: str, *, path: bool = False) -> tuple[str, str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        parts, host, port = urlsplit(""), None, None
    if not host or not port or parts.scheme not in _PORTS or (not path and (parts.path.strip("/") or parts.query)):
        raise EventyardError(
            f"{url!r} is no origin.", where="stand_in", remedy="Write https://partner.example.com, without a path."
        )
    return parts.scheme, host.lower(), port
