"""The local cloud: moto holding the state of any number of accounts and Regions, and eventyard doing the deliveries."""

from __future__ import annotations

import os
import re
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from eventyard.assembly import read
from eventyard.errors import DeployError, EventyardError, RealAWSError
from eventyard.local import _deployment
from eventyard.local._agenda import Agenda
from eventyard.local._buses import Buses
from eventyard.local._clock import START, VirtualClock
from eventyard.local._deployment import Notice
from eventyard.local._functions import Functions
from eventyard.local._guard import loopback_only
from eventyard.local._host import Host
from eventyard.local._ledger import Ledger
from eventyard.local._queues import Queues
from eventyard.local._topics import Topics
from eventyard.local._yard import Yard
from eventyard.local.moto_seam import Carried, MotoState, model_of, running
from eventyard.local.resources import KINDS, Made, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from eventyard.local._deployment import PlannedStack

_KEY = re.compile(r"^AKIA(\d{12})YARD$")
# Settings of the developer's own that would lead an SDK elsewhere.
_FOREIGN = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_ENDPOINT_URL", "MOTO_ACCOUNT_ID")


class LocalCloud:
    """A cloud on this machine. Enter it with `with`; everything in it ends with the block.

    Inside, every boto3 client of this process reaches the local cloud, as the account and Region given here, and no
    call can leave the machine.

    Args:
        account: The account of plain boto3 clients, and of stacks that name none: twelve digits.
        region: Their Region.
        start: When its time begins; it stands still until `settle`, `advance` or a waiting receive moves it.
        seed: What its ids follow from: the same seed and the same calls give the same ids.
        in_process: Run functions in this process, for breakpoints and coverage.
        host: Workers to share with other local clouds, one after the other; its own without one.
    """

    def __init__(
        self,
        *,
        account: str = "111111111111",
        region: str = "us-east-1",
        start: datetime = START,
        seed: int = 0,
        in_process: bool = False,
        host: Host | None = None,
    ) -> None:
        if not re.fullmatch(r"\d{12}", account):
            raise EventyardError(f"{account!r} is no account.", remedy="An account has twelve digits.")
        self.account = account
        self.region = region
        self.notices: list[Notice] = []
        self._seed = seed
        self._clock = VirtualClock(start)
        self._host = host
        self._in_process = in_process
        self._stack = ExitStack()
        self._open = False
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._problems: list[DeployError] = []
        self._remarks: dict[str, tuple[str, ...]] = {}
        self._models = {kind.type: model_of(kind, self) for kind in KINDS}

    # Life

    def __enter__(self) -> Self:
        """Start, empty."""
        with ExitStack() as starting:
            host = self._host or starting.enter_context(Host(in_process=self._in_process))
            state = MotoState()
            agenda, ledger = Agenda(self._clock), Ledger(self._clock)
            self._yard = yard = Yard(self._clock, agenda, ledger, state, self._seed)
            yard.buses, yard.topics, yard.queues = Buses(yard), Topics(yard), Queues(yard)
            yard.functions = Functions(yard, host)
            starting.enter_context(running(_Listener(self, yard), self._seed))
            starting.enter_context(_environment(self.account, self.region))
            starting.enter_context(loopback_only())
            starting.enter_context(_causes_on(host, yard))
            self._session = host.session()
            self._stack = starting.pop_all()
        self._open = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop; its clients refuse to call anything from now on."""
        self._open = False
        self._stack.close()

    # What users do

    @property
    def ledger(self) -> Ledger:
        """The record of every event, delivery, attempt and fate."""
        return self._yard.ledger

    @property
    def now(self) -> datetime:
        """The time in the cloud, UTC."""
        return self._clock.datetime()

    def client(self, service: str, *, account: str | None = None, region: str | None = None) -> Any:  # noqa: ANN401  # boto3's own dynamic type
        """A boto3 client of any account and Region; the cloud's own ones unless said otherwise."""
        account, region = account or self.account, region or self.region
        key = (service, account, region)
        if key not in self._clients:
            client = self._session.client(
                service,  # type: ignore[call-overload]  # any service, by name
                region_name=region,
                aws_access_key_id=_key_of(account),
                aws_secret_access_key=account,
            )
            client.meta.events.register_first("before-send", self._refuse_when_closed)
            self._clients[key] = client
        return self._clients[key]

    def deploy(self, path: str | Path) -> tuple[Notice, ...]:
        """Deploy a cloud assembly (`cdk.out`) or a JSON template: every stack, in order, where it belongs.

        Deployed again, stacks are updated in place.

        Returns:
            What is in it that is not emulated; `notices` has those of all deployments.

        Raises:
            AssemblyError: the assembly cannot be read; nothing was deployed.
            DeployError: something in it cannot be created; the rest is deployed, and stays usable. When there are
                several, the message names all of them and the error's place is the first's.
        """
        planned = _deployment.plan(read(path), self.account, self.region)
        errors = [error for stack in planned for error in stack.refusals]
        self._problems = []
        for stack in planned:
            refused = _deployment.deploy(stack, self._clients_of(stack.account, stack.region))
            errors += [refused] if refused else []
        errors += self._problems
        self._forget()
        errors += self._yard.functions.unloadable()
        notices = tuple(notice for stack in planned for notice in self._notices_of(stack))
        self.notices.extend(notice for notice in notices if notice not in self.notices)
        _raise_all(errors)
        return notices

    def warm(self) -> None:
        """Begin to start the workers of all functions, side by side, instead of each at its first invocation."""
        self._yard.functions.warm()

    def settle(self) -> None:
        """Run until every delivery has its fate; time jumps to the next retry.

        Raises:
            HandlerError: a function's handler cannot be loaded. Everything else has come to its fate.
            DeliveryError: the work does not come to rest.
        """
        self._yard.agenda.run()
        self._yard.functions.raise_broken()

    def advance(self, **time: float) -> None:
        """Move time by `hours=2`, `minutes=10`, `seconds=30`, and do what falls due meanwhile."""
        self._yard.agenda.run(until=self._clock.now() + timedelta(**time).total_seconds())
        self._yard.functions.raise_broken()

    # The rest is for the cloud's own rooms.

    def _refuse_when_closed(self, **_: object) -> None:
        if not self._open:
            raise RealAWSError("this client belongs to a local cloud that has ended.", remedy="Use it inside `with`.")

    def scope(self, account: str, region: str, stack: str, logical_id: str, name: str, *, given: bool) -> Scope:
        """Where a resource is made (moto_seam.Room)."""
        return Scope(account, region, stack, logical_id, name, given, self._clients_of(account, region))

    def made(self, scope: Scope, type_: str, made: Made, remarks: tuple[str, ...]) -> None:
        """A resource was made or changed (moto_seam.Room)."""
        self._remarks[scope.place] = remarks
        if type_ == "AWS::Lambda::Function":
            self._yard.functions.placed(made.attributes["Arn"], scope.place)

    def gone(self, scope: Scope) -> None:
        """A resource was deleted (moto_seam.Room)."""
        self._remarks.pop(scope.place, None)

    def _clients_of(self, account: str, region: str) -> Callable[..., Any]:
        def client(service: str, elsewhere: str = region) -> Any:  # noqa: ANN401  # boto3's own dynamic type
            return self.client(service, account=account, region=elsewhere)

        return client

    def _notices_of(self, planned: PlannedStack) -> Iterator[Notice]:
        yield from planned.notices
        for logical_id in planned.stack.template["Resources"]:
            place = f"{planned.stack.name}/{logical_id}"
            yield from (Notice(place, what) for what in self._remarks.get(place, ()))

    def _forget(self) -> None:
        self._yard.buses.forget()
        self._yard.topics.forget()
        self._yard.queues.forget()
        self._yard.functions.forget()


