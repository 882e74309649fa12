"""The box between the local cloud and HTTP endpoints."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventyard.local._yard import Undeliverable
from eventyard.local.outside._calls import send
from eventyard.local.outside._pacing import Pacing
from eventyard.local.outside._requests import token_request
from eventyard.local.outside._stand_ins import StandIns

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.local._clock import Clock
    from eventyard.local._turn import Alone
    from eventyard.local.moto_seam import Connection
    from eventyard.local.outside._calls import Answer, Call

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-target-connection-auth.html: a token that is about to
# expire is fetched anew. How long before is not published.
_EARLY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    expires: float
    # Of a connection that was updated the old token does not count.
    connection: Connection


class Outside:
    """The endpoints outside of one local cloud.

    Args:
        clock: The cloud's.
        turn: Of those who touch the cloud: others have it while an endpoint is waited for.
        door: The URL under which the cloud itself is reached from outside, on the loopback.
    """

    def __init__(self, clock: Clock, turn: Alone, door: Callable[[], str]) -> None:
        self.stand_ins = StandIns()
        self.pacing = Pacing()
        self._clock = clock
        self._turn = turn
        self._door = door
        self._tokens: dict[str, _Token] = {}

    @property
    def door(self) -> str:
        """`http://127.0.0.1:PORT`: the cloud's own endpoint, started when first asked for."""
        return self._door()

    def call(self, call: Call, timeout: float) -> Answer:
        """Send a request, to the stand-in of its endpoint.

        Raises:
            Undeliverable: the endpoint is not on this machine, and has no stand-in.
            NoAnswerError: nobody answered.
        """
        server = self.server_of(call.url)
        with self._turn.away():
            return send(call, server, timeout)

    def server_of(self, url: str) -> str:
        """Where a request for a URL goes to.

        Raises:
            Undeliverable: it has nowhere to go on this machine.
        """
        server = self.stand_ins.server_of(url)
        if server is None:
            origin = "/".join(url.split("/", 3)[:3])
            raise Undeliverable(
                "SDK_CLIENT_ERROR",
                f"{url} is not on this machine, and nothing leaves it: "
                f"name what stands in for it, cloud.stand_in({origin!r}, 'http://127.0.0.1:PORT').",
            )
        return server

    def token(self, connection: Connection, timeout: float) -> str | Answer:
        """An access token for a connection with OAuth, kept until shortly before it expires; or the refusal.

        Raises:
            Undeliverable: the authorization endpoint is not on this machine, and has no stand-in.
            NoAnswerError: it does not answer.
        """
        kept = self._tokens.get(connection.arn)
        if kept is not None and kept.connection == connection and kept.expires > self._clock.now():
            return kept.text
        answer = self.call(token_request(connection), timeout)
        try:
            given = json.loads(answer.body)
            text = str(given["access_token"])
            lasts = float(given.get("expires_in") or "inf")
        except (ValueError, TypeError, KeyError):
            return answer
        self._tokens[connection.arn] = _Token(text, self._clock.now() + lasts - _EARLY_SECONDS, connection)
        return text

    def forget_token(self, connection: Connection) -> None:
        """It is not accepted any longer."""
        self._tokens.pop(connection.arn, None)
