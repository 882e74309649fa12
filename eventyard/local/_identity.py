"""Who a client is: an access key names its account, and the developer's own settings stay outside."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from eventyard.local._guard import past_proxies

if TYPE_CHECKING:
    from collections.abc import Iterator

# Ours; and the account itself, which is easier to type into a shell.
_KEY = re.compile(r"^(?:AKIA)?(\d{12})(?:YARD)?$")
# Settings of the developer's own that would lead an SDK elsewhere.
_FOREIGN = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "MOTO_ACCOUNT_ID")
# One for all services, or one a service: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
_ENDPOINT = "AWS_ENDPOINT_URL"


def key_of(account: str) -> str:
    """The access key of an account's clients."""
    return f"AKIA{account}YARD"


def account_of(access_key: str) -> str | None:
    """The account that such a key names; None for any other key."""
    ours = _KEY.match(access_key)
    return ours[1] if ours else None


@contextmanager
def environment(account: str, region: str) -> Iterator[None]:
    """Plain boto3 clients are of this account and Region, whatever the developer's own settings say."""
    ours = {
        "AWS_ACCESS_KEY_ID": key_of(account),
        "AWS_SECRET_ACCESS_KEY": account,
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        **past_proxies(os.environ),
    }
    foreign = (*_FOREIGN, *(name for name in os.environ if name.startswith(_ENDPOINT)))
    before = {name: os.environ.get(name) for name in (*ours, *foreign)}
    for name in foreign:
        os.environ.pop(name, None)
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
