"""CreateApiDestination and UpdateApiDestination.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateApiDestination.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from eventyard.local.door._error import ApiError, invalid

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


def check_destination(request: Mapping[str, Any], connections: Collection[str]) -> None:
    """Refuse an endpoint that is no HTTPS URL, and a connection that is not there.

    Args:
        request: As the API has it; an update names only what changes.
        connections: The ARNs of the account's connections.

    Raises:
        ApiError: ValidationException or ResourceNotFoundException; the wording is ours.
    """
    endpoint = request.get("InvocationEndpoint")
    if endpoint is not None and (not endpoint.startswith("https://") or not urlsplit(endpoint).hostname):
        raise invalid(f"Parameter InvocationEndpoint is not valid. Reason: {endpoint} must be an HTTPS URL.")
    connection = request.get("ConnectionArn")
    if connection is not None and connection not in connections:
        raise ApiError("ResourceNotFoundException", f"Connection '{connection}' does not exist.")
