"""What the partner keeps of a return."""

from shop.events import Event, ReturnRequested


def filed(event: Event[ReturnRequested]) -> dict[str, str | dict[str, int]]:
    """The return, as an item: `pieces` maps an article to how many of it come back. No customer is in it."""
    request = event.detail
    pieces: dict[str, int] = {}
    for line in request.lines:
        pieces[line.sku] = pieces.get(line.sku, 0) + line.quantity
    return {
        "return_id": request.return_id,
        "order_id": request.order_id,
        "reason": request.reason,
        "requested_at": event.time.isoformat(),
        "pieces": pieces,
    }
