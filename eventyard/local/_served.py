"""A local cloud that stands as a server: on the wall clock, for any SDK, the CDK CLI and several clients at a time."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import chain
from typing import TYPE_CHECKING, Any, Self

from eventyard.errors import DeliveryError, EventyardError
from eventyard.local._clock import WallClock
from eventyard.local._cloud import LocalCloud
from eventyard.local._drivers import Drivers
from eventyard.local._endpoint import EVERYWHERE, HERE
from eventyard.local._host import Host
from eventyard.local._identity import key_of
from eventyard.local._places import check_account, check_region
from eventyard.local._turn import Turn
from eventyard.local.looking import Looking

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from eventyard.local._agenda import Agenda
    from eventyard.local._deployment import Notice
    from eventyard.local._http_payloads import Reply, Visit

PORT = 4599


class ServedCloud(LocalCloud):
    """A local cloud on one port, of the loopback unless told otherwise, every account and Region of it.

    Its time goes by itself.

    Args:
        account: The account of credentials that name none, and of stacks that name none.
        region: Their Region.
        host: Who may call: `127.0.0.1`, this machine alone; `0.0.0.0`, whoever reaches it, by any of its addresses.
        port: The port; any free one if it is 0.
        speed: How many seconds of the cloud's go by in one of this machine's: with 60, a day takes 24 minutes.
        seed: What its ids follow from.
        enforce: Refuse what policies, roles and keys do not allow.

    Raises:
        EventyardError: there is no such account or Region, no such speed or host, or the port is taken.
    """

    def __init__(
        self,
        *,
        account: str = "111111111111",
        region: str = "us-east-1",
        host: str = HERE,
        port: int = PORT,
        speed: float = 1.0,
        seed: int = 0,
        enforce: bool = True,
    ) -> None:
        super().__init__(account=account, region=region, seed=seed, enforce=enforce)
        if speed <= 0:
            raise EventyardError(f"time cannot go by at speed {speed:g}.", remedy="Give a number greater than 0.")
        self._clock = WallClock(speed)
        self._strangers = account
        if host not in (HERE, EVERYWHERE):
            raise EventyardError(
                f"a cloud is served on {HERE} or {EVERYWHERE}, not on {host!r}.",
                where="host",
                remedy=f"Take {HERE} for this machine alone, {EVERYWHERE} for whoever reaches it.",
            )
        self._at, self._port = host, port
        self._serving = ExitStack()

    def __enter__(self) -> Self:
        """Serve."""
        with ExitStack() as starting:
            self._host = starting.enter_context(Host(host=self._at, port=self._port))
            super().__enter__()
            starting.push(super().__exit__)
            self._looking = Looking(self._yard, self._noticed)
            starting.enter_context(Drivers(self._yard.agenda, self._yard.turn))
            # First of all, so that nobody waits for news of a cloud that ends.
            starting.callback(self._looking.close)
            self._endpoint = self._host.endpoint.url
            self._serving = starting.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop serving: whoever calls now finds nobody there."""
        self._serving.close()

    @property
    def endpoint(self) -> str:
        """`http://127.0.0.1:4599`, for AWS_ENDPOINT_URL."""
        return self._endpoint

    def _visited(self, visit: Visit) -> Reply | None:
        return self._looking.visit(visit) or super()._visited(visit)

    def _noticed(self) -> list[Notice]:
        """What is not emulated of what this cloud or any client deployed."""
        return list(dict.fromkeys(chain(self.notices, *self._resources.noticed.values())))

    def _turn(self, agenda: Agenda) -> Turn:
        return Turn(self._clock, agenda)

    def client(self, service: str, *, account: str | None = None, region: str | None = None) -> Any:  # noqa: ANN401  # boto3's own dynamic type
        """A boto3 client of any account and Region, over HTTP as every other client of this cloud.

        Raises:
            EventyardError: there is no such account or Region.
        """
        account, region = account or self.account, region or self.region
        check_account(account)
        check_region(region)
        return self._session.client(
            service,  # type: ignore[call-overload]  # any service, by name
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id=key_of(account),
            aws_secret_access_key=account,
        )

    def deploy(self, path: str | Path) -> tuple[Notice, ...]:
        """As `LocalCloud.deploy`, while other clients wait."""
        with self._yard.turn:
            return super().deploy(path)

    def settle(self, seconds: float = 60.0) -> None:
        """Wait, so many seconds of this machine at most, until every delivery has its fate.

        Raises:
            DeliveryError: some have none by then; they are tried again later, perhaps.
            HandlerError: a function's handler cannot be loaded.
        """
        if not self._yard.agenda.rest(seconds):
            raise DeliveryError(
                f"after {seconds:g} s deliveries are still under way: {self.ledger.balance}.",
                remedy="They are tried again by AWS's schedules. Wait longer, or serve with more speed.",
            )
        self._yard.functions.raise_broken()

    def advance(self, **time: float) -> None:  # noqa: ARG002  # as in a local cloud of a test
        """Not to be had: the time of a served cloud goes by itself.

        Raises:
            EventyardError: always.
        """
        raise EventyardError(
            "the time of a served cloud goes by itself.", remedy="Serve it with more speed, or use LocalCloud."
        )
