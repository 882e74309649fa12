"""HTTP that is wrong in some way: each gets an error that an SDK can read, and the server goes on serving."""

from __future__ import annotations

import json
import random
import socket
from http.client import HTTPException, HTTPResponse
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventyard.local import ServedCloud

SIGNED = "AWS4-HMAC-SHA256 Credential=111111111111/20260101/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"


def ask(served: ServedCloud, raw: bytes) -> tuple[int, str, bytes]:
    """Send bytes, and no more; answers the status, the content type and the body."""
    host, port = served.endpoint.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        response = HTTPResponse(connection)
        response.begin()
        return response.status, response.getheader("Content-Type", ""), response.read()


def request(
    path: str = "/", *, method: str = "POST", body: bytes = b"{}", service: str = "events", **headers: str
) -> bytes:
    given = {
        "Host": "127.0.0.1",
        "Authorization": SIGNED.format(service),
        "Content-Length": str(len(body)),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items() if value)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


CASES = {
    "no HTTP at all": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n", 400),
    "a version that is none": (b"GET / HTTP/9.9\r\n\r\n", 505),
    "a line without an end": (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
    "a header without an end": (b"GET / HTTP/1.1\r\nHost: " + b"a" * 70_000 + b"\r\n\r\n", 431),
    "two hundred headers": (
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(200)) + b"\r\n",
        431,
    ),
    "a foreign host": (request(Host="shop.example"), 403),
    "a name that is made to resolve to this machine": (request(Host="127.0.0.1.evil.example"), 403),
    "a page of another site": (request(Origin="https://shop.example"), 403),
    "moto's own pages": (request("/moto-api/reset"), 404),
    "no host": (request(Host=""), 403),
    "a body that ends early": (request(Content_Length="4096"), 400),
    "a length that is no number": (request(Content_Length="many"), 400),
    "a negative length": (request(Content_Length="-1"), 400),
    "a body without an end": (request(Content_Length="99999999999"), 413),
    "chunks that are none": (request(Content_Length="", Transfer_Encoding="chunked", body=b"zz\r\nhello"), 400),
    "a target that is none": (request(X_Amz_Target="AWSEvents.Nonsense"), 400),
    "no target": (request(), 404),
    "a service that is none": (request(service="nonsense"), 404),
    "a method that is none": (request(method="BREW"), 405),
    "a scope of four parts": (request(Authorization=SIGNED.format("events").replace("/us-east-1", "")), 400),
    "a Region that is none": (request(Authorization=SIGNED.format("events").replace("us-east-1", "mars-1")), 403),
    "JSON that is none": (request(X_Amz_Target="AWSEvents.PutEvents", body=b"{'"), 400),
    "a body that is no text": (request(X_Amz_Target="AWSEvents.PutEvents", body=b"\xff\xfe\x00"), 400),
}


@pytest.mark.parametrize("case", CASES)
def test_a_malformed_request_gets_an_error_of_awss_kind(served: ServedCloud, case: str) -> None:
    raw, wanted = CASES[case]

    status, kind, body = ask(served, raw)

    assert "html" not in kind
    assert b"<html" not in body.lower()
    assert (status, body != b"") == (wanted, True), body
    if "json" in kind:
        assert json.loads(body)["__type"]
    assert served.client("sts").get_caller_identity()["Account"] == "111111111111"


def _thousand() -> Iterator[bytes]:
    dice = random.Random(7)  # noqa: S311 - bytes that are the same in every run, no secrets
    whole = [raw for raw, _ in CASES.values()] + [request(X_Amz_Target="AWSEvents.ListRules", body=b'{"Limit": 1}')]
    for number in range(1_000):
        raw = bytearray(whole[number % len(whole)][:4_096])
        for _ in range(dice.randrange(1, 6)):
            match dice.randrange(3):
                case 0:
                    raw[dice.randrange(len(raw))] = dice.randrange(256)
                case 1:
                    del raw[dice.randrange(len(raw)) :]
                case _:
                    raw[dice.randrange(len(raw)) : 0] = dice.randbytes(dice.randrange(1, 9))
            raw = raw or bytearray(b"?")
        yield bytes(raw)


def test_a_thousand_of_them_leave_it_serving(served: ServedCloud) -> None:
    """Whole requests with bytes changed, cut off or put in: whatever is answered is no page of HTML."""
    answers = [_kind_of_answer(served, raw) for raw in _thousand()]

    assert "late" not in answers
    assert not [kind for kind in answers if "html" in kind]
    assert sum("json" in kind or "xml" in kind for kind in answers) > 900
    assert served.client("sts").get_caller_identity()["Account"] == "111111111111"


def _kind_of_answer(served: ServedCloud, raw: bytes) -> str:
    """The content type; `late` without any answer, `hung up` for what ended before it was a request."""
    try:
        return ask(served, raw)[1]
    except TimeoutError:
        return "late"
    except (OSError, HTTPException):
        return "hung up"
