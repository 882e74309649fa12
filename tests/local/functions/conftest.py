"""Functions written into a folder as a test tells them, and both kinds of workers to run them."""

from __future__ import annotations

import json
import textwrap
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from eventyard.local.functions import FunctionSpec, InProcessWorkers, Outcome, ProcessWorkers, Workers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class MakeFunction(Protocol):
    """Writes `app.py` and tells where it is; `fields` are FunctionSpec's, and its name."""

    def __call__(self, source: str, **fields: Any) -> FunctionSpec:  # noqa: ANN401 - fields of several types
        """The function's spec."""


class Invoke(Protocol):
    """Invokes a function with an event."""

    def __call__(self, workers: Workers, spec: FunctionSpec, event: object = None) -> Outcome:
        """What came of it."""


@pytest.fixture
def function(tmp_path: Path) -> MakeFunction:
    """A function whose `app.py` is the given source; its handler is `app.handle`."""
    numbers = count()

    def make(source: str, **fields: Any) -> FunctionSpec:  # noqa: ANN401 - the fields of FunctionSpec
        name = fields.pop("name", f"function-{next(numbers)}")
        code = tmp_path / name
        code.mkdir(exist_ok=True)
        (code / "app.py").write_text(textwrap.dedent(source))
        defaults = {
            "arn": f"arn:aws:lambda:eu-central-1:111111111111:function:{name}",
            "handler": "app.handle",
            "runtime": "python3.13",
            "code": code,
            "log_group": f"/aws/lambda/{name}",
            "timeout": 30.0,
        }
        return FunctionSpec(**(defaults | fields))

    return make


@pytest.fixture
def invoke() -> Invoke:
    """One invocation, with request ids that count: request-0, request-1."""
    numbers = count()

    def once(workers: Workers, spec: FunctionSpec, event: object = None) -> Outcome:
        payload = json.dumps(event).encode()
        return workers.invoke(
            spec, payload, request_id=f"request-{next(numbers)}", trace_id="Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700"
        )

    return once


@pytest.fixture
def processes() -> Iterator[ProcessWorkers]:
    with ProcessWorkers() as workers:
        yield workers


@pytest.fixture(params=["process", "in process"])
def workers(request: pytest.FixtureRequest) -> Iterator[Workers]:
    """Either kind: what a test with it says holds for both."""
    kind: type[ProcessWorkers | InProcessWorkers] = ProcessWorkers if request.param == "process" else InProcessWorkers
    with kind() as running:
        yield running
