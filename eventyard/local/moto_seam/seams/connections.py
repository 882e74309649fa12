"""Connections and API destinations: what moto leaves out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.core.exceptions import JsonRESTError
from moto.events.models import EventsBackend
from moto.events.responses import EventsHandler

from eventyard.local.door import ApiError
from eventyard.local.door.destinations import check_destination
from eventyard.local.moto_seam.seams._seam import Moto, Seam
from eventyard.local.moto_seam.seams.events import door

if TYPE_CHECKING:
    from eventyard.local.moto_seam.seams._seam import Listener

# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeConnection.html has none of these.
_SECRET = frozenset({"ApiKeyValue", "ClientSecret", "Password"})


def _describe(original: Moto, _listener: Listener) -> Moto:
    def describe(self: Moto, name: str) -> dict[str, Any]:
        found: dict[str, Any] = original(self, name)
        return {**found, "AuthParameters": _without_secrets(found["AuthParameters"])}

    return describe


def _without_secrets(value: Moto) -> Moto:
    if isinstance(value, list):
        return [_without_secrets(one) for one in value]
    if not isinstance(value, dict):
        return value
    hidden = {"Value"} if str(value.get("IsValueSecret")).lower() == "true" else set()
    return {name: _without_secrets(one) for name, one in value.items() if name not in _SECRET | hidden}


def _update(original: Moto, _listener: Listener) -> Moto:
    def update(self: Moto, name: str, **changes: Moto) -> dict[str, Any]:
        """A connection that is updated is authorized again."""
        original(self, name, **changes)
        connection = self.connections[name]
        connection.state = "AUTHORIZED"
        answer: dict[str, Any] = connection.describe_short()
        return answer

    return update


def _deauthorize(_original: Moto, _listener: Listener) -> Moto:
    def deauthorize_connection(self: Moto) -> str:
        """https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeauthorizeConnection.html."""
        name = json.loads(self.body or "{}").get("Name", "")
        connection = self.events_backend.connections.get(name)
        if connection is None:
            raise JsonRESTError("ResourceNotFoundException", f"Connection '{name}' does not exist.")
        connection.state, connection.auth_parameters = "DEAUTHORIZED", {}
        return json.dumps(connection.describe_short())

    return deauthorize_connection


def _check(backend: Moto, request: dict[str, Any]) -> None:
    check_destination(request, {connection.arn for connection in backend.connections.values()})


def _check_new(backend: Moto, request: dict[str, Any]) -> None:
    if request["Name"] in backend.destinations:
        raise ApiError("ResourceAlreadyExistsException", f"An api-destination '{request['Name']}' already exists.")
    _check(backend, request)


def _check_connection(backend: Moto, request: dict[str, Any]) -> None:
    if request["Name"] in backend.connections:
        raise ApiError("ResourceAlreadyExistsException", f"Connection '{request['Name']}' already exists.")


SEAMS = (
    Seam(EventsBackend, "describe_connection", ("self", "name"), "secrets are not told", _describe),
    Seam(EventsBackend, "update_connection", ("self", "name", "kwargs"), "and authorized again", _update),
    Seam(EventsHandler, "deauthorize_connection", (), "moto has no such call", _deauthorize),
    *(
        Seam(EventsHandler, name, ("self",), "the door", door(operation, check))
        for name, operation, check in (
            ("create_connection", "CreateConnection", _check_connection),
            ("create_api_destination", "CreateApiDestination", _check_new),
            ("update_api_destination", "UpdateApiDestination", _check),
        )
    ),
)
