"""What a payment does to the invoice of its order."""

from shop.billing import Posting
from shop.events import Event, PaymentTaken


def posting_of(event: Event[PaymentTaken]) -> Posting:
    """The money that came in."""
    payment = event.detail
    return Posting(
        order_id=payment.order_id,
        account="paid",
        posting_id=payment.payment_id,
        amount=payment.amount,
        currency=payment.currency,
    )
