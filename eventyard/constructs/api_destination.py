"""An endpoint outside of AWS that rules deliver to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Token, aws_events

from eventyard.constructs.connection import Connection
from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from constructs import Construct

# InvocationRateLimitPerSecond is 300 unless it is said: more than most partners take.
_REQUESTS_A_SECOND = 10


class ApiDestination(aws_events.ApiDestination):
    """A partner's HTTPS endpoint: one request an event, authorized, and no more of them a second than it takes.

    Minimal use::

        partner = ApiDestination(self, "Partner", endpoint="https://partner.example.com/orders",
                                 authorization=aws_events.Authorization.api_key("X-Api-Key", key))
        bus.route("ShippedAbroad", {"detail-type": ["OrderPlaced"]}, to=partner)

    Args:
        endpoint: The URL, over HTTPS; `*` stands for path parameters.
        authorization: What a connection of its own is made with.
        connection: A connection in place of that.
        rate_limit: Requests a second at most, 1 to 300; what comes faster waits
            (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html). What waits longer than
            the route's `max_event_age` is a dead letter.
        props: Anything else that `aws_events.ApiDestination` takes; `http_method` is POST.

    An endpoint has five seconds to answer. 2xx is delivered; 401, 407, 409, 429 and 5xx are tried again by the route's
    retry policy, and not before the answer's Retry-After; anything else is a dead letter at once.

    Raises:
        EventyardError: If the endpoint is not HTTPS, or not one of authorization and connection is given.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        endpoint: str,
        authorization: aws_events.Authorization | None = None,
        connection: aws_events.IConnection | None = None,
        rate_limit: int = _REQUESTS_A_SECOND,
        **props: Any,  # noqa: ANN401 (aws-cdk-lib's own properties)
    ) -> None:
        where = f"{scope.node.path}/{construct_id}"
        if not Token.is_unresolved(endpoint) and not endpoint.startswith("https://"):
            raise EventyardError(
                f"{endpoint} is not HTTPS, and EventBridge calls nothing else.",
                where=where,
                remedy="Give an https URL.",
            )
        if authorization is not None and connection is None:
            connection = Connection(scope, f"{construct_id}Connection", authorization=authorization)
        elif authorization is not None or connection is None:
            raise EventyardError(
                "an API destination takes an authorization or a connection, one of the two.",
                where=where,
                remedy="authorization= makes a connection; connection= is for one that others use as well.",
            )
        super().__init__(
            scope,
            construct_id,
            connection=connection,
            endpoint=endpoint,
            **({"rate_limit_per_second": rate_limit} | props),
        )
