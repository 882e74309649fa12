from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field, model_validator

from eventyard.contracts import ContractError, EventType
from eventyard.contracts.testing import sample
from tests.contracts.order_events import EVENTS, OrderPlaced, OrderShipped

if TYPE_CHECKING:
    from typing import Self


@pytest.mark.parametrize("event_type", EVENTS)
@settings(max_examples=50)
@given(seed=st.integers())
def test_every_seed_makes_a_valid_event_and_always_the_same(event_type: type[EventType], seed: int) -> None:
    event = sample(event_type, seed=seed)

    assert event == event_type.model_validate(event.model_dump())
    assert event == sample(event_type, seed=seed)


def test_seeds_differ() -> None:
    assert len({sample(OrderPlaced, seed=seed).detail_json() for seed in range(20)}) == 20


def test_fields_can_be_given() -> None:
    assert sample(OrderPlaced, country="FR", total=7).total == 7
    assert sample(OrderShipped, order_id="o-1").order_id == "o-1"


def test_examples_are_used() -> None:
    assert {sample(OrderPlaced, seed=seed).country for seed in range(20)} == {"DE", "FR"}


@pytest.mark.parametrize(
    "bounds", [{"gt": 5, "lt": 7}, {"ge": 3, "le": 3}, {"lt": -10}, {"multiple_of": 25, "gt": 0, "le": 50}, {"le": 0}]
)
def test_numbers_are_within_their_bounds(bounds: dict[str, Any]) -> None:
    class Counted(EventType, source="shop.web"):
        pieces: Annotated[int, Field(**bounds)]

    for seed in range(20):
        sample(Counted, seed=seed)


def test_a_field_that_cannot_be_made_up_asks_for_examples() -> None:
    class Coded(EventType, source="shop.web"):
        code: Annotated[str, Field(pattern="^[0-9]{5}$")]

    with pytest.raises(ContractError, match=r"Coded\.code: .*examples"):
        sample(Coded)


def test_a_rule_between_fields_is_told_where_it_fails() -> None:
    class Ranged(EventType, source="shop.web"):
        low: int
        high: int

        @model_validator(mode="after")
        def _in_order(self) -> Self:
            if self.low >= self.high:
                raise ValueError("low must be below high")
            return self

    with pytest.raises(ContractError, match="low must be below high"):
        sample(Ranged, low=2, high=1)
    assert sample(Ranged, low=1, high=2).high == 2
