"""What a pattern reads that its events do not have, or wants that they cannot be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventyard.contracts.testing import fields_missing, selected, strategy
from eventyard.patterns import EventPattern, FilterPolicy
from tests.contracts.order_events import EVENTS, OrderPacked, OrderPlaced, OrderShipped

if TYPE_CHECKING:
    from eventyard.contracts import EventType

CASES = json.loads((Path(__file__).parent / "cases" / "patterns.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_pattern_reads_what_its_events_have(case: dict[str, Any]) -> None:
    assert [[one.code, one.field, str(one)] for one in fields_missing(case["pattern"], EVENTS)] == case["says"]


def test_a_filter_policy_is_held_to_what_its_topic_receives() -> None:
    received = selected({"detail-type": ["OrderPlaced"]}, EVENTS)

    assert fields_missing(FilterPolicy.parse({"detail": {"country": ["DE"]}}, scope="MessageBody"), received) == []
    (typo,) = fields_missing(FilterPolicy.parse({"detail": {"contry": ["DE"]}}, scope="MessageBody"), received)
    assert typo.field == "detail.contry"


def test_a_filter_policy_over_attributes_reads_no_event() -> None:
    assert fields_missing(FilterPolicy.parse({"contry": ["DE"]}), EVENTS) == []


@pytest.mark.parametrize(
    ("pattern", "events"),
    [
        ({"detail-type": ["OrderPlaced"]}, [OrderPlaced]),
        ({"source": ["shop.warehouse"]}, [OrderPacked, OrderShipped]),
        ({"source": ["shop.warehouse", "shop.pos"]}, list(EVENTS)),
        ({"detail-type": [{"prefix": "OrderP"}]}, [OrderPlaced, OrderPacked]),
        ({"detail": {"country": ["DE"]}}, list(EVENTS)),
        ({"source": ["aws.s3"]}, []),
    ],
    ids=str,
)
def test_source_and_detail_type_select(pattern: dict[str, Any], events: list[type[EventType]]) -> None:
    assert selected(pattern, EVENTS) == events
    assert selected(EventPattern.parse(pattern), EVENTS) == events


@given(data=st.data())
def test_a_pattern_that_an_event_matches_is_never_accused(data: st.DataObject) -> None:
    """Given any event and a pattern of some of its own values, then nothing is wrong with the pattern."""
    event = data.draw(st.one_of([strategy(event_type) for event_type in EVENTS]))
    detail = json.loads(event.detail_json())
    leaves = {name: value for name, value in detail.items() if isinstance(value, str | int | bool) or value is None}
    names = data.draw(st.sets(st.sampled_from(sorted(leaves)), min_size=1))
    pattern = {
        "source": [event.contract.sources[0]],
        "detail-type": [event.contract.detail_type],
        "detail": {name: [leaves[name]] for name in names},
    }

    assert fields_missing(pattern, EVENTS) == []
