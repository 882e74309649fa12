"""The pytest plugin: a local cloud for each test, empty or with your CDK app in it.

Fixtures:

- `cloud`: an empty local cloud.
- `deployed`: a local cloud with the assembly in it that the ini option `eventyard_assembly` names, or that `cdk.json`
  synthesizes: once a session, and only when its sources changed.
- `assembly`: that assembly's folder.
- `eventyard_host`: the workers that all these clouds share, so that each function starts once a session.

A test fails at its end when an event was dropped and the test did not say so (`cloud.ledger.expect_drops(...)`), or
when deliveries are still pending. When a test fails, its report shows what was not delivered, and what the functions
wrote.

`--eventyard-in-process` runs functions in the test process, for breakpoints and coverage.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from eventyard.local import Delivery, Host, LocalCloud

# As much of a function's log as helps, and no more than a screen or two.
_LOG_CHARACTERS = 4000


def pytest_addoption(parser: pytest.Parser) -> None:
    """The ini option and the switch."""
    parser.addini("eventyard_assembly", "the cloud assembly that `deployed` deploys (else the app of cdk.json)")
    parser.getgroup("eventyard").addoption(
        "--eventyard-in-process",
        action="store_true",
        help="run Lambda functions in the test process, for breakpoints and coverage",
    )


@pytest.fixture(scope="session")
def eventyard_host(request: pytest.FixtureRequest) -> Iterator[Host]:
    """The workers that the session's local clouds share."""
    from eventyard.local import Host  # noqa: PLC0415  # moto takes a second to import: only for those who use it

    in_process = request.config.getoption("--eventyard-in-process")
    with Host(in_process=in_process, project=request.config.rootpath) as host:
        yield host


@pytest.fixture(scope="session")
def assembly(request: pytest.FixtureRequest) -> Path:
    """The cloud assembly of the app under test."""
    from eventyard.assembly import synthesize  # noqa: PLC0415  # only for those who use it

    root = request.config.rootpath
    named: str = request.config.getini("eventyard_assembly")
    return root / named if named else synthesize(root)


@pytest.fixture
def cloud(eventyard_host: Host) -> Iterator[LocalCloud]:
    """An empty local cloud."""
    with _sound_cloud(eventyard_host) as fresh:
        yield fresh


@pytest.fixture
def deployed(eventyard_host: Host, assembly: Path) -> Iterator[LocalCloud]:
    """A local cloud with the app under test in it."""
    with _sound_cloud(eventyard_host) as fresh:
        fresh.deploy(assembly)
        yield fresh


@contextmanager
def _sound_cloud(host: Host) -> Iterator[LocalCloud]:
    from eventyard.local import LocalCloud  # noqa: PLC0415  # only for those who use it

    with LocalCloud(host=host) as fresh:
        yield fresh
        fresh.ledger.assert_sound()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test's report says what was not delivered, and what the functions wrote."""
    report = yield
    if report.failed:
        arguments = getattr(item, "funcargs", {})
        for name in ("cloud", "deployed"):
            if name in arguments:
                report.sections.extend(_sections(arguments[name]))
    return report


def _sections(cloud: LocalCloud) -> Iterator[tuple[str, str]]:
    ledger = cloud.ledger
    troubled = [d for d in ledger.deliveries if d.fate != "delivered" or any(a.code for a in d.attempts)]
    yield "eventyard: balance", str(ledger.balance)
    if troubled:
        yield "eventyard: not delivered at once", "\n".join(_line(delivery) for delivery in troubled[:20])
    logs = {d.edge.target: d.attempts[-1].log for d in ledger.deliveries if d.attempts and d.attempts[-1].log}
    for function, log in logs.items():
        yield f"eventyard: log of {function}", log[-_LOG_CHARACTERS:]


def _line(delivery: Delivery) -> str:
    tries = "; ".join(f"{a.code} {a.reason}" for a in delivery.attempts if a.code)
    return f"{delivery.edge.source} → {delivery.edge.target}: {delivery.fate}. {tries}"
