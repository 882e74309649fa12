"""Event types as Pydantic classes: what is published is valid, what is registered is true, what is promised is kept.

::

    class OrderPlaced(EventType, source="shop.web"):
        order_id: str
        total: Annotated[int, Field(ge=0)]

    publish([OrderPlaced(order_id="o-1", total=6_400)], client=events, bus="commerce")
    OrderPlaced.read(envelope).detail.total

Here is what publishers and consumers need, and nothing that makes a function start slower; functions have it from a
layer (`eventyard.constructs.ContractsLayer`). What tests and synthesis need is in `eventyard.contracts.testing` and
`eventyard.contracts.registry_formats`. docs/contracts.md is the guide.
"""

from eventyard.contracts.contract import Contract
from eventyard.contracts.event_type import Event, EventType
from eventyard.contracts.publishing import PublishError, Refused, publish
from eventyard.errors import ContractError

__all__ = ["Contract", "ContractError", "Event", "EventType", "PublishError", "Refused", "publish"]
