"""HTTP as functions see it: payload format 2.0, in and out.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html, "Request and response payloads"
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Which content types are text, AWS does not list; forms are known to come as base64.
_TEXT = ("text/", "application/json", "application/javascript", "application/xml")
_TEXT_ENDINGS = ("+json", "+xml")
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Visit:
    """An HTTP request from outside. `path` and `query` are as they were sent, header names in any case."""

    method: str
    path: str
    query: str = ""
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""
    address: str = "127.0.0.1"
    protocol: str = "HTTP/1.1"

    @property
    def host(self) -> str:
        """Of the Host header; empty without one."""
        return next((value for name, value in self.headers if name.lower() == "host"), "")


@dataclass(frozen=True, slots=True)
class Reply:
    """The HTTP response."""

    status: int
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a visitor is: the URL's id and domain, the request's id and its time in seconds since the epoch."""

    url_id: str
    domain: str
    request_id: str
    time: float
    account: str = field(default="anonymous")  # https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html, NONE


class UnreadableReplyError(ValueError):
    """What the function answered is no response."""


def event(visit: Visit, place: Place) -> dict[str, Any]:
    """What the function receives."""
    headers = _headers(visit, place)
    cookies = [one.strip() for one in headers.get("cookie", "").split(";") if one.strip()]
    query: dict[str, str] = {}
    for name, value in parse_qsl(visit.query, keep_blank_values=True):
        query[name] = f"{query[name]},{value}" if name in query else value
    text, encoded = _body(visit.body, headers.get("content-type", ""))
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": visit.path,
        "rawQueryString": visit.query,
        **({"cookies": cookies} if cookies else {}),
        "headers": headers,
        **({"queryStringParameters": query} if query else {}),
        "requestContext": {
            "accountId": place.account,
            "apiId": place.url_id,
            "domainName": place.domain,
            "domainPrefix": place.url_id,
            "http": {
                "method": visit.method,
                "path": visit.path,
                "protocol": visit.protocol,
                "sourceIp": visit.address,
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": place.request_id,
            "routeKey": "$default",
            "stage": "$default",
            "time": datetime.fromtimestamp(place.time, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(place.time * 1000),
        },
        **({"body": text} if visit.body else {}),
        "isBase64Encoded": encoded,
    }


def reply(payload: bytes) -> Reply:
    """What a visitor gets of the function's answer. One without a statusCode is the body itself, with 200.

    Raises:
        UnreadableReplyError: its statusCode, headers, cookies or body are none.
    """
    answer = json.loads(payload)
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return Reply(200, (("content-type", _JSON),), payload)
    try:
        status, body = int(answer["statusCode"]), _bytes(answer)
        given: Mapping[str, Any] = answer.get("headers") or {}
        headers = {name.lower(): str(value) for name, value in given.items()}
        cookies = [("set-cookie", str(one)) for one in answer.get("cookies") or ()]
    except (AttributeError, TypeError, ValueError, binascii.Error) as error:
        raise UnreadableReplyError(str(error)) from None
    return Reply(status, (*{"content-type": _JSON, **headers}.items(), *cookies), body)


def _headers(visit: Visit, place: Place) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in visit.headers:
        low = name.lower()
        found[low] = f"{found[low]},{value}" if low in found else value
    forwarded = {"x-forwarded-for": visit.address, "x-forwarded-port": "443", "x-forwarded-proto": "https"}
    return {**found, **forwarded, "host": place.domain}


def _body(body: bytes, content_type: str) -> tuple[str, bool]:
    kind = content_type.split(";", maxsplit=1)[0].strip().lower()
    if kind.startswith(_TEXT) or kind.endswith(_TEXT_ENDINGS):
        try:
            return body.decode(), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(body).decode(), bool(body)


def _bytes(answer: Mapping[str, Any]) -> bytes:
    body = answer.get("body") or ""
    if not isinstance(body, str):
        raise TypeError(f"its body is a {type(body).__name__}, and no text")
    return base64.b64decode(body, validate=True) if answer.get("isBase64Encoded") else body.encode()
