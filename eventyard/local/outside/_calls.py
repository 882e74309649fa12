"""One HTTP request to a server on this machine, and its answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Call:
    """A request. `url` is the endpoint's own; which server gets it, the stand-ins say."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response; the names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NoAnswerError(Exception):
    """Nobody answered: there is no server, it hung up, or (`late`) it took too long."""

    def __init__(self, why: str, *, late: bool) -> None:
        super().__init__(why)
        self.late = late


def send(call: Call, server: str, timeout: float) -> Answer:
    """Send a request to a server (`http://127.0.0.1:1234`), within so many seconds; redirects are not followed.

    The `Host` header is the endpoint's own, as the real one would get it.

    Raises:
        NoAnswerError: there is no answer.
    """
    to, url = urlsplit(server), urlsplit(call.url)
    make = HTTPSConnection if to.scheme == "https" else HTTPConnection
    connection = make(to.hostname or "", to.port, timeout=timeout)
    path = f"{url.path or '/'}{'?' if url.query else ''}{url.query}"
    try:
        connection.request(call.method, path, call.body.encode(), {"Host": url.netloc, **call.headers})
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, response.read())
    except TimeoutError:
        raise NoAnswerError(f"no answer within {timeout:g} seconds", late=True) from None
    except (OSError, HTTPException, ValueError) as error:
        # ValueError: a header's or the path's text that HTTP does not take.
        raise NoAnswerError(str(error) or type(error).__name__, late=False) from None
    finally:
        connection.close()
