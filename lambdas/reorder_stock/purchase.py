"""What the shop buys when an article runs low."""

import json

from shop.events import Event, StockLow

FULL = 2
"""A full shelf holds so many times its threshold: the next alert is then a threshold's worth of sales away."""


def purchase_for(event: Event[StockLow]) -> str:
    """The purchase order, as JSON: what fills the shelf again, at least one piece."""
    alert = event.detail
    return json.dumps(
        {
            "alert_id": alert.alert_id,
            "sku": alert.sku,
            "quantity": max(FULL * alert.threshold - alert.level, 1),
            "warehouse": alert.warehouse,
        }
    )
