"""Functions: invoked at once or later, with Lambda's own retries, their logs where CloudWatch would have them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventyard.errors import AssetError, DeployError, HandlerError
from eventyard.local._asynchronous import Asynchronous
from eventyard.local._guard import kept_here
from eventyard.local._yard import Parcel, Undeliverable, caller, causes
from eventyard.local.functions import FunctionSpec, missing_module, supported
from eventyard.local.ledger import Cause, Edge, Event
from eventyard.local.moto_seam import RefusedError

if TYPE_CHECKING:
    from eventyard.local._host import Host
    from eventyard.local._yard import Yard
    from eventyard.local.functions import Outcome
    from eventyard.local.moto_seam import Function

# What Lambda answers when it could not begin: it is tried again for longer than a function's own errors.
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
_NOT_BEGUN = frozenset({"TooManyRequestsException", "ServiceException"})


@dataclass(frozen=True, slots=True)
class Result:
    """What an invocation came to: the payload that Invoke answers; the other texts are empty if it went well."""

    payload: bytes
    error: str = ""
    reason: str = ""
    message: str = ""
    log: str = ""
    request_id: str = ""

    @property
    def not_begun(self) -> bool:
        """Whether Lambda was throttled or out of order, so that the function did not run."""
        return self.error in _NOT_BEGUN


class Functions:
    """All functions of the local cloud."""

    def __init__(self, yard: Yard, host: Host) -> None:
        self._yard = yard
        self._host = host
        # The second is None when the function cannot be run here.
        self._specs: dict[str, tuple[Function, FunctionSpec | None]] = {}
        # By the root of its trace: each invocation's whole trace header, and the deliveries that it handles.
        self._in_flight: dict[str, tuple[str, tuple[Cause, ...]]] = {}
        self._places: dict[str, str] = {}
        self._broken: dict[str, HandlerError] = {}
        self._traces = 0

    def forget(self) -> None:
        """Functions changed."""
        self._specs.clear()

    def placed(self, function: str, where: str) -> None:
        """Say that a function (an ARN) is `stack/LogicalId`, for messages."""
        self._places[function] = where

    def place(self, function: str) -> str:
        """`stack/LogicalId` of a function that was deployed, else its ARN."""
        return self._places.get(function, function)

    def unloadable(self) -> list[DeployError]:
        """The deployed functions whose handler is nowhere to be found, or whose code is not what it should be."""
        return [error for function, place in self._places.items() if (error := self._unloadable(function, place))]

    def _unloadable(self, function: str, place: str) -> DeployError | None:
        stack, _, logical_id = place.partition("/")
        try:
            found = self._spec(function)
        except AssetError as error:
            return DeployError(error.message, stack=stack, logical_id=logical_id, remedy=error.remedy)
        if found is None or found[1] is None:
            return None
        module = missing_module(found[1])
        if module is None:
            return None
        return DeployError(
            f"its handler {found[1].handler} names the module {module}, which is neither in its code nor in a layer.",
            stack=stack,
            logical_id=logical_id,
            remedy="Is the file in the function's folder, and does the handler say `file.function`?",
        )

    def warm(self) -> None:
        """Begin to start the workers of all functions, without waiting for them."""
        for function in self._yard.state.functions():
            known = self._spec(function)
            spec = known[1] if known else None
            if spec is not None:
                self._host.workers.warm(spec)

    def calling(self, trace_header: str) -> tuple[str, tuple[Cause, ...]]:
        """Whose SDK call bears this X-Amzn-Trace-Id: the invocation's trace, and the deliveries that it handles."""
        return self._in_flight.get(_root(trace_header), ("", ()))

    def raise_broken(self) -> None:
        """Raise what was found to be broken since the last time: handlers that cannot be imported.

        Raises:
            HandlerError: the first of them; its message names the others too.
        """
        if self._broken:
            first, *others = self._broken.values()
            self._broken.clear()
            if others:
                remedy = "\nAnd: ".join([first.remedy, *map(str, others)])
                raise HandlerError(first.message, where=first.where, remedy=remedy)
            raise first

    def invoke(self, function: str, payload: bytes, handling: tuple[Cause, ...]) -> Result:
        """Run a function (an ARN) and wait for it; what it publishes is caused by the deliveries it is `handling`."""
        found = self._spec(function)
        if found is None:
            return Result(b"", "ResourceNotFoundException", f"there is no function {function}.")
        deployed, spec = found
        if refused := self._refused(deployed):
            self._count(deployed.arn, refused)
            return refused
        if spec is None:
            wanted = deployed.runtime or "a container image"
            reason = f"eventyard runs Python functions only; {self.place(function)} wants {wanted}."
            return Result(b"", "NOT_EMULATED", reason)
        request_id, trace = self._yard.new_id(), self._new_trace()
        self._in_flight[_root(trace)] = trace, handling
        token = causes.set(handling)
        try:
            with self._yard.turn.away():
                outcome = self._host.workers.invoke(
                    spec, payload, request_id=request_id, trace_id=trace, caller=caller.get()
                )
        finally:
            causes.reset(token)
            del self._in_flight[_root(trace)]
        self._write_log(deployed, outcome)
        if outcome.init_failed:
            self._broken[deployed.arn] = _broken(self.place(deployed.arn), spec, outcome)
        self._yard.figures.ran(deployed.arn, failed=outcome.error is not None)
        if outcome.error is None:
            return Result(outcome.payload, log=outcome.log, request_id=request_id)
        reason = f"{outcome.error_type}: {outcome.error_message}"
        return Result(outcome.payload, outcome.error, reason, outcome.error_message or "", outcome.log, request_id)

    def _count(self, function: str, refused: Result) -> None:
        if refused.error == "TooManyRequestsException":
            self._yard.figures.throttled(function)
        elif not refused.not_begun and refused.error != "AccessDeniedException":
            self._yard.figures.ran(function, failed=True)

    def _refused(self, function: Function) -> Result | None:
        """What an invocation comes to that Lambda does not begin, or that a test's fault ends."""
        refusal = self._yard.authority.run(role=function.role)
        if refusal is not None and self._yard.authority.enforce:
            return Result(b"", "AccessDeniedException", refusal.reason, refusal.reason)
        if fault := self._yard.faults.invocation(function.arn):
            code, reason = fault
            answer = json.dumps({"errorType": "InjectedFault", "errorMessage": reason}).encode()
            return Result(answer, code, reason, reason, request_id=self._yard.new_id())
        if function.concurrency == 0:
            # https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html: zero stops a function.
            reason = f"{self.place(function.arn)} has a reserved concurrency of 0."
            return Result(b"", "TooManyRequestsException", reason, reason)
        return None

    def invoke_by_api(self, function: str, payload: bytes, kind: str) -> tuple[bytes, str | None, str]:
        """Someone's Invoke; answers payload, FunctionError (None: none) and log.

        https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html: `kind` is RequestResponse, Event or DryRun. An
        Event is an event of its own, delivered with Lambda's retries.

        Raises:
            RefusedError: the payload is no JSON.
        """
        if not _is_json(payload):
            raise RefusedError("Could not parse request body into json.")
        if kind == "DryRun":
            return b"", None, ""
        if kind == "Event":
            yard, event_id = self._yard, self._yard.new_id()
            text = payload.decode()
            yard.ledger.record(
                Event(event_id, "invocation", function, "invocation", text, yard.clock.now(), causes.get())
            )
            delivery = yard.ledger.begin(event_id, Edge("invoke→lambda", function, function))
            yard.agenda.soon(Asynchronous(yard, Parcel(delivery, text)).attempt)
            return b"", None, ""
        result = self.invoke(function, payload, causes.get())
        return result.payload, result.error or None, result.log

    def invoke_later(self, parcel: Parcel) -> None:
        """Asynchronous invocation for a delivery, which ends when the function has done its work or given up.

        Raises:
            Undeliverable: what it would receive is no JSON, which Invoke refuses.
        """
        if not _is_json(parcel.text):
            raise Undeliverable("SDK_CLIENT_ERROR", "what the function would receive is no JSON.")
        Asynchronous(self._yard, parcel).attempt()

    def deployed(self, function: str) -> Function | None:
        """A function (an ARN) as it is deployed now; None without one."""
        found = self._spec(function)
        return found[0] if found else None

    def _spec(self, function: str) -> tuple[Function, FunctionSpec | None] | None:
        known = self._specs.get(function)
        if known is None:
            deployed = self._yard.state.function(function)
            if deployed is None:
                return None
            known = self._specs[function] = (
                deployed,
                self._make_spec(deployed) if supported(deployed.runtime) else None,
            )
        return known

    def _make_spec(self, function: Function) -> FunctionSpec:
        unversioned = ":".join(function.arn.split(":")[:7])
        credentials = self._yard.state.assume(function.role, function.name, function.region)
        return FunctionSpec(
            arn=unversioned,
            handler=function.handler,
            runtime=function.runtime,
            code=self._host.code(function.code),
            layers=tuple(self._host.code(content) for _, content in function.layers),
            environment=kept_here(function.environment),
            platform={**credentials, "AWS_ENDPOINT_URL": self._host.endpoint.url},
            timeout=function.timeout,
            memory=function.memory,
            log_group=function.log_group.rsplit(":", 1)[-1],
        )

    def _new_trace(self) -> str:
        # https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
        self._traces += 1
        return f"Root=1-{int(self._yard.clock.now()):08x}-{self._traces:024x};Parent={self._traces:016x};Sampled=0"

    def _write_log(self, function: Function, outcome: Outcome) -> None:
        state, authority, lines = self._yard.state, self._yard.authority, list(outcome.log_events)
        if authority.enforce and authority.log(role=function.role, group=function.log_group) is not None:
            return  # as on AWS, where nobody is told; the attempt keeps what was printed
        if not state.log(function.log_group, outcome.log_stream, lines, self._yard.clock.now()):
            state.make_log_group(function.log_group)
            state.log(function.log_group, outcome.log_stream, lines, self._yard.clock.now())


def _is_json(payload: str | bytes) -> bool:
    try:
        json.loads(payload)
    except (ValueError, RecursionError):
        return False
    return True


def _root(trace_header: str) -> str:
    return trace_header.split(";", maxsplit=1)[0].removeprefix("Root=")


def _broken(where: str, spec: FunctionSpec, outcome: Outcome) -> HandlerError:
    return HandlerError(
        f"the handler {spec.handler} cannot be loaded: {outcome.error_message} ({outcome.error_type}).",
        where=where,
        remedy="Its module, and everything it imports, must be in the function's folder, a layer, or installed here; "
        "the traceback is in the function's log group.",
    )
