"""The local cloud: moto holding the state of any number of accounts and Regions, and eventyard doing the deliveries."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any, Self

from eventyard.assembly import read
from eventyard.errors import DeployError, EventyardError, RealAWSError
from eventyard.local import _deployment
from eventyard.local._agenda import Agenda
from eventyard.local._buses import Buses
from eventyard.local._clock import START, VirtualClock
from eventyard.local._confirmations import Confirmations
from eventyard.local._faults import Faults
from eventyard.local._function_urls import FunctionUrls
from eventyard.local._functions import Functions
from eventyard.local._guard import loopback_only
from eventyard.local._host import Host
from eventyard.local._identity import environment, key_of
from eventyard.local._listener import CloudListener
from eventyard.local._places import check_account, check_region
from eventyard.local._queues import Queues
from eventyard.local._resources import Resources
from eventyard.local._signatures import Signatures
from eventyard.local._ticks import Ticks
from eventyard.local._topics import Topics
from eventyard.local._turn import Alone
from eventyard.local._visits import follow
from eventyard.local._yard import Yard, causes
from eventyard.local.alarms import Alarms, Figures, Metrics
from eventyard.local.authority import Authority
from eventyard.local.ledger import Ledger
from eventyard.local.moto_seam import MotoState, running
from eventyard.local.outside import Outside
from eventyard.local.pipes import Pipes
from eventyard.local.streams import Streams

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from eventyard.local._clock import Clock
    from eventyard.local._deployment import Notice, PlannedStack
    from eventyard.local._http_payloads import Reply, Visit


class LocalCloud:
    """A cloud on this machine. Enter it with `with`; everything in it ends with the block.

    Inside, every boto3 client of this process reaches the local cloud, as the account and Region given here, and no
    call can leave the machine.

    Args:
        account: The account of plain boto3 clients, and of stacks that name none: twelve digits.
        region: Their Region.
        start: When its time begins; it stands still until `settle`, `advance` or a waiting receive moves it.
        seed: What its ids follow from: the same seed and the same calls give the same ids.
        enforce: Refuse what policies, roles and keys do not allow, as AWS does. Without, the ledger still says what AWS
            would have refused (`Delivery.unenforced`).
        in_process: Run functions in this process, for breakpoints and coverage.
        host: Workers to share with other local clouds, one after the other; its own without one.

    Raises:
        EventyardError: there is no such account or Region.
    """

    def __init__(
        self,
        *,
        account: str = "111111111111",
        region: str = "us-east-1",
        start: datetime = START,
        seed: int = 0,
        enforce: bool = True,
        in_process: bool = False,
        host: Host | None = None,
    ) -> None:
        check_account(account)
        check_region(region)
        self.account = account
        self.region = region
        self.notices: list[Notice] = []
        self._seed = seed
        self._enforce = enforce
        self._clock: Clock = VirtualClock(start)
        self._host = host
        self._in_process = in_process
        self._stack = ExitStack()
        # The account of keys that nobody made; moto has one for them that is nobody's.
        self._strangers = ""
        self._open = False
        self._clients: dict[tuple[str, str, str], Any] = {}

    # Life

    def __enter__(self) -> Self:
        """Start, empty."""
        with ExitStack() as starting:
            host = self._host or starting.enter_context(Host(in_process=self._in_process))
            state = MotoState()
            agenda, ledger = Agenda(self._clock), Ledger(self._clock)
            faults = Faults(self._clock, self._seed, state.arns)
            authority = Authority(state, enforce=self._enforce)
            turn = self._turn(agenda)
            outside, signatures = Outside(self._clock, turn, lambda: host.endpoint.url), Signatures()
            self._yard = yard = Yard(
                self._clock, agenda, ledger, state, faults, authority, outside, signatures, turn, seed=self._seed
            )
            yard.buses, yard.topics, yard.queues = Buses(yard), Topics(yard), Queues(yard)
            yard.functions, yard.ticks = Functions(yard, host), Ticks(yard)
            yard.metrics = Metrics(self._clock, agenda, state.figures)
            yard.figures, yard.alarms = Figures(yard.metrics), Alarms(yard)
            yard.confirmations, yard.streams, yard.pipes = Confirmations(yard), Streams(yard), Pipes(yard)
            ledger.explain_with(yard.buses.unmatched)
            self._resources = Resources(yard, self._client)
            starting.enter_context(running(CloudListener(yard, self._resources, self._strangers), self._seed))
            starting.enter_context(environment(self.account, self.region))
            starting.enter_context(loopback_only())
            self._urls = FunctionUrls(yard)
            starting.enter_context(host.serving(yard.functions.calling, self._visited, turn))
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

    def _turn(self, agenda: Agenda) -> Alone:
        return Alone(self._clock, agenda)

    def _visited(self, visit: Visit) -> Reply | None:
        """What somebody gets who is no SDK."""
        with self._yard.turn:
            return self._urls.visit(visit) or follow(visit, self._yard)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # what `__enter__` makes
        """What is there only inside `with`, asked for outside.

        Raises:
            EventyardError: the local cloud has not been entered.
        """
        if name in {"_yard", "_resources", "_session", "_urls"}:
            raise EventyardError(
                "this local cloud is not up.", remedy="Use it inside `with LocalCloud(...) as cloud:`."
            )
        raise AttributeError(name)

    # What users do

    @property
    def ledger(self) -> Ledger:
        """The record of every event, delivery, attempt and fate."""
        return self._yard.ledger

    @property
    def faults(self) -> Faults:
        """What is to go wrong: `cloud.faults.fail("warehouse", times=3)`."""
        return self._yard.faults

    @property
    def enforce(self) -> bool:
        """Whether permissions are enforced; it may be changed at any time."""
        return self._yard.authority.enforce

    @enforce.setter
    def enforce(self, value: bool) -> None:
        self._yard.authority.enforce = value

    @property
    def now(self) -> datetime:
        """The time in the cloud, UTC."""
        return self._clock.datetime()

    def client(self, service: str, *, account: str | None = None, region: str | None = None) -> Any:  # noqa: ANN401  # boto3's own dynamic type
        """A boto3 client of any account and Region; the cloud's own ones unless said otherwise.

        Raises:
            EventyardError: there is no such account or Region.
        """
        return self._client(service, account=account, region=region)

    def _client(self, service: str, *, account: str | None = None, region: str | None = None) -> Any:  # noqa: ANN401  # the same
        account, region = account or self.account, region or self.region
        key = (service, account, region)
        if key not in self._clients:
            check_account(account)
            check_region(region)
            client = self._session.client(
                service,  # type: ignore[call-overload]  # any service, by name
                region_name=region,
                aws_access_key_id=key_of(account),
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
        self._resources.problems.clear()
        # Of what others deployed, notices stay.
        before = dict(self._resources.noticed)
        for stack in planned:
            clients = self._resources.clients_of(stack.account, stack.region)
            refused = _misplaced(stack) or _deployment.deploy(stack, clients)
            errors += [refused] if refused else []
        errors += self._resources.problems
        self._yard.forget()
        errors += self._yard.functions.unloadable()
        of_stacks = [self._resources.notices(stack.stack.name, stack.stack.template) for stack in planned]
        new = [found for place, found in self._resources.noticed.items() if found is not before.get(place)]
        notices = tuple(dict.fromkeys(chain(*of_stacks, *new)))
        self.notices.extend(notice for notice in notices if notice not in self.notices)
        _raise_all(errors)
        return notices

    def stand_in(self, url: str, server: str) -> None:
        """Let a server on this machine stand in for one outside, which API destinations and topics deliver to.

        `cloud.stand_in("https://partner.example.com", "http://127.0.0.1:8080")`: scheme, host and port of each. Without
        one, what is bound for there fails and says so: nothing leaves this machine.

        Raises:
            EventyardError: one of them has a path, or the server is not on the loopback.
        """
        self._yard.outside.stand_ins.add(url, server)

    def url(self, function_url: str) -> str:
        """The URL on this machine that stands for a function URL, `https://ID.lambda-url.REGION.on.aws/`.

        A request to it reaches the function as one from outside of AWS would, and is answered by it.

        Raises:
            EventyardError: there is no such function URL in this cloud.
        """
        return self._urls.here(function_url)

    @property
    def sns_certificate(self) -> str:
        """The certificate (PEM) that SNS's messages of this cloud verify against.

        It is what SigningCertURL names, in AWS's form: give it to a receiver in place of what it would fetch there.
        """
        return self._yard.signatures.certificate

    def aws_event(  # the fields of an event
        self,
        source: str,
        detail_type: str,
        detail: Mapping[str, Any],
        *,
        resources: Sequence[str] = (),
        account: str | None = None,
        region: str | None = None,
    ) -> str:
        """An event of AWS's own on the default bus, such as an instance's stopping; PutEvents takes none.

        https://docs.aws.amazon.com/eventbridge/latest/ref/events.html has every service's events.

        Args:
            source: Such as `aws.ec2`.
            detail_type: Such as `EC2 Instance State-change Notification`.
            detail: As the service writes it.
            resources: ARNs.
            account: The cloud's own one without it.
            region: The same.

        Returns:
            The event's id.

        Raises:
            EventyardError: the source is none of AWS's, the detail is no JSON, or there is no such account or Region.
        """
        account, region = account or self.account, region or self.region
        check_account(account)
        check_region(region)
        if not source.startswith("aws."):
            raise EventyardError(f"{source!r} is none of AWS's.", where="aws_event", remedy="Use PutEvents for it.")
        try:
            text = json.dumps(detail)
        except (TypeError, ValueError) as error:
            raise EventyardError(f"the detail is no JSON: {error}.", where="aws_event") from None
        entry = {"Source": source, "DetailType": detail_type, "Detail": text, "Resources": list(resources)}
        return self._yard.buses.put(entry, account, region, causes.get())

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

    def _refuse_when_closed(self, **_: object) -> None:
        if not self._open:
            raise RealAWSError("this client belongs to a local cloud that has ended.", remedy="Use it inside `with`.")


def _misplaced(planned: PlannedStack) -> DeployError | None:
    try:
        check_account(planned.account)
        check_region(planned.region)
    except EventyardError as error:
        return DeployError(f"its environment is none: {error.message}", stack=planned.stack.name, remedy=error.remedy)
    return None


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
