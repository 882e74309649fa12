"""What of this process a function sees while it runs in it, and back to what it was.

All of it belongs to the whole process: only one function may be on stage at a time.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import logging
import os
import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from awslambdaric import bootstrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

_NEVER_OURS = sys.stdlib_module_names | {"awslambdaric", "runtime_client"}


class Stage:
    """One function's own view of the process: its environment, modules, output and logging.

    Args:
        environment: Every variable it sees.
        paths: The folders its modules come from, its code first.
    """

    def __init__(self, environment: Mapping[str, str], paths: list[str]) -> None:
        self.written = io.StringIO()
        self.request_id = ""
        self._environment = dict(environment)
        self._paths = paths
        self._own = _module_names(paths)
        self._modules: dict[str, ModuleType] = {}
        self._handlers: list[logging.Handler] = [_lambda_handler(self)]
        self._level = logging.WARNING
        self._session: boto3.Session | None = None

    def take(self) -> str:
        """What was written since the last time."""
        text = self.written.getvalue()
        self.written.seek(0)
        self.written.truncate()
        return text

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Put the function on stage; everything is as before when it leaves, whatever it did."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(self._breakpoints())
            stack.enter_context(contextlib.redirect_stdout(self.written))
            stack.enter_context(contextlib.redirect_stderr(self.written))
            stack.enter_context(_variables(self._environment))
            stack.enter_context(self._imports())
            stack.enter_context(self._logging())
            stack.enter_context(self._default_session())
            stack.enter_context(_python_warnings())
            stack.enter_context(contextlib.chdir(self._paths[0]))
            yield

    @contextlib.contextmanager
    def _imports(self) -> Iterator[None]:
        path, writes_no_bytecode = list(sys.path), sys.dont_write_bytecode
        displaced = self._remove_own()
        sys.modules.update(self._modules)
        sys.path[:0] = self._paths
        sys.dont_write_bytecode = True
        importlib.invalidate_caches()
        try:
            yield
        finally:
            self._modules = self._remove_own()
            sys.modules.update(displaced)
            sys.path[:] = path
            sys.dont_write_bytecode = writes_no_bytecode

    def _remove_own(self) -> dict[str, ModuleType]:
        names = [name for name in sys.modules if name.partition(".")[0] in self._own]
        return {name: sys.modules.pop(name) for name in names}

    @contextlib.contextmanager
    def _logging(self) -> Iterator[None]:
        root = logging.getLogger()
        handlers, level = root.handlers, root.level
        root.handlers = self._handlers
        root.setLevel(self._level)
        try:
            yield
        finally:
            # What the function set up for itself at import is there again at its next invocation.
            self._handlers, self._level = root.handlers, root.level
            root.handlers = handlers
            root.setLevel(level)

    @contextlib.contextmanager
    def _default_session(self) -> Iterator[None]:
        """What `boto3.client(...)` is made from. It remembers the credentials it found: each function has its own."""
        before, boto3.DEFAULT_SESSION = boto3.DEFAULT_SESSION, self._session
        try:
            yield
        finally:
            self._session, boto3.DEFAULT_SESSION = boto3.DEFAULT_SESSION, before

    @contextlib.contextmanager
    def _breakpoints(self) -> Iterator[None]:
        """Let breakpoint() speak on the real stdout; another debugger's hook stays as it is."""
        hook, terminal = sys.breakpointhook, sys.stdout

        def debug(*_: object, **__: object) -> None:
            import pdb  # noqa: PLC0415, T100 - breakpoint() in a handler is what this mode is for, and rare

            pdb.Pdb(stdout=terminal).set_trace(sys._getframe(1))  # noqa: SLF001 - as pdb.set_trace does

        if hook is sys.__breakpointhook__ and "PYTHONBREAKPOINT" not in os.environ:
            sys.breakpointhook = debug
        try:
            yield
        finally:
            sys.breakpointhook = hook


@contextlib.contextmanager
def _variables(variables: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    _set_variables(variables)
    try:
        yield
    finally:
        _set_variables(before)


def _set_variables(variables: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(variables)
    # The C library reads TZ only when told to; Lambda's clock is UTC, this machine's may not be.
    time.tzset()


@contextlib.contextmanager
def _python_warnings() -> Iterator[None]:
    """Python's own filters: a test run that turns warnings into errors does not do so in a function on AWS."""
    with warnings.catch_warnings():
        warnings.resetwarnings()
        for quiet in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
            warnings.simplefilter("ignore", quiet)
        yield


def _module_names(paths: list[str]) -> frozenset[str]:
    """The top-level modules that the function's folders hold. Python's own are imported before, there as here."""
    found = {entry.name.partition(".")[0] for path in paths for entry in Path(path).iterdir()}
    return frozenset(found - _NEVER_OURS)


def _lambda_handler(stage: Stage) -> logging.Handler:
    """The handler that awslambdaric gives the root logger, with its line format."""
    formatter = logging.Formatter(
        "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n", "%Y-%m-%dT%H:%M:%S"
    )
    formatter.converter = time.gmtime

    def tell_request(record: logging.LogRecord) -> bool:
        record.aws_request_id = stage.request_id
        return True

    handler: logging.Handler = bootstrap.LambdaLoggerHandler(bootstrap.StandardLogSink())
    handler.setFormatter(formatter)
    handler.addFilter(tell_request)
    return handler
