"""Nothing leaves this machine: while a local cloud is up, an SDK call that moto does not answer is refused."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.httpsession import URLLib3Session

from eventyard.errors import RealAWSError
from eventyard.loopback import is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_AWAY = frozenset({"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_USE_FIPS_ENDPOINT"})


def leading_away(variables: Mapping[str, str]) -> list[str]:
    """Those of a function's own variables that would lead its SDK to other endpoints than the local cloud's.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    """
    return [name for name in variables if name in _AWAY or name.startswith("AWS_ENDPOINT_URL")]


def kept_here(variables: Mapping[str, str]) -> dict[str, str]:
    """A function's own variables without those, and with this machine outside of any proxy."""
    away = set(leading_away(variables))
    kept = {name: value for name, value in variables.items() if name not in away}
    return kept | past_proxies(kept)


def past_proxies(variables: Mapping[str, str]) -> dict[str, str]:
    """What keeps this machine outside of the proxies that the variables name; nothing where they name none."""
    if not any(name.lower() in {"http_proxy", "https_proxy", "all_proxy"} for name in variables):
        return {}
    return {
        name: ",".join(filter(None, ["127.0.0.1", "localhost", variables.get(name, "")]))
        for name in ("NO_PROXY", "no_proxy")
    }


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
