"""What analytics keeps of an order."""

from shop.events import Event, OrderPlaced


def sale_of(event: Event[OrderPlaced]) -> dict[str, str | int]:
    """The sale, as an item: what was sold, where to and by which channel, and not to whom."""
    order = event.detail
    return {
        "order_id": order.order_id,
        "country": order.country,
        "currency": order.currency,
        "total": order.total,
        "pieces": sum(line.quantity for line in order.lines),
        "channel": event.source,
        "placed_at": event.time.isoformat(),
    }
