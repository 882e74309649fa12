"""What a return does to the invoice of its order."""

from shop.billing import Posting
from shop.events import Event, ReturnRequested


def posting_of(event: Event[ReturnRequested]) -> Posting:
    """The money that goes back, in the invoice's currency."""
    request = event.detail
    return Posting(order_id=request.order_id, account="refunded", posting_id=request.return_id, amount=request.refund)
