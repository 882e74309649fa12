"""Event types as Pydantic classes: what is published is valid, what is registered is true, what is promised is kept.

::

    class OrderPlaced(EventType, source="shop.web"):
        order_id: str
        total: Annotated[int, Field(ge=0)]

    publish([OrderPlaced(order_id="o-1", total=6_400)], client=events, bus="commerce")
    OrderPlaced.read(envelope).detail.total
    sample(OrderPlaced, seed=3)

docs/contracts.md is the guide. Nothing here is needed to publish or read but Pydantic, so functions carry it in a layer
(`eventyard.constructs.ContractsLayer`).
"""

from eventyard.contracts.compatibility import breaking_changes
from eventyard.contracts.contract import Contract
from eventyard.contracts.event_type import Event, EventType
from eventyard.contracts.finding import Finding
from eventyard.contracts.publishing import PublishError, Refused, publish
from eventyard.contracts.reading import fields_missing, selected
from eventyard.contracts.recorded import check_recorded
from eventyard.contracts.registry_formats import json_schema_draft4, openapi3, schema_name
from eventyard.contracts.samples import sample, strategy
from eventyard.contracts.schema import detail_schema
from eventyard.errors import ContractError

__all__ = [
    "Contract",
    "ContractError",
    "Event",
    "EventType",
    "Finding",
    "PublishError",
    "Refused",
    "breaking_changes",
    "check_recorded",
    "detail_schema",
    "fields_missing",
    "json_schema_draft4",
    "openapi3",
    "publish",
    "sample",
    "schema_name",
    "selected",
    "strategy",
]
