"""The clock, and who a caller is."""

from __future__ import annotations

import functools
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import moto.core.utils
import moto.iam.models
from moto.core.base_backend import BackendDict
from moto.core.common_models import BaseModel
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.responses import BaseResponse
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend, iam_backends

from eventyard.local.moto_seam.seams._seam import Moto, Seam

if TYPE_CHECKING:
    from eventyard.local.moto_seam.seams._seam import Listener

# Credential=KEY/date of version 4; AWS KEY:signature of version 2.
_CREDENTIAL = re.compile(r"(?:Credential=|^AWS )([^/:,\s]+)[/:]")
_ANONYMOUS = "AKIAEXAMPLE"
_AWS_POLICY = re.compile(r"^arn:aws:iam::aws:policy/(?:.*/)?([^/]+)$")


def _utcnow(_original: Moto, listener: Listener) -> Moto:
    return lambda: datetime.fromtimestamp(listener.now(), UTC).replace(tzinfo=None)


def _account(original: Moto, listener: Listener) -> Moto:
    def account(access_key: str) -> str:
        known = listener.account_of(access_key)
        if known:
            return known
        found: str = original(access_key)
        # moto's own default stands for a key that nobody made. People type any key, for a cloud that is served.
        made = found != DEFAULT_ACCOUNT_ID or access_key in iam_backends[found]["aws"].access_keys
        return found if made else listener.account or found

    return account


def _access_key(_original: Moto, _listener: Listener) -> Moto:
    def access_key(self: Moto) -> str:
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html; moto takes keys of twenty only.
        signed = self.headers.get("Authorization", "")
        asked = self.querystring.get("X-Amz-Credential") or self.querystring.get("AWSAccessKeyId") or [""]
        found = _CREDENTIAL.search(signed)
        return found[1] if found else str(asked[0]).split("/", 1)[0] or _ANONYMOUS

    return access_key


def _attach_role_policy(original: Moto, _listener: Listener) -> Moto:
    def attach(self: Moto, policy_arn: str, role_name: str) -> None:
        name = _AWS_POLICY.match(policy_arn)
        if name and policy_arn not in self.managed_policies:
            data = _aws_policies().get(name[1])
            if data is not None:
                policy = AWSManagedPolicy.from_data(name[1], self.account_id, self.region_name, data)
                self.managed_policies[policy.arn] = policy
        original(self, policy_arn, role_name)

    return attach


def _account_backends(original: Moto, _listener: Listener) -> Moto:
    def make(self: Moto, account_id: str) -> None:
        # An account that is here was registered when it came; both end together, when moto is reset.
        if account_id not in self:
            original(self, account_id)

    return make


def _untracked(_original: Moto, _listener: Listener) -> Moto:
    def new(cls: Moto, *_args: Moto, **_kwargs: Moto) -> Moto:
        return object.__new__(cls)

    return staticmethod(new)


@functools.cache
def _aws_policies() -> dict[str, Any]:
    policies: dict[str, Any] = json.loads(aws_managed_policies_data)
    return policies


SEAMS = (
    Seam(moto.core.utils, "utcnow", (), "moto reads the cloud's clock", _utcnow),
    Seam(moto.iam.models, "get_account_id_from", ("access_key",), "clients choose an account by their key", _account),
    Seam(BaseResponse, "get_access_key", ("self",), "whatever that key looks like", _access_key),
    Seam(
        BackendDict,
        "_create_account_specific_backend",
        ("self", "account_id"),
        "an account's state is looked up many times an event, each time among all services behind a lock",
        _account_backends,
    ),
    Seam(
        BaseModel,
        "__new__",
        ("cls", "args", "kwargs"),
        "moto keeps whatever it ever made, log lines that are long deleted too, for a page of its server's",
        _untracked,
    ),
    Seam(
        IAMBackend,
        "attach_role_policy",
        ("self", "policy_arn", "role_name"),
        "AWS's own policies are there when they are asked for, without loading all of them each time",
        _attach_role_policy,
    ),
)
