"""What the partner plans when an article of the shop's runs low."""

from shop.events import Event, StockLow


def plan_for(event: Event[StockLow]) -> dict[str, str | int]:
    """The plan, as an item: the pieces that are missing to the threshold, at least one."""
    alert = event.detail
    return {
        "alert_id": alert.alert_id,
        "sku": alert.sku,
        "quantity": max(alert.threshold - alert.level, 1),
        "warehouse": alert.warehouse,
        "alerted_at": event.time.isoformat(),
    }
