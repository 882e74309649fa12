"""HTTP that no service of AWS's ever sees: what is refused before, and in which words.

AWS's front ends answer with an error code and a request id, in whichever protocol; here it is JSON, which clients of
either kind can show (https://docs.aws.amazon.com/general/latest/gr/api-retries.html says what SDKs do about it).
"""

from __future__ import annotations

import json
import re
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from eventyard.errors import EventyardError
from eventyard.local._function_urls import PREFIX
from eventyard.local._http_payloads import Reply
from eventyard.local._places import check_region
from eventyard.loopback import is_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping

# The code of every status that http.server, werkzeug or we refuse with.
_CODES = {
    400: "BadRequest",
    403: "AccessDeniedException",
    404: "UnknownOperationException",
    405: "MethodNotAllowed",
    408: "RequestTimeout",
    411: "MissingContentLength",
    413: "RequestEntityTooLargeException",
    414: "RequestUriTooLong",
    431: "RequestHeaderSectionTooLarge",
    500: "InternalFailure",
    501: "NotImplemented",
    505: "HTTPVersionNotSupported",
}
_FUNCTION_URLS = ".on.aws"
_MOTOS_OWN = "/moto-api"
_CREDENTIAL = re.compile(r"^AWS4-[\w-]+ .*?Credential=([^,\s]+)")
_PARTS = 5
# More than any asset that is worth uploading to a machine's memory.
MOST_BYTES = 512 * 1024 * 1024


class RefusedRequestError(Exception):
    """A request that goes no further. `status` is HTTP's, `code` AWS's where it has one of its own."""

    def __init__(self, status: int, message: str, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def refusal(status: int, message: str, code: str = "") -> Reply:
    """An error as AWS's SDKs read it; its code follows from HTTP's status where none is given."""
    code = code or _CODES.get(status, "InternalFailure" if status >= 500 else "BadRequest")  # noqa: PLR2004  # HTTP's classes
    body = json.dumps({"__type": code, "message": message, "Message": message}).encode()
    headers = (
        ("Content-Type", "application/x-amz-json-1.1"),
        ("Content-Length", str(len(body))),
        ("x-amzn-errortype", code),
        ("x-amzn-requestid", "00000000-0000-0000-0000-000000000000"),
    )
    return Reply(status, headers, body)


def check_host(environ: Mapping[str, Any], *, everywhere: bool = False) -> None:
    """Refuse a request that was meant for another host, or comes from a page of one.

    A page in a browser can make its own name resolve to this machine; what it then sends bears that name. So who serves
    `everywhere` is called by an address, and by no name but localhost.

    Raises:
        RefusedRequestError: its Host or its Origin is not this machine's, or it is for moto itself.
    """
    host = str(environ.get("HTTP_HOST", "")).lower()
    name = _name(f"//{host}")
    if not (is_loopback(name) or name.endswith(_FUNCTION_URLS) or (everywhere and _is_address(name))):
        raise RefusedRequestError(403, f"the host {host!r} is not this machine's: call 127.0.0.1 or localhost.")
    origin = str(environ.get("HTTP_ORIGIN", "")).lower()
    path = str(environ["PATH_INFO"])
    # Who may call a function URL from a page is the URL's own affair.
    if origin and not path.startswith(PREFIX) and not is_loopback(_name(origin)):
        raise RefusedRequestError(403, f"a page of {origin} has no business here.")
    if path.startswith(_MOTOS_OWN):
        raise RefusedRequestError(404, "moto's own pages are not served: they change state behind the cloud's back.")


def _is_address(name: str) -> bool:
    try:
        return bool(ip_address(name))
    except ValueError:
        return False


def _name(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def check_scope(environ: Mapping[str, Any]) -> None:
    """Refuse a signature of version 4 that does not say for which Region and service it is.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html has the words.

    Raises:
        RefusedRequestError: IncompleteSignature, or InvalidSignatureException.
    """
    found = _CREDENTIAL.search(str(environ.get("HTTP_AUTHORIZATION", "")))
    if found is None:
        return
    scope = found[1].split("/")
    if len(scope) != _PARTS:
        words = "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term"
        raise RefusedRequestError(400, f"{words}, got {found[1]!r}", "IncompleteSignature")
    try:
        check_region(scope[2])
    except EventyardError:
        words = "Credential should be scoped to a valid region"
        raise RefusedRequestError(403, f"{words}, not {scope[2]!r}.", "InvalidSignatureException") from None


def check_json(environ: Mapping[str, Any], body: bytes) -> None:
    """Refuse what names a target, and is therefore JSON, and is none.

    Raises:
        RefusedRequestError: SerializationException.
    """
    if environ.get("HTTP_X_AMZ_TARGET") and body:
        try:
            json.loads(body)
        except (ValueError, RecursionError):
            raise RefusedRequestError(400, "the body is no JSON.", "SerializationException") from None


def body_of(environ: Mapping[str, Any]) -> bytes:
    """The whole body of a request.

    Raises:
        RefusedRequestError: it is shorter than it says, too long, or no body at all.
    """
    source = environ["wsgi.input"]
    if environ.get("wsgi.input_terminated"):
        try:
            return _limited(source.read(MOST_BYTES + 1))
        except (OSError, ValueError):
            raise RefusedRequestError(400, "the body's chunks are malformed.") from None
    declared = str(environ.get("CONTENT_LENGTH") or "0")
    if not declared.isascii() or not declared.isdigit():
        raise RefusedRequestError(400, f"Content-Length is {declared!r}, which is no number of bytes.")
    length = int(declared)
    if length > MOST_BYTES:
        raise RefusedRequestError(413, f"a body has at most {MOST_BYTES:,} bytes, this one {length:,}.")
    try:
        body: bytes = source.read(length)
    except OSError:
        raise RefusedRequestError(408, "the body did not come in time.") from None
    if len(body) < length:
        raise RefusedRequestError(400, f"the body has {len(body):,} bytes, its Content-Length says {length:,}.")
    return body


def _limited(body: bytes) -> bytes:
    if len(body) > MOST_BYTES:
        raise RefusedRequestError(413, f"a body has at most {MOST_BYTES:,} bytes.")
    return body
