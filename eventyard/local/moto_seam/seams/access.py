"""Every call is held against the policies: moto's own check knows neither resources nor conditions, and is off."""

from __future__ import annotations

import json
from collections import ChainMap
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.core.utils import get_service_model
from moto.s3.exceptions import BucketAccessDeniedError
from werkzeug.exceptions import HTTPException

from eventyard.local.moto_seam._records import ApiCall
from eventyard.local.moto_seam.seams._seam import Moto, RefusedError, Seam

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.moto_seam.seams._seam import Listener

# Services whose actions in policies begin with another name than the one that signs:
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_PREFIXES = {"email": "ses", "monitoring": "cloudwatch"}
_FORBIDDEN = 403


class _Answer(HTTPException):
    """A refusal as moto answers it: a status and a body."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(body)
        self.code = status


def _normal(_original: Moto, listener: Listener) -> Moto:
    def authorize(self: Moto, resource: str = "*") -> None:  # noqa: ARG001  # moto's signature
        operation = self._get_action()
        if not operation or self.service_name is None:
            return  # moto answers that it knows no such call, or the call is one of its own
        try:
            listener.authorize(_call(self, _prefix(self.boto3_service_name), operation, _parameters(self)))
        except RefusedError as refused:
            # In the service's own protocol, where the error's code and words stand.
            error = ServiceException(refused.code, str(refused))
            status, headers, body = self.serialized(ActionResult(error))
            self.response_headers.update(headers)
            raise _Answer(int(status), body) from None

    return authorize


def _s3(_original: Moto, listener: Listener) -> Moto:
    def authorize(self: Moto, bucket_name: str | None = None, key_name: str | None = None) -> None:
        parameters = {"Bucket": bucket_name, "Key": key_name}
        action = self.data["Action"]
        operation = action[0] if isinstance(action, list) else action
        try:
            listener.authorize(_call(self, "s3", operation, parameters))
        except RefusedError as refused:
            denied = BucketAccessDeniedError(bucket_name or "")
            denied.message = str(refused)
            raise denied from None

    return authorize


def _call(response: Moto, service: str, operation: str, parameters: Mapping[str, Any]) -> ApiCall:
    return ApiCall(response.access_key, response.current_account, response.region, service, operation, parameters)


def _prefix(service: str) -> str:
    signing = get_service_model(service).signing_name
    return _PREFIXES.get(signing, signing)


def _parameters(response: Moto) -> Mapping[str, Any]:
    """What the call was given, from the path before the query before the body."""
    if response.automated_parameter_parsing:
        return ChainMap(response.params, response.uri_match)
    path = {name: unquote(value) if isinstance(value, str) else value for name, value in response.uri_match.items()}
    query = dict(parse_qsl(response.parsed_url.query))
    # A call with a path may have a body that is no parameters: the payload of Invoke.
    body = {} if path else _json(response.body)
    return {**body, **query, **path}


def _json(body: object) -> dict[str, Any]:
    if not isinstance(body, str | bytes) or not body:
        return {}
    try:
        found = json.loads(body)
    except ValueError:
        return dict(parse_qsl(body)) if isinstance(body, str) else {}
    return found if isinstance(found, dict) else {}


SEAMS = (
    Seam(
        ActionAuthenticatorMixin,
        "_authenticate_and_authorize_normal_action",
        ("self", "resource"),
        "every call is held against the policies",
        _normal,
    ),
    Seam(
        ActionAuthenticatorMixin,
        "_authenticate_and_authorize_s3_action",
        ("self", "bucket_name", "key_name"),
        "and S3's",
        _s3,
    ),
)
