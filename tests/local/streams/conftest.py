"""A cloud with permissions, and a Firehose stream with its bucket in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eventyard.local import LocalCloud
from tests.local.streams.hose import Hose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventyard.local import Host


@pytest.fixture
def cloud(host: Host) -> Iterator[LocalCloud]:
    with LocalCloud(host=host) as running:
        yield running


@pytest.fixture
def hose(cloud: LocalCloud) -> Hose:
    return Hose(cloud)
