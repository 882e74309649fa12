"""The order fan-out, deployed, and its producers. What stands around it is tested in `tests/uses`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.assembly import synthesize
from tests.shop.parts import FANOUT, part

if TYPE_CHECKING:
    from eventyard.local import LocalCloud

ROOT = Path(__file__).parents[2]

Tell = Callable[..., str]


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The order fan-out alone."""
    return part(synthesize(ROOT), tmp_path_factory.mktemp("fanout") / "cdk.out", *FANOUT)


@pytest.fixture
def tell(deployed: LocalCloud) -> Tell:
    """Publish one event as a producer does, let everything come to rest, answer its id."""
    return teller(deployed)


def teller(cloud: LocalCloud) -> Tell:
    def tell(detail_type: str, detail: dict[str, Any], *, source: str = "shop.web", settle: bool = True) -> str:
        entry = {
            "EventBusName": "commerce",
            "Source": source,
            "DetailType": detail_type,
            "Detail": json.dumps(detail),
        }
        answer = cloud.client("events").put_events(Entries=[entry])
        if settle:
            cloud.settle()
        return str(answer["Entries"][0]["EventId"])

    return tell