class _Listener:
    """What moto tells the cloud, passed on to the box it concerns."""

    def __init__(self, cloud: LocalCloud, yard: Yard) -> None:
        self._cloud = cloud
        self._yard = yard

    def now(self) -> float:
        return self._yard.clock.now()

    def account_of(self, access_key: str) -> str | None:
        ours = _KEY.match(access_key)
        return ours[1] if ours else self._yard.state.account_of(access_key)

    def put_events(self, account: str, region: str, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return self._yard.buses.put_events(account, region, entries)

    def replay(self, name: str, bus: str, events: list[dict[str, Any]], rules: list[str]) -> None:
        self._yard.buses.replay(name, bus, events, rules)

    def publish(self, topic: str, message: Mapping[str, Any]) -> str:
        return self._yard.topics.publish(topic, message)

    def message_added(self, queue: str, message_id: str, body: str) -> Carried:
        return self._yard.queues.received_from_outside(queue, message_id, body)

    def message_waits(self, queue: str) -> None:
        self._yard.queues.waits(queue)

    def mapped(self, queue: str) -> None:
        self._yard.queues.waits(queue)

    def redriven(self, message_id: str, source: str, target: str) -> None:
        self._yard.queues.redriven(message_id, source, target)

    def waiting(self, queue: str, seconds: float, found: Callable[[], bool]) -> None:
        self._yard.agenda.run(until=self._yard.clock.now() + seconds, stop=found)
        self._yard.queues.expire(queue)

    def invoke(self, function: str, payload: bytes, kind: str) -> tuple[bytes, str | None, str]:
        return self._yard.functions.invoke_by_api(function, payload, kind)

    def changed(self) -> None:
        self._cloud._forget()  # noqa: SLF001  # the same room

    def model(self, type_: str) -> type[Any] | None:
        return self._cloud._models.get(type_)  # noqa: SLF001  # the same room

    def problem(self, stack: str, logical_id: str, type_: str, error: Exception, done: str) -> None:
        found = _deployment.problem(stack, logical_id, type_, error, done)
        if found is not None:
            self._cloud._problems.append(found)  # noqa: SLF001  # the same room


def _key_of(account: str) -> str:
    return f"AKIA{account}YARD"


def _raise_all(errors: list[DeployError]) -> None:
    if not errors:
        return
    first = errors[0]
    if len(errors) == 1:
        raise first
    others = "".join(f"\n  {error}" for error in errors[1:])
    raise DeployError(
        first.message, stack=first.stack, logical_id=first.logical_id, remedy=f"{first.remedy}\nAnd:{others}"
    )


@contextmanager
def _environment(account: str, region: str) -> Iterator[None]:
    """Plain boto3 clients are of this account and Region, whatever the developer's own settings say."""
    ours = {
        "AWS_ACCESS_KEY_ID": _key_of(account),
        "AWS_SECRET_ACCESS_KEY": account,
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    before = {name: os.environ.get(name) for name in (*ours, *_FOREIGN)}
    for name in _FOREIGN:
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


@contextmanager
def _causes_on(host: Host, yard: Yard) -> Iterator[None]:
    host.caused_by = yard.functions.causes_of
    try:
        yield
    finally:
        host.caused_by = lambda _: ()
