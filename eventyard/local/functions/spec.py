"""What a function is, what an invocation comes to, and what runs one."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, Self

from eventyard.errors import AssetError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType


@dataclass(frozen=True)
class FunctionSpec:
    """One function as it is deployed. Name, account and Region are read from its ARN.

    Args:
        arn: The unqualified ARN: `arn:aws:lambda:us-east-1:111111111111:function:ship-order`.
        handler: `module.function`, the module with dots or slashes: `app.handle`, `src/app.handle`.
        runtime: `python3.13`. The interpreter that runs it is this one, whatever the runtime's version.
        code: The folder of its unzipped code; AWS's `/var/task`.
        log_group: Where its log goes: `/aws/lambda/ship-order`.
        layers: The folders of its unzipped layers, in the order of the function's list: a later one wins.
        environment: Its own variables.
        platform: Variables that the platform sets, and the function cannot: the endpoint and credentials.
        timeout: Seconds an invocation may take; 3 is AWS's default.
        memory: MB. Told to the function, not enforced.
    """

    arn: str
    handler: str
    runtime: str
    code: Path
    log_group: str
    layers: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict, hash=False)
    platform: Mapping[str, str] = field(default_factory=dict, hash=False)
    timeout: float = 3.0
    memory: int = 128

    def __post_init__(self) -> None:
        """Copy the mappings: a spec does not change when its caller's dictionaries do."""
        object.__setattr__(self, "environment", MappingProxyType(dict(self.environment)))
        object.__setattr__(self, "platform", MappingProxyType(dict(self.platform)))

    @property
    def name(self) -> str:
        """The function's name."""
        return self.arn.split(":")[6]

    @property
    def account(self) -> str:
        """The account that owns it: twelve digits."""
        return self.arn.split(":")[4]

    @property
    def region(self) -> str:
        """The Region it runs in."""
        return self.arn.split(":")[3]


@dataclass(frozen=True)
class Outcome:
    """What one invocation came to.

    Args:
        payload: What Invoke answers: the JSON the handler returned, or AWS's JSON of the error
            (`errorMessage`, `errorType`, and from the runtime also `stackTrace` and `requestId`).
        log_events: What the function wrote (printed, logged, tracebacks), between the lines that Lambda itself writes.
        log_stream: The log stream it belongs to: one for each execution environment.
        duration_ms: How long the handler ran, in milliseconds.
        error: None, or the kind that Invoke's `X-Amz-Function-Error` header has: always `Unhandled` for Python.
        error_type: `ValueError`, `Runtime.ImportModuleError`, `Sandbox.Timedout`, ...
        error_message: The message that goes with it.
        init_failed: The handler could not be imported, or its module not be run to its end.
    """

    payload: bytes
    log_events: tuple[str, ...]
    log_stream: str
    duration_ms: float
    error: str | None = None
    error_type: str | None = None
    error_message: str | None = None
    init_failed: bool = False

    @property
    def log(self) -> str:
        """The log events as one text, a line feed after each."""
        return "".join(f"{event}\n" for event in self.log_events)


class Workers(Protocol):
    """What runs functions. A context manager: what was started ends with it."""

    def warm(self, spec: FunctionSpec) -> None:
        """Begin to start what will run the function, without waiting for it."""

    def invoke(
        self, spec: FunctionSpec, payload: bytes, *, request_id: str, trace_id: str, caller: str = ""
    ) -> Outcome:
        """Run the handler once and wait for what comes of it.

        Args:
            spec: The function. One with the same ARN and other contents replaces what ran before.
            payload: The event: JSON, UTF-8.
            request_id: The context's `aws_request_id`.
            trace_id: `Root=1-...;Parent=...;Sampled=0`: the `_X_AMZN_TRACE_ID` the handler sees and its SDK passes on.
            caller: The `trace_id` of the invocation that waits for this one, if a function made it.
        """

    def retire(self, arn: str) -> None:
        """Forget the function: it was deleted. What is running comes to its end."""

    def close(self) -> None:
        """End everything that was started."""

    def __enter__(self) -> Self:
        """These workers."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close."""


def supported(runtime: str) -> bool:
    """Whether functions of a Lambda runtime (`python3.13`, `nodejs22.x`) can be run here: Python ones can."""
    return runtime.startswith("python3.")


def require_code(spec: FunctionSpec) -> None:
    """Make sure that the function's code is there.

    Raises:
        AssetError: It is not.
    """
    if not spec.code.is_dir():
        raise AssetError(
            f"the code of the function {spec.name} is not there.",
            where=str(spec.code),
            remedy="Run `cdk synth` again, or name the folder of the unzipped code.",
        )
