"""The requests that EventBridge makes: to an API destination, and for an access token.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from eventyard.errors import TransformError
from eventyard.local.outside._calls import Call
from eventyard.transforms import json_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from eventyard.local.moto_seam import ApiDestination, Connection

# "Headers included in requests to API destinations". Of them only Content-Type gives way to one of the user's.
_CONTENT_TYPE = "application/json; charset=utf-8"
_FIXED = {
    "User-Agent": "Amazon/EventBridge/ApiDestinations",
    "Range": "bytes=0-1048575",
    "Accept-Encoding": "gzip,deflate",
    "Connection": "close",
}
_SET_BY_HTTP = frozenset({"host", "content-length"})


def request(
    destination: ApiDestination,
    connection: Connection,
    *,
    target: Mapping[str, Any],
    text: str,
    event: object,
    token: str = "",
) -> Call:
    """The request that delivers a text.

    The model of PutTargets, HttpParameters: the target's own parameters are merged with those of the connection, whose
    values win. A target's value that is a JSON path, such as `$.detail.id`, is what it finds in the event
    (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html, "Dynamic path parameters").

    Args:
        destination: The API destination.
        connection: Its connection.
        target: The target's HttpParameters.
        text: What the target's input makes of the event.
        event: The event.
        token: An access token, for OAuth.

    Raises:
        TransformError: a path of the target's parameters finds nothing.
    """
    own = connection.parameters.get("InvocationHttpParameters") or {}
    headers = {"Content-Type": _CONTENT_TYPE}
    _set(headers, _resolved(target.get("HeaderParameters") or {}, event).items())
    _set(headers, _pairs(own, "HeaderParameters"))
    _set(headers, _authorization(connection, token).items())
    _set(headers, _FIXED.items())
    query = _resolved(target.get("QueryStringParameters") or {}, event)
    query.update(_pairs(own, "QueryStringParameters"))
    steps = [_value(step, event) for step in target.get("PathParameterValues") or ()]
    url = _with_query(_with_steps(destination.endpoint, steps), query)
    return Call(destination.method, url, headers, _with_fields(text, dict(_pairs(own, "BodyParameters"))))


def token_request(connection: Connection) -> Call:
    """The request for an access token, of the OAuth client credentials grant.

    AWS publishes neither where it puts the client's credentials nor the body's form; here they are, with the grant's
    type, fields of a form, as https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 has it. OAuthHttpParameters win.
    """
    given = connection.parameters.get("OAuthParameters") or {}
    client, more = given.get("ClientParameters") or {}, given.get("OAuthHttpParameters") or {}
    fields = {
        "grant_type": "client_credentials",
        "client_id": client.get("ClientID", ""),
        "client_secret": client.get("ClientSecret", ""),
        **dict(_pairs(more, "BodyParameters")),
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    _set(headers, _pairs(more, "HeaderParameters"))
    url, method = given.get("AuthorizationEndpoint", ""), given.get("HttpMethod", "POST")
    query = dict(_pairs(more, "QueryStringParameters"))
    if method == "GET":
        return Call(method, _with_query(url, {**fields, **query}), headers)
    body = json.dumps(fields) if "json" in headers["Content-Type"] else urlencode(fields)
    return Call(method, _with_query(url, query), headers, body)


def _authorization(connection: Connection, token: str) -> dict[str, str]:
    given = connection.parameters
    if connection.kind == "API_KEY":
        key = given.get("ApiKeyAuthParameters") or {}
        return {key.get("ApiKeyName", ""): key.get("ApiKeyValue", "")}
    if connection.kind == "BASIC":
        user = given.get("BasicAuthParameters") or {}
        pair = f"{user.get('Username', '')}:{user.get('Password', '')}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    return {"Authorization": f"Bearer {token}"}


def _pairs(parameters: Mapping[str, Any], name: str) -> list[tuple[str, str]]:
    return [(one["Key"], str(one.get("Value", ""))) for one in parameters.get(name) or ()]


def _resolved(parameters: Mapping[str, str], event: object) -> dict[str, str]:
    return {name: _value(value, event) for name, value in parameters.items()}


def _value(value: str, event: object) -> str:
    if not value.startswith("$."):
        return value
    json_path.check(value, "HttpParameters")
    try:
        found = json_path.find(value, event)
    except json_path.NothingFound:
        raise TransformError(f"{value} finds nothing in the event.", where="HttpParameters") from None
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def _set(headers: dict[str, str], more: Iterable[tuple[str, str]]) -> None:
    """A header's name is the same in any case, and comes once."""
    for name, value in more:
        if name.lower() in _SET_BY_HTTP:
            continue
        for known in [known for known in headers if known.lower() == name.lower()]:
            del headers[known]
        headers[name] = value


def _with_steps(endpoint: str, steps: list[str]) -> str:
    """An endpoint with its wildcards filled, one after the other."""
    first, *rest = endpoint.split("*")
    for place, after in enumerate(rest):
        first += (quote(steps[place], safe="") if place < len(steps) else "*") + after
    return first


def _with_query(url: str, more: Mapping[str, str]) -> str:
    if not more:
        return url
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in more]
    return urlunsplit(parts._replace(query=urlencode([*kept, *more.items()])))


def _with_fields(text: str, more: Mapping[str, str]) -> str:
    """Body parameters of the connection become members of the body, where it is a JSON object."""
    if not more:
        return text
    try:
        body = json.loads(text)
    except ValueError:
        return text
    if not isinstance(body, dict):
        return text
    return json.dumps({**body, **more}, ensure_ascii=False, separators=(",", ":"))
