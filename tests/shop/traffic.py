"""What the shop's producers publish, as long as anyone likes: the same events for the same seed."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

from tests.shop.day import ONE_OF_EACH

if TYPE_CHECKING:
    from collections.abc import Iterator

# How often each type comes. PageViewed is nobody's business but the audit trail's.
_SHARES = {
    "OrderPlaced": 8,
    "PaymentTaken": 5,
    "ReturnRequested": 3,
    "QuestionAsked": 2,
    "StockLow": 1,
    "PageViewed": 1,
}
SOURCES = ("shop.web", "shop.mobile", "shop.pos")
_IDS = ("order_id", "payment_id", "return_id", "question_id", "alert_id")


def traffic(seed: int) -> Iterator[dict[str, Any]]:
    """Entries of PutEvents, without end: ten or so different values in each field that a filter looks at."""
    random = Random(f"traffic/{seed}")  # noqa: S311  # events that repeat, no secret
    number = 0
    while True:
        (detail_type,) = random.choices(list(_SHARES), list(_SHARES.values()))
        detail = ONE_OF_EACH.get(detail_type, {"page": "/samovar"})
        changes: dict[str, Any] = {
            "country": random.choice(["DE", "FR", "US", "GB"]),
            "total": random.choice([900, 4_900, 49_999, 50_000, 64_000]),
            "refund": random.choice([0, 900, 64_000]),
            "urgency": random.choice(["high", "normal"]),
        } | {name: f"{name[0]}-{number:07}" for name in _IDS}
        yield {
            "EventBusName": "commerce",
            "Source": random.choice(SOURCES),
            "DetailType": detail_type,
            "Detail": json.dumps(detail | {name: value for name, value in changes.items() if name in detail}),
        }
        number += 1
