"""The room by itself, and a scene of resources with policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eventyard.local.authority import Authority
from tests.local.authority.scene import Scene

if TYPE_CHECKING:
    from eventyard.local import LocalCloud


@pytest.fixture
def scene(cloud: LocalCloud) -> Scene:
    return Scene(cloud)


@pytest.fixture
def authority(cloud: LocalCloud) -> Authority:
    return Authority(cloud._yard.state)  # noqa: SLF001 - the room is tested by itself
