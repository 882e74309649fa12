"""What the commands ask a served cloud, and what they say when none answers."""

from __future__ import annotations

import http.client
import json
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

import click

from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT = "http://127.0.0.1:4599"
VARIABLE = "AWS_ENDPOINT_URL"
_SECONDS = 60.0
_FOUND, _NOT_FOUND = 200, 404


class NobodyThereError(EventyardError):
    """No served cloud answers."""


class NotFoundError(EventyardError):
    """A served cloud answers that there is no such thing."""


class Served:
    """A served cloud, as somebody else's process sees it.

    Args:
        endpoint: `http://127.0.0.1:4599`.
    """

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        found = urlsplit(endpoint)
        if found.scheme != "http" or not found.hostname:
            raise EventyardError(
                f"{endpoint!r} is no address of a served cloud.", where="--endpoint", remedy=f"Such as {DEFAULT}."
            )
        self._host = found.netloc

    def get(self, *path: str, **query: object) -> dict[str, Any]:
        """What it shows under a path.

        Raises:
            NobodyThereError: nobody answers, or somebody else does.
            NotFoundError: there is no such thing.
            EventyardError: it refuses to say.
        """
        way = "/".join(quote(part, safe="") for part in path)
        try:
            status, answer = self._ask(f"/_eventyard/{way}?{urlencode(query)}")
        except (OSError, http.client.HTTPException):
            raise NobodyThereError(
                "no local cloud answers.",
                where=self.endpoint,
                remedy="Start one with `eventyard up`, in another shell; "
                f"or say where it is, with --endpoint or {VARIABLE}.",
            ) from None
        except ValueError:
            status, answer = 0, None
        if not isinstance(answer, dict) or not (status != _FOUND or "run" in answer):
            raise NobodyThereError(
                "what answers is none of eventyard's local clouds.",
                where=self.endpoint,
                remedy=f"Say where it is, with --endpoint or {VARIABLE}.",
            )
        if status != _FOUND:
            kind = NotFoundError if status == _NOT_FOUND else EventyardError
            raise kind(str(answer.get("message", status)), where=self.endpoint)
        return answer

    def client(self, service: str, *, account: str, region: str) -> Any:  # noqa: ANN401  # boto3's own dynamic type
        """A boto3 client of an account and Region; its credentials are this cloud's, whatever the shell's are."""
        import boto3  # noqa: PLC0415  # most commands do without it

        return boto3.Session(
            aws_access_key_id=account, aws_secret_access_key=account, aws_session_token="", region_name=region
        ).client(
            service,  # type: ignore[call-overload]  # any service, by name
            endpoint_url=self.endpoint,
        )

    def _ask(self, target: str) -> tuple[int, Any]:
        connection = http.client.HTTPConnection(self._host, timeout=_SECONDS)
        try:
            connection.request("GET", target)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()


def endpoint_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--endpoint`, alike for every command that looks into a served cloud."""
    return click.option(
        "--endpoint",
        metavar="URL",
        help=f"Where the local cloud is served; without it {VARIABLE}, else {DEFAULT}.",
    )(command)


def served(endpoint: str | None) -> Served:
    """The cloud that is meant, whether it answers or not."""
    return Served(endpoint or os.environ.get(VARIABLE) or DEFAULT)
