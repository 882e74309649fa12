"""What an order asks its customer to pay."""

from shop.billing import Bill
from shop.events import Event, OrderPlaced


def bill_for(event: Event[OrderPlaced]) -> Bill:
    """The bill of an order."""
    order = event.detail
    return Bill(order_id=order.order_id, customer_id=order.customer_id, total=order.total, currency=order.currency)
