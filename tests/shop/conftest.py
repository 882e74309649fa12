"""The shop, deployed, and its producers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from eventyard.local import LocalCloud

Tell = Callable[..., str]


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
