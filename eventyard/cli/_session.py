"""Clients of a command: of the served cloud on this machine, or of real AWS when that is asked for in so many words."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from eventyard.cli._looking import DEFAULT, VARIABLE
from eventyard.errors import EventyardError, RealAWSError
from eventyard.loopback import is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable


def clients(
    *, aws: bool, endpoint: str | None, account: str | None, region: str | None, connections: int = 10
) -> Callable[[str], Any]:
    """A function that makes a client of a service by its name.

    Without `aws` all calls go to the endpoint, to AWS_ENDPOINT_URL, or to where `eventyard up` is by default, and that
    has to be this machine. Credentials are the SDK's own, or an account's of the local cloud where the environment
    names none.

    Args:
        aws: Whether real AWS is meant.
        endpoint: Where the local cloud is served; not for real AWS, where the SDK's settings say it.
        account: Twelve digits; not for real AWS, where credentials say it.
        region: The Region; the SDK's own choice without it.
        connections: How many calls at a time a client makes at most.

    Raises:
        RealAWSError: calls would leave this machine, and nobody asked for that.
    """
    config = Config(max_pool_connections=connections, retries={"total_max_attempts": 1, "mode": "standard"})
    if aws:
        if account is not None or endpoint is not None:
            raise EventyardError(
                "against real AWS the SDK's own settings say it.", where="--account" if account else "--endpoint"
            )
        session = boto3.Session(region_name=region or os.environ.get("AWS_REGION"))
        return lambda service: _made(session, service, config=config)
    endpoint = endpoint or os.environ.get(VARIABLE) or DEFAULT
    host = urlsplit(endpoint).hostname or ""
    if not is_loopback(host):
        raise RealAWSError(
            "this call was about to leave the machine.",
            where=host,
            remedy=f"--endpoint or {VARIABLE} says so. Give --aws if real AWS is meant.",
        )
    # A proxy would be another machine.
    config = config.merge(Config(proxies={}))
    credentials: dict[str, Any] = {}
    if account is not None or "AWS_ACCESS_KEY_ID" not in os.environ:
        # An access key of the local cloud's is the account itself.
        key = account or "111111111111"
        credentials = {"aws_access_key_id": key, "aws_secret_access_key": key}
    session = boto3.Session(region_name=region or os.environ.get("AWS_REGION"), **credentials)
    region = session.region_name or "us-east-1"
    return lambda service: _made(session, service, region_name=region, endpoint_url=endpoint, config=config)


def _made(session: boto3.Session, service: Any, **settings: Any) -> Any:  # noqa: ANN401  # boto3's own dynamic type
    try:
        return session.client(service, **settings)
    except (BotoCoreError, ValueError) as error:
        raise EventyardError(f"{error}", remedy="Look at AWS_PROFILE, AWS_REGION and AWS_ENDPOINT_URL.") from None
