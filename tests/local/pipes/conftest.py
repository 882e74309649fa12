"""A cloud with permissions, and a pipe with its ends in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eventyard.local import LocalCloud
from tests.local.pipes.line import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventyard.local import Host


@pytest.fixture
def cloud(host: Host) -> Iterator[LocalCloud]:
    with LocalCloud(host=host) as running:
        yield running


@pytest.fixture
def line(cloud: LocalCloud) -> Line:
    return Line(cloud)
