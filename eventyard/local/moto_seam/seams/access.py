"""Every call is held against the policies: moto's own check knows neither resources nor conditions, and is off."""

from __future__ import annotations

import json
from collections import ChainMap
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote
from xml.sax.saxutils import escape

from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.utils import get_service_model
from moto.iam.access_control import PermissionResult
from moto.s3.exceptions import BucketAccessDeniedError
from moto.s3.models import FakeBucket
from werkzeug.exceptions import HTTPException

from eventyard.local.moto_seam._records import ApiCall
from eventyard.local.moto_seam.seams._seam import Moto, RefusedError, Seam

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.moto_seam.seams._seam import Listener

# Services whose actions in policies begin with another name than the one that signs:
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_PREFIXES = {"email": "ses", "monitoring": "cloudwatch"}
_BAD_REQUEST, _FORBIDDEN = 400, 403


class _Answer(HTTPException):
    """A refusal in the service's own protocol."""

    def __init__(self, response: Moto, refused: RefusedError) -> None:
        protocol = response.determine_response_protocol(get_service_model(response.boto3_service_name))
        if "json" in protocol:
            super().__init__(json.dumps({"__type": refused.code, "message": str(refused)}))
            response.response_headers["x-amzn-errortype"] = refused.code
        else:
            error = f"<Type>Sender</Type><Code>{refused.code}</Code><Message>{escape(str(refused))}</Message>"
            super().__init__(f"<ErrorResponse><Error>{error}</Error><RequestId></RequestId></ErrorResponse>")
        # https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html; JSON services say 400.
        self.code = _BAD_REQUEST if protocol == "json" else _FORBIDDEN


def _normal(_original: Moto, listener: Listener) -> Moto:
    def authorize(self: Moto, resource: str = "*") -> None:  # noqa: ARG001  # moto's signature
        operation = self._get_action()
        if not operation or self.service_name is None:
            return  # moto answers that it knows no such call, or the call is one of its own
        try:
            listener.authorize(_call(self, _prefix(self.boto3_service_name), operation, _parameters(self)))
        except RefusedError as refused:
            raise _Answer(self, refused) from None

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


def _bucket_policy(original: Moto, _listener: Listener) -> Moto:
    def get_permission(self: Moto, action: str, resource: str) -> Moto:
        """It is asked a second time by moto, which takes a Deny for one whatever its condition is."""
        found = original(self, action, resource)
        return PermissionResult.NEUTRAL if found == PermissionResult.DENIED else found

    return get_permission


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
    Seam(FakeBucket, "get_permission", ("self", "action", "resource"), "and those of buckets", _bucket_policy),
)
