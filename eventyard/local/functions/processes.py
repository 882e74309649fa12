"""A warm worker process for each function."""

from __future__ import annotations

import uuid
import weakref
from collections import Counter, defaultdict
from datetime import UTC, datetime
from threading import Condition
from typing import TYPE_CHECKING, Self

from eventyard.errors import EventyardError
from eventyard.local.functions.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from eventyard.local.functions.spec import FunctionSpec, Outcome


def new_log_stream() -> str:
    """The name of a new execution environment's log stream, as Lambda forms it: `2026/01/31/[$LATEST]3f2a...`."""
    return f"{datetime.now(UTC):%Y/%m/%d}/[$LATEST]{uuid.uuid4().hex}"


class ProcessWorkers:
    """Runs each function in a warm process of its own, as Lambda does (`Workers`).

    An invocation takes a process that is idle, so calls that follow each other meet the same one. Calls at the same
    time get a process each, as on AWS, up to `concurrency` of one function; more of them wait for their turn.

    No process outlives these workers: `close` ends them, the interpreter's exit does, and each ends itself when
    this process is gone, however it went.

    Args:
        concurrency: Processes one function may have at a time.
        log_streams: Names the log stream of each new process.
    """

    def __init__(self, *, concurrency: int = 4, log_streams: Callable[[], str] = new_log_stream) -> None:
        self._concurrency = concurrency
        self._log_streams = log_streams
        self._turn = Condition()
        self._idle: defaultdict[str, list[Worker]] = defaultdict(list)
        self._busy: Counter[str] = Counter()
        self._workers: set[Worker] = set()
        self._open = True
        self._end_all = weakref.finalize(self, _kill, self._workers)

    def warm(self, spec: FunctionSpec) -> None:
        """Start the function's process unless it has one; its init goes on while the caller does.

        Raises:
            AssetError: Its code is not there.
        """
        with self._turn:
            self._check_open()
            if not self._fresh(spec) and not self._busy[spec.arn]:
                self._idle[spec.arn].append(self._start(spec))

    def invoke(
        self,
        spec: FunctionSpec,
        payload: bytes,
        *,
        request_id: str,
        trace_id: str,
        caller: str = "",  # noqa: ARG002 - each has a process of its own, nobody waits for another's
    ) -> Outcome:
        """Run the handler once; see `Workers.invoke`.

        Raises:
            AssetError: Its code is not there.
        """
        while True:
            worker = self._take(spec)
            try:
                outcome = worker.run(payload, request_id=request_id, trace_id=trace_id)
            finally:
                self._give_back(worker)
            if outcome is not None:
                return outcome

    def retire(self, arn: str) -> None:
        """End the function's processes; one at work ends after its invocation."""
        with self._turn:
            for worker in self._workers:
                worker.retired |= worker.spec.arn == arn
            for worker in self._idle.pop(arn, []):
                self._end(worker)

    def close(self) -> None:
        """End every process, also one at work: its invocation comes out as `Runtime.ExitError`."""
        with self._turn:
            self._open = False
            for worker in [worker for idle in self._idle.values() for worker in idle]:
                self._end(worker)
            self._idle.clear()
            self._end_all()
            self._turn.notify_all()

    def _check_open(self) -> None:
        if not self._open:
            raise EventyardError("these workers are closed.", remedy="Invoke inside of their `with` block.")

    def _take(self, spec: FunctionSpec) -> Worker:
        with self._turn:
            self._check_open()
            while not self._fresh(spec) and self._busy[spec.arn] >= self._concurrency:
                self._turn.wait()
                self._check_open()
            idle = self._idle[spec.arn]
            worker = idle.pop() if idle else self._start(spec)
            self._busy[spec.arn] += 1
            return worker

    def _give_back(self, worker: Worker) -> None:
        with self._turn:
            self._busy[worker.spec.arn] -= 1
            if self._open and worker.alive and not worker.retired:
                self._idle[worker.spec.arn].append(worker)
            else:
                self._end(worker)
            self._turn.notify_all()

    def _fresh(self, spec: FunctionSpec) -> bool:
        """Whether an idle process of just this spec is there; those of another or at their end are put away."""
        idle = self._idle[spec.arn]
        for worker in list(idle):
            if worker.spec != spec or not worker.alive:
                idle.remove(worker)
                self._end(worker)
        return bool(idle)

    def _start(self, spec: FunctionSpec) -> Worker:
        worker = Worker(spec, self._log_streams())
        self._workers.add(worker)
        return worker

    def _end(self, worker: Worker) -> None:
        self._workers.discard(worker)
        worker.close()

    def __enter__(self) -> Self:
        """These workers."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close."""
        self.close()


def _kill(workers: set[Worker]) -> None:
    for worker in list(workers):
        worker.kill()
