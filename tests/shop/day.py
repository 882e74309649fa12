"""One event of each type that the shop's producers publish, any field of it changed at will."""

from __future__ import annotations

from typing import Any


def order(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    """A large order from Germany: everybody who hears orders hears this one."""
    return {
        "order_id": "o-1",
        "customer_id": "c-1",
        "country": "DE",
        "currency": "EUR",
        "total": 64_000,
        "lines": [{"sku": "samovar", "quantity": 1, "price": 64_000}],
    } | changes


def payment(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    """The money for it."""
    return {"payment_id": "p-1", "order_id": "o-1", "amount": 64_000, "currency": "EUR", "method": "card"} | changes


def sent_back(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    """It comes back, for its money."""
    return {
        "return_id": "r-1",
        "order_id": "o-1",
        "customer_id": "c-1",
        "reason": "too loud",
        "refund": 64_000,
        "lines": [{"sku": "samovar", "quantity": 1}],
    } | changes


def question(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    """An urgent question."""
    return {
        "question_id": "q-1",
        "customer_id": "c-1",
        "topic": "product",
        "urgency": "high",
        "text": "Why does it whistle?",
    } | changes


def stock_low(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    """The shelf is nearly empty."""
    return {"alert_id": "a-1", "sku": "samovar", "level": 1, "threshold": 5, "warehouse": "Leipzig"} | changes


def handed_over(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    """The carrier rang, and somebody was at home."""
    return {
        "notice_id": "n-1",
        "order_id": "o-1",
        "parcel": "JJD000390007",
        "carrier": "parcels united",
        "delivered_at": "2026-03-04T11:20:00Z",
    } | changes


ONE_OF_EACH = {
    "OrderPlaced": order(),
    "PaymentTaken": payment(),
    "ReturnRequested": sent_back(),
    "QuestionAsked": question(),
    "StockLow": stock_low(),
    "ParcelDelivered": handed_over(),
}
