"""Both formats are valid documents of their kind, and say what the class says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft4Validator
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import OpenAPIV30SpecValidator

from eventyard.contracts import EventType
from eventyard.contracts.registry_formats import json_schema_draft4, openapi3, schema_name
from eventyard.contracts.testing import sample
from tests.contracts.order_events import EVENTS, OrderPacked, OrderPlaced, OrderShipped


def envelope(event: EventType) -> dict[str, Any]:
    contract = event.contract
    return {
        "version": "0",
        "id": "event-1",
        "detail-type": contract.detail_type,
        "source": contract.sources[0],
        "account": "111111111111",
        "time": "2026-03-02T09:30:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": json.loads(event.detail_json()),
    }


def test_an_openapi_document_has_the_shape_of_a_discovered_schema() -> None:
    document = openapi3(OrderShipped)

    envelope_ = document["components"]["schemas"]["AWSEvent"]
    assert document["openapi"] == "3.0.0"
    assert document["info"] == {"title": "OrderShipped", "version": "2.0.0"}
    assert envelope_["x-amazon-events-source"] == "shop.warehouse"
    assert envelope_["x-amazon-events-detail-type"] == "OrderShipped.v2"
    assert envelope_["properties"]["detail"] == {"$ref": "#/components/schemas/OrderShipped"}
    assert sorted(document["components"]["schemas"]["OrderShipped"]["properties"]) == ["orderId", "trackingNumber"]


def test_several_sources_are_listed_in_the_envelope() -> None:
    envelope_ = openapi3(OrderPlaced)["components"]["schemas"]["AWSEvent"]

    assert envelope_["properties"]["source"]["enum"] == ["shop.web", "shop.pos"]
    assert "x-amazon-events-source" not in envelope_


def test_names_are_those_of_discovered_schemas() -> None:
    class Spaced(EventType, source="shop.web", detail_type="Order (placed)"):
        pass

    assert schema_name(OrderShipped) == "shop.warehouse@OrderShipped.v2"
    assert schema_name(OrderPlaced) == "OrderPlaced"
    assert schema_name(Spaced) == "shop.web@Orderplaced"


@pytest.mark.parametrize("event_type", EVENTS)
def test_openapi_documents_are_valid_and_take_every_sample(event_type: type[EventType]) -> None:
    document = openapi3(event_type)
    OpenAPIV30SpecValidator(document).validate()

    validator = OAS30Validator({"$ref": "#/components/schemas/AWSEvent", "components": document["components"]})
    for seed in range(20):
        validator.validate(envelope(sample(event_type, seed=seed)))


@pytest.mark.parametrize("event_type", EVENTS)
def test_draft_4_schemas_are_valid_and_take_every_sample(event_type: type[EventType]) -> None:
    schema = json_schema_draft4(event_type)
    Draft4Validator.check_schema(schema)

    for seed in range(20):
        Draft4Validator(schema).validate(envelope(sample(event_type, seed=seed)))


def test_draft_4_schemas_refuse_what_the_class_refuses() -> None:
    told = envelope(sample(OrderPlaced, seed=1))
    told["detail"]["lines"][0]["quantity"] = 0

    (error,) = Draft4Validator(json_schema_draft4(OrderPlaced)).iter_errors(told)
    assert list(error.absolute_path) == ["detail", "lines", 0, "quantity"]


def test_nothing_of_a_newer_dialect_is_left() -> None:
    newer = ('"$defs"', '"const"', '"examples"', '"prefixItems"', '"type": "null"', '"exclusiveMinimum": 0')

    text = json.dumps(openapi3(OrderPacked)) + json.dumps(openapi3(OrderPlaced))
    assert [word for word in newer if word in text] == []
    draft4 = json.dumps(json_schema_draft4(OrderPacked)) + json.dumps(json_schema_draft4(OrderPlaced))
    assert [word for word in newer if word in draft4 and "null" not in word] == []
