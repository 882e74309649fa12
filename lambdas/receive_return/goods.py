"""What comes back to the warehouse."""

from dataclasses import dataclass

from shop.events import Event, ReturnRequested
from shop.movements import StockMovement, movements


@dataclass(frozen=True, kw_only=True)
class ReturnedGoods:
    """Expected back for one return: per article the pieces, and how the stock moves by it."""

    return_id: str
    order_id: str
    customer_id: str
    reason: str
    requested_at: str
    moves: tuple[StockMovement, ...]

    def item(self) -> dict[str, str | dict[str, int]]:
        """As it is kept: `pieces` maps an article to how many of it come back."""
        return {
            "return_id": self.return_id,
            "order_id": self.order_id,
            "customer_id": self.customer_id,
            "reason": self.reason,
            "requested_at": self.requested_at,
            "pieces": {move.sku: move.quantity for move in self.moves},
        }


def goods_of(event: Event[ReturnRequested]) -> ReturnedGoods:
    """The goods that a return brings, dated by the return, not by the clock."""
    request = event.detail
    return ReturnedGoods(
        return_id=request.return_id,
        order_id=request.order_id,
        customer_id=request.customer_id,
        reason=request.reason,
        requested_at=event.time.isoformat(),
        moves=movements(request.lines, kind="returned", cause_id=request.return_id, order_id=request.order_id),
    )
