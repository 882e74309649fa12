"""What breaks whom when a field changes; in a case, `name?` is a field that is not required."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.contracts.schema import detail_schema
from eventyard.contracts.testing import breaking_changes
from tests.contracts.order_events import EVENTS

if TYPE_CHECKING:
    from eventyard.contracts import EventType

CASES = json.loads((Path(__file__).parent / "cases" / "compatibility.json").read_text(encoding="utf-8"))


def schema(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name.removesuffix("?"): field for name, field in fields.items()},
        "required": [name for name in fields if not name.endswith("?")],
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_change_breaks_whom_it_breaks(case: dict[str, Any]) -> None:
    found = breaking_changes(schema(case["recorded"]), schema(case["current"]), event="OrderPlaced")

    assert [[one.code, one.field] for one in found] == case["findings"]
    for one in found:
        assert str(one).startswith(f"OrderPlaced: {one.field} ")


def test_who_would_break_is_said() -> None:
    gone, renamed = breaking_changes(
        schema({"order": {"type": "string"}}), schema({"order_id": {"type": "string"}}), event="OrderPlaced"
    )

    assert str(gone) == (
        "OrderPlaced: detail.order is not written and needed (removed): consumers of the recorded version would break."
    )
    assert str(renamed) == (
        "OrderPlaced: detail.order_id is not written and needed (newly-required): "
        "recorded events, and those of producers not deployed yet, could no longer be read."
    )


@pytest.mark.parametrize("event_type", EVENTS)
def test_no_event_type_breaks_itself(event_type: type[EventType]) -> None:
    assert breaking_changes(detail_schema(event_type), detail_schema(event_type), event="x") == []
