"""One customer's dealings with the shop: an event of each type, any field of its detail changed at will."""

from typing import Any

from tests.lambdas.aws_events import Json, bus_event


def order_placed(event_id: str = "event-order", **changes: Any) -> Json:  # noqa: ANN401 - any JSON value
    detail = {
        "order_id": "o-1",
        "customer_id": "c-1",
        "country": "DE",
        "currency": "EUR",
        "total": 7_000,
        "lines": [
            {"sku": "mug", "quantity": 2, "price": 1_500},
            {"sku": "pot", "quantity": 1, "price": 4_000},
        ],
    }
    return bus_event("OrderPlaced", detail | changes, event_id=event_id)


def payment_taken(event_id: str = "event-payment", **changes: Any) -> Json:  # noqa: ANN401 - any JSON value
    detail = {"payment_id": "p-1", "order_id": "o-1", "amount": 7_000, "currency": "EUR", "method": "card"}
    return bus_event("PaymentTaken", detail | changes, event_id=event_id)


def return_requested(event_id: str = "event-return", **changes: Any) -> Json:  # noqa: ANN401 - any JSON value
    detail = {
        "return_id": "r-1",
        "order_id": "o-1",
        "customer_id": "c-1",
        "reason": "one mug is chipped",
        "refund": 1_500,
        "lines": [{"sku": "mug", "quantity": 1}],
    }
    return bus_event("ReturnRequested", detail | changes, event_id=event_id)


def question_asked(event_id: str = "event-question", **changes: Any) -> Json:  # noqa: ANN401 - any JSON value
    detail = {
        "question_id": "q-1",
        "customer_id": "c-1",
        "order_id": "o-1",
        "topic": "delivery",
        "urgency": "high",
        "text": "Where is my pot?",
    }
    return bus_event("QuestionAsked", detail | changes, event_id=event_id)


def stock_low(event_id: str = "event-stock", **changes: Any) -> Json:  # noqa: ANN401 - any JSON value
    detail = {"alert_id": "a-1", "sku": "mug", "level": 3, "threshold": 10, "warehouse": "Leipzig"}
    return bus_event("StockLow", detail | changes, event_id=event_id)


def movement(movement_id: str = "o-1:mug:reserved", **changes: Any) -> Json:  # noqa: ANN401 - any JSON value
    return {
        "movement_id": movement_id,
        "sku": "mug",
        "quantity": -2,
        "order_id": "o-1",
        "kind": "reserved",
    } | changes
