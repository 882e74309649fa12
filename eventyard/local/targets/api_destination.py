"""An API destination as the target of a rule: one HTTP request an event.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from eventyard.errors import TransformError
from eventyard.local._yard import NotYet, Undeliverable
from eventyard.local.outside import Answer, NoAnswerError, request

if TYPE_CHECKING:
    from eventyard.local._yard import Parcel, Yard
    from eventyard.local.moto_seam import ApiDestination, Connection

service = "api-destination"

TIMEOUT_SECONDS = 5
# Codes of https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html. That an endpoint which cannot be
# reached is SDK_CLIENT_ERROR, and one that answers too late UNKNOWN, is from recorded dead letters; that answers of
# other statuses are SDK_CLIENT_ERROR too is likely, no more.
REFUSED, LATE = "SDK_CLIENT_ERROR", "UNKNOWN"
# "API destination error codes", and eb-target-connection-auth.html for 401 and 407, by which a token is fetched anew.
# The page of 2022 retries 429 and 5xx only; 401, 407 and 409 joined later.
_RETRIED = frozenset({401, 407, 409, 429})
_TOKEN_REFUSED = frozenset({401, 407})
_BEFORE = "Unable to invoke ApiDestination endpoint:"


def find(target: str, yard: Yard) -> None:
    """The API destination, its connection, and where its endpoint is on this machine."""
    destination, _ = _known(target, yard)
    yard.outside.server_of(destination.endpoint)


def deliver(parcel: Parcel, yard: Yard) -> bool:
    """Send the request, when it is its turn: InvocationRateLimitPerSecond holds in any second, by the cloud's time."""
    destination, connection = _known(parcel.target, yard)
    now = yard.clock.now()
    turn = yard.outside.pacing.turn(destination.arn, destination.rate, parcel.delivery.number, now)
    if turn > now:
        raise NotYet(turn)
    if connection.state == "DEAUTHORIZED":
        raise Undeliverable(REFUSED, f"{_BEFORE} the connection {connection.arn} is DEAUTHORIZED: update it.")
    token = _token(connection, yard) if connection.kind == "OAUTH_CLIENT_CREDENTIALS" else ""
    given = parcel.parameters.get("HttpParameters") or {}
    try:
        call = request(destination, connection, target=given, text=parcel.text, event=parcel.event, token=token)
    except TransformError as error:
        raise Undeliverable("INVALID_PARAMETER", str(error)) from None
    try:
        answer = yard.outside.call(call, TIMEOUT_SECONDS)
    except NoAnswerError as error:
        raise _unanswered(destination.endpoint, error) from None
    if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return True
    if answer.status in _TOKEN_REFUSED:
        yard.outside.forget_token(connection)
    raise _refused(destination.endpoint, answer, now)


def _known(target: str, yard: Yard) -> tuple[ApiDestination, Connection]:
    destination = yard.state.api_destination(target)
    if destination is None:
        raise Undeliverable("NO_RESOURCE", f"there is no API destination {target}.")
    connection = yard.state.connection(destination.connection)
    if connection is None:
        raise Undeliverable("NO_RESOURCE", f"{target} has no connection: there is no {destination.connection}.")
    return destination, connection


def _token(connection: Connection, yard: Yard) -> str:
    """An access token. An authorization endpoint that refuses the client leaves the connection deauthorized.

    https://repost.aws/knowledge-center/eventbridge-api-destination-target-failure
    """
    endpoint = (connection.parameters.get("OAuthParameters") or {}).get("AuthorizationEndpoint", "")
    try:
        found = yard.outside.token(connection, TIMEOUT_SECONDS)
    except NoAnswerError as error:
        raise _unanswered(endpoint, error) from None
    if not isinstance(found, Answer):
        return found
    failure = _refused(endpoint, found, yard.clock.now())
    if not failure.passes:
        yard.state.deauthorize(connection.arn)
    raise failure


def _unanswered(endpoint: str, error: NoAnswerError) -> Undeliverable:
    if error.late:
        return Undeliverable(LATE, f"{_BEFORE} {endpoint}: {error}.", passes=True)
    return Undeliverable(REFUSED, f"{_BEFORE} {endpoint} cannot be reached ({error}).", passes=True)


def _refused(endpoint: str, answer: Answer, now: float) -> Undeliverable:
    """An answer that is none of success. Of the retry policy and Retry-After the later counts; a negative one ends it.

    "API destination error codes" of the page above.
    """
    wait = _retry_after(answer)
    passes = (answer.status in _RETRIED or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR) and wait >= 0
    return Undeliverable(REFUSED, f"{_BEFORE} {endpoint} answered {answer.status}.", passes=passes, after=now + wait)


def _retry_after(answer: Answer) -> float:
    """Seconds. A date counts from the answer's own Date: the server's clock is not the cloud's."""
    text = answer.headers.get("retry-after", "").strip()
    try:
        return float(int(text))
    except ValueError:
        pass
    try:
        until, sent = parsedate_to_datetime(text), parsedate_to_datetime(answer.headers.get("date", ""))
        return max((until - sent).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return 0.0
