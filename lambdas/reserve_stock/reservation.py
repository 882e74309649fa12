"""What a warehouse of ours sets aside for an order."""

from dataclasses import dataclass

from shop.events import Event, OrderPlaced
from shop.movements import StockMovement, movements


@dataclass(frozen=True, kw_only=True)
class Reservation:
    """Set aside for one order: per article the pieces, and how the stock moves by it."""

    order_id: str
    customer_id: str
    country: str
    reserved_at: str
    moves: tuple[StockMovement, ...]

    def item(self) -> dict[str, str | dict[str, int]]:
        """As it is kept: `pieces` maps an article to how many of it are set aside."""
        return {
            "order_id": self.order_id,
            "customer_id": self.customer_id,
            "country": self.country,
            "reserved_at": self.reserved_at,
            "pieces": {move.sku: -move.quantity for move in self.moves},
        }


def reservation_for(event: Event[OrderPlaced]) -> Reservation:
    """The reservation that an order asks for, dated by the order, not by the clock."""
    order = event.detail
    return Reservation(
        order_id=order.order_id,
        customer_id=order.customer_id,
        country=order.country,
        reserved_at=event.time.isoformat(),
        moves=movements(order.lines, kind="reserved", cause_id=order.order_id, order_id=order.order_id),
    )
