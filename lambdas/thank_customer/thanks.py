"""How the shop thanks for a large order."""

import json

from shop.events import Event, OrderPlaced


def thanks_for(event: Event[OrderPlaced]) -> str:
    """The task for customer care, as JSON: whom to thank, and what for."""
    order = event.detail
    return json.dumps(
        {
            "kind": "thank_you",
            "order_id": order.order_id,
            "customer_id": order.customer_id,
            "country": order.country,
            "total": order.total,
            "currency": order.currency,
        }
    )
