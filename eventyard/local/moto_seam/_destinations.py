"""The API destinations and connections in moto's state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.events.models import events_backends

from eventyard.local.moto_seam._records import ApiDestination, Arn, Connection

if TYPE_CHECKING:
    from collections.abc import Mapping

# moto's own objects: untyped, and ours to handle with care.
Moto = Any

# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateApiDestination.html
_RATE = 300


class DestinationState:
    """Every account's API destinations, by ARN."""

    def api_destination(self, destination: str) -> ApiDestination | None:
        """The API destination of this ARN; None without one."""
        found = _one(destination, "destinations")
        if found is None:
            return None
        rate = int(found.invocation_rate_limit_per_second or _RATE)
        return ApiDestination(found.arn, found.connection_arn, found.invocation_endpoint, found.http_method, rate)

    def connection(self, connection: str) -> Connection | None:
        """The connection of this ARN; None without one."""
        found = _one(connection, "connections")
        if found is None:
            return None
        parameters: Mapping[str, Any] = found.auth_parameters or {}
        return Connection(found.arn, found.authorization_type, parameters, found.state)

    def deauthorize(self, connection: str) -> None:
        """The connection (an ARN) is refused by its authorization endpoint."""
        found = _one(connection, "connections")
        if found is not None:
            found.state = "DEAUTHORIZED"


def _one(arn: str, kind: str) -> Moto | None:
    """`api-destination/NAME/ID`: one of the same name made anew has another id."""
    parsed = Arn.parse(arn)
    name = (*parsed.resource.split("/"), "")[1]
    found = getattr(events_backends[parsed.account][parsed.region], kind).get(name)
    return found if found is not None and found.arn == arn else None
