from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from eventyard.contracts import ContractError, Event, EventType
from eventyard.contracts.testing import sample, strategy
from tests.contracts.order_events import EVENTS, OrderPlaced, OrderShipped


def envelope(event: EventType, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    """The event as a rule hands it over."""
    entry = event.entry(bus="commerce", source=event.contract.sources[0])
    return {
        "version": "0",
        "id": "event-1",
        "account": "111111111111",
        "region": "us-east-1",
        "time": "2026-03-02T09:30:00Z",
        "resources": [],
        "source": entry["Source"],
        "detail-type": entry["DetailType"],
        "detail": json.loads(entry["Detail"]) | changes,
    }


@pytest.mark.parametrize("event_type", EVENTS)
@given(data=st.data())
def test_what_is_published_is_what_is_read(event_type: type[EventType], data: st.DataObject) -> None:
    event = data.draw(strategy(event_type))

    assert event_type.read(envelope(event)).detail == event
    assert event_type.read(json.dumps(envelope(event))).detail == event


def test_an_entry_is_what_put_events_takes() -> None:
    order = sample(OrderPlaced, order_id="o-1", country="DE", total=100, urgency="low", note=None, lines=[_line()])
    happened = datetime(2026, 3, 2, tzinfo=UTC)

    assert order.entry(bus="commerce", source="shop.pos", time=happened, resources=["arn:aws:s3:::orders"]) == {
        "EventBusName": "commerce",
        "Source": "shop.pos",
        "DetailType": "OrderPlaced",
        "Detail": '{"order_id":"o-1","country":"DE","total":100,"urgency":"low","lines":[{"sku":"mug","quantity":1}]}',
        "Time": happened,
        "Resources": ["arn:aws:s3:::orders"],
    }


def test_a_version_has_a_detail_type_of_its_own_and_its_fields_their_names_on_the_wire() -> None:
    shipped = OrderShipped(order_id="o-1", tracking_number="T-1")

    entry = shipped.entry(bus="commerce")
    assert (entry["Source"], entry["DetailType"]) == ("shop.warehouse", "OrderShipped.v2")
    assert json.loads(entry["Detail"]) == {"orderId": "o-1", "trackingNumber": "T-1"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"total": -1}, "total"), ({"country": "Germany"}, "country"), ({"ordr_id": "o-1"}, "ordr_id")],
)
def test_an_event_that_is_not_valid_cannot_be_made(changes: dict[str, Any], field: str) -> None:
    valid: dict[str, Any] = {"order_id": "o-1", "country": "DE", "total": 1, "lines": [_line()]}

    with pytest.raises(ValidationError) as refused:
        OrderPlaced(**(valid | changes))

    assert [fault["loc"][0] for fault in refused.value.errors()] == [field]


def test_an_event_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        sample(OrderPlaced).total = 0


def test_a_consumer_ignores_what_it_does_not_know() -> None:
    order = sample(OrderPlaced)

    read = OrderPlaced.read(envelope(order, added="by a newer producer") | {"replay-name": "yesterday"})

    assert read.detail == order
    assert (read.id, read.source) == ("event-1", "shop.web")
    assert read.time == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"lines": [{"sku": "mug", "quantity": 0}]}, "detail.lines.0.quantity"),
        ({"order_id": None}, "detail.order_id"),
        ({"total": "much"}, "detail.total"),
    ],
)
def test_an_event_that_cannot_be_read_is_refused_with_the_fields_path_and_without_its_values(
    changes: dict[str, Any], where: str
) -> None:
    with pytest.raises(ContractError) as refused:
        OrderPlaced.read(envelope(sample(OrderPlaced, order_id="of-a-customer"), **changes))

    assert refused.value.where == where
    assert "no OrderPlaced" in str(refused.value)
    assert "much" not in str(refused.value)
    assert "of-a-customer" not in str(refused.value)


def test_a_required_field_that_is_missing_is_named() -> None:
    whole = envelope(sample(OrderPlaced))
    del whole["detail"]["lines"]

    with pytest.raises(ContractError, match=r"detail\.lines: Field required"):
        OrderPlaced.read(whole)


def test_an_event_of_another_type_is_refused() -> None:
    with pytest.raises(ContractError, match=r"handles OrderPlaced, not OrderShipped\.v2"):
        OrderPlaced.read(envelope(OrderShipped(order_id="o-1", tracking_number="T-1")))


def test_text_that_is_no_json_is_refused() -> None:
    with pytest.raises(ContractError, match="no OrderPlaced"):
        OrderPlaced.read("{not json")


def test_an_envelope_read_by_its_form_is_as_tolerant() -> None:
    order = sample(OrderPlaced)

    assert Event[OrderPlaced].model_validate(envelope(order, added=1)).detail == order


def test_an_optional_field_that_is_given_as_none_is_read_as_none_though_its_default_is_another() -> None:
    class Counted(EventType, source="shop.web"):
        pieces: int | None = 1
        needed: int | None

    assert json.loads(Counted(pieces=None, needed=None).detail_json()) == {"pieces": None, "needed": None}


def test_a_number_that_json_does_not_know_is_refused() -> None:
    class Weighed(EventType, source="shop.web"):
        weight: float

    with pytest.raises(ContractError, match="Weighed"):
        Weighed(weight=math.inf).detail_json()


def test_which_of_several_sources_publishes_has_to_be_said() -> None:
    with pytest.raises(ContractError, match=r"several sources.*shop\.web, shop\.pos"):
        sample(OrderPlaced).entry(bus="commerce")
    with pytest.raises(ContractError, match=r'not published by "shop\.wbe"'):
        sample(OrderPlaced).entry(bus="commerce", source="shop.wbe")


def test_a_subclass_inherits_who_publishes() -> None:
    class OfTheShop(EventType, source="shop.web"):
        pass

    class PageViewed(OfTheShop):
        page: str

    assert PageViewed.contract.sources == ("shop.web",)
    assert PageViewed.contract.detail_type == "PageViewed"


@pytest.mark.parametrize(
    ("keywords", "said"),
    [
        ({"source": "aws.s3"}, "reserved for AWS"),
        ({"source": ()}, "needs a source"),
        ({"source": ""}, "needs a source"),
        ({"source": "shop.web", "version": "next"}, "no whole number"),
        ({"source": "shop.web", "detail_type": ""}, "1 to 128 characters"),
        ({"source": "shop.web", "detail_type": "x" * 129}, "1 to 128 characters"),
    ],
)
def test_an_event_type_that_nobody_could_publish_cannot_be_declared(keywords: dict[str, Any], said: str) -> None:
    with pytest.raises(ContractError, match=said):

        class Wrong(EventType, **keywords):
            pass


def test_a_field_with_two_names_on_the_wire_cannot_be_declared() -> None:
    with pytest.raises(ContractError, match=r"TwoNames\.order_id"):

        class TwoNames(EventType, source="shop.web"):
            order_id: str = Field(validation_alias="orderId", serialization_alias="order")


def _line() -> dict[str, Any]:
    return {"sku": "mug", "quantity": 1}
