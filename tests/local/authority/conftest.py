"""The room by itself, and a scene of resources with policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eventyard.local import LocalCloud
from eventyard.local.authority import Authority
from tests.local.authority.scene import Scene

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventyard.local import Host


@pytest.fixture
def cloud(host: Host) -> Iterator[LocalCloud]:
    """With permissions, as it is for users."""
    with LocalCloud(host=host) as running:
        yield running


@pytest.fixture
def scene(cloud: LocalCloud) -> Scene:
    return Scene(cloud)


@pytest.fixture
def authority(cloud: LocalCloud) -> Authority:
    return Authority(cloud._yard.state)  # noqa: SLF001 - the room is tested by itself
