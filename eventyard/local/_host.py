"""What outlives one local cloud: workers, unpacked code, and the endpoint that functions call."""

from __future__ import annotations

import tempfile
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Self

import boto3
from botocore.loaders import create_loader
from botocore.session import get_session

from eventyard.local._endpoint import HERE, Endpoint
from eventyard.local._sources import Sources
from eventyard.local.functions import InProcessWorkers, ProcessWorkers, unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from eventyard.local._http_payloads import Reply, Visit
    from eventyard.local.functions import Workers
    from eventyard.local.ledger import Cause


class Host:
    """Runs the functions of one local cloud after another, so that a test suite starts each worker once.

    Args:
        in_process: Run functions in this process, for breakpoints and coverage, instead of a process each. Their code
            is then taken from where it came from, if `project` has the same files.
        project: The project's folder; the current one without it.
        host: The address that the endpoint listens on.
        port: The endpoint's; any free one without it.
    """

    def __init__(
        self, *, in_process: bool = False, project: Path | None = None, host: str = HERE, port: int = 0
    ) -> None:
        self._in_process = in_process
        self._at = (host, port)
        self._sources = Sources(project or Path.cwd()) if in_process else None
        self._stack = ExitStack()
        self._endpoint: Endpoint | None = None
        # The SDK's service models, read once instead of once a cloud.
        self._models = create_loader()
        # Whose call bears an X-Amzn-Trace-Id: the local cloud that is up says.
        self._whose: Callable[[str], tuple[str, tuple[Cause, ...]]] = _nobody
        # And it answers visitors from outside.
        self._shows: Callable[[Visit], Reply | None] = _nothing
        self._turn: AbstractContextManager[object] = nullcontext()

    def __enter__(self) -> Self:
        """Ready; processes and the endpoint start when the first function needs them."""
        folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="eventyard-", ignore_cleanup_errors=True))
        self._folder = Path(folder)
        workers: Workers = InProcessWorkers() if self._in_process else ProcessWorkers()
        self.workers = self._stack.enter_context(workers)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Everything that was started ends."""
        self._stack.close()

    def session(self) -> boto3.Session:
        """A session of the SDK, new but for the service models, which are the same for all."""
        core = get_session()
        core.register_component("data_loader", self._models)
        return boto3.Session(botocore_session=core)

    def _calling(self, trace_header: str) -> tuple[str, tuple[Cause, ...]]:
        return self._whose(trace_header)

    def _visiting(self, visit: Visit) -> Reply | None:
        return self._shows(visit)

    def code(self, zip_bytes: bytes) -> Path:
        """The folder with the code of a deployment package."""
        copy = unpack(zip_bytes, self._folder)
        return self._sources.original_of(copy) if self._sources else copy

    @contextmanager
    def serving(
        self,
        calling: Callable[[str], tuple[str, tuple[Cause, ...]]],
        visiting: Callable[[Visit], Reply | None],
        turn: AbstractContextManager[object],
    ) -> Iterator[None]:
        """Serve the functions and visitors of one local cloud, which says whose call is whose, and what is shown.

        Each call of an SDK's waits for its `turn`.
        """
        self._whose, self._shows, self._turn = calling, visiting, turn
        try:
            yield
        finally:
            self._whose, self._shows, self._turn = _nobody, _nothing, nullcontext()

    @property
    def endpoint(self) -> Endpoint:
        """The loopback endpoint, started when first asked for."""
        if self._endpoint is None:
            self._endpoint = self._stack.enter_context(
                Endpoint(self._calling, self._visiting, lambda: self._turn, *self._at)
            )
        return self._endpoint


def _nobody(_trace_header: str) -> tuple[str, tuple[Cause, ...]]:
    return "", ()


def _nothing(_visit: Visit) -> None:
    return None
