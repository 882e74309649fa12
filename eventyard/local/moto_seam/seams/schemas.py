"""The schema registry: moto has no such service, so its calls are answered before moto looks for one."""

from __future__ import annotations

import json
import re
from http.client import responses
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import moto.iam.models
from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto.core.botocore_stubber import BotocoreStubber

from eventyard.local.door import ApiError
from eventyard.local.moto_seam._records import ApiCall
from eventyard.local.moto_seam.seams._seam import Moto, RefusedError, Seam
from eventyard.local.schemas import response, wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from eventyard.local.moto_seam.seams._seam import Listener

_Answer = tuple[int, dict[str, str], str]
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
_SIGNED = re.compile(r"Credential=(?P<key>[^/]+)/\d+/(?P<region>[^/]+)/schemas/aws4_request")
_STATUSES = {"AccessDeniedException": 403, "BadRequestException": 400, "ConflictException": 409}
_NOT_FOUND = 404


def _answer(listener: Listener, signed: re.Match[str], method: str, url: str, body: bytes) -> _Answer:
    parts = urlsplit(url)
    found = wanted(method, parts.path, parts.query, body)
    if found is None:
        return _refusal("NotFoundException", "The schema registry has no such operation.")
    # Through moto's own name, where the seam stands that knows our accounts.
    account = moto.iam.models.get_account_id_from(signed["key"])
    region, operation = signed["region"], found.operation
    try:
        listener.authorize(ApiCall(signed["key"], account, region, "schemas", operation, found.parameters))
        status, text = response(operation, listener.schemas(account, region, operation, found.parameters))
    except RefusedError as refused:
        return _refusal(refused.code, str(refused))
    except ApiError as refused:
        return _refusal(refused.code, refused.message)
    return status, {"Content-Type": "application/json"}, text


def _refusal(code: str, message: str) -> _Answer:
    headers = {"Content-Type": "application/json", "x-amzn-errortype": code}
    return _STATUSES.get(code, _NOT_FOUND), headers, json.dumps({"Code": code, "Message": message})


def _in_process(original: Moto, listener: Listener) -> Moto:
    def process_request(self: Moto, request: Moto) -> Moto:
        header = request.headers.get("Authorization", "")
        signed = _SIGNED.search(header if isinstance(header, str) else header.decode())
        if signed is None:
            return original(self, request)
        body = request.body or b""
        return _answer(listener, signed, request.method, request.url, body.encode() if isinstance(body, str) else body)

    return process_request


def signed_for(environ: Mapping[str, Any]) -> bool:
    """Whether a request over HTTP is for the schema registry."""
    return _SIGNED.search(environ.get("HTTP_AUTHORIZATION", "")) is not None


def over_http(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """A call of another process, as a WSGI application: answered as one of this process, through the seam below."""
    request = AWSPreparedRequest(
        environ["REQUEST_METHOD"],
        f"http://{environ['HTTP_HOST']}{environ['RAW_URI']}",
        HTTPHeaders.from_dict({"Authorization": environ["HTTP_AUTHORIZATION"]}),
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)),
        stream_output=False,
    )
    stubber: Moto = BotocoreStubber()
    status, headers, text = stubber.process_request(request)
    start(f"{status} {responses[status]}", list(headers.items()))
    return [text.encode()]


SEAMS = (Seam(BotocoreStubber, "process_request", ("self", "request"), "the schema registry", _in_process),)
