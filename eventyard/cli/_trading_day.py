"""A day of trading, made up from a seed: what web shop, mobile app and point of sale tell the bus, and when."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

WEB, MOBILE, TILL = "shop.web", "shop.mobile", "shop.pos"
COUNTRIES = ("DE", "DE", "DE", "FR", "FR", "AT", "NL", "BE", "PL", "IT", "US")
CATALOGUE = {"kettle": 4_900, "teapot": 7_500, "cup": 1_200, "tray": 3_300, "samovar": 64_000, "tea-tin": 1_850}
OPENS, CLOSES = timedelta(hours=8), timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class Told:
    """One event as a producer tells it, `at` after midnight; `note` says what is special about it."""

    at: timedelta
    source: str
    detail_type: str
    detail: dict[str, Any]
    note: str = ""

    def entry(self, bus: str) -> dict[str, Any]:
        """The entry of PutEvents."""
        return {
            "EventBusName": bus,
            "Source": self.source,
            "DetailType": self.detail_type,
            "Detail": json.dumps(self.detail),
        }


def trading_day(seed: int, orders: int) -> list[Told]:
    """The day's events in the order of their time: about three for each of `orders` orders.

    One event in fifteen is told twice, one in ten is wanted by no rule but the audit trail, and one return is spoilt:
    no function can read it.
    """
    dice = random.Random(seed)  # noqa: S311  # a day that is the same for the same seed, no secrets
    day = [told for number in range(orders) for told in _business(dice, number)]
    day.extend(_moment(dice, told) for told in _side_business(dice, orders))
    day.extend(
        Told(
            told.at + timedelta(minutes=dice.randrange(1, 20)), told.source, told.detail_type, told.detail, "duplicate"
        )
        for told in dice.sample(day, len(day) // 15)
    )
    day.append(_spoilt())
    return sorted(day, key=lambda told: told.at)


def _business(dice: random.Random, number: int) -> list[Told]:
    """An order, and what follows from it."""
    source = dice.choice((WEB, WEB, MOBILE, TILL))
    at = OPENS + (CLOSES - OPENS - timedelta(hours=2)) * dice.random()
    skus = dice.sample(list(CATALOGUE), dice.randint(1, 3))
    pieces = {sku: dice.randint(1, 3) for sku in skus}
    lines = [{"sku": sku, "quantity": pieces[sku], "price": CATALOGUE[sku]} for sku in skus]
    total = sum(pieces[sku] * CATALOGUE[sku] for sku in skus)
    order = {"order_id": f"order-{number:04}", "customer_id": f"customer-{dice.randrange(80):02}"}
    told = [
        Told(
            at,
            source,
            "OrderPlaced",
            {**order, "country": dice.choice(COUNTRIES), "currency": "EUR", "total": total, "lines": lines},
        )
    ]
    if dice.random() < 0.8:  # noqa: PLR2004  # four of five pay the same day
        # A till takes the money first.
        later = timedelta(minutes=-1 if source == TILL else dice.randrange(1, 40))
        payment = {
            "payment_id": f"payment-{number:04}",
            "order_id": order["order_id"],
            "amount": total,
            "currency": "EUR",
            "method": "cash" if source == TILL else "card",
        }
        told.append(Told(at + later, source, "PaymentTaken", payment))
    if dice.random() < 0.15:  # noqa: PLR2004  # one in seven sends something back
        kept = dice.random() < 0.2  # noqa: PLR2004  # a repair: nothing is refunded
        sent_back = {
            "return_id": f"return-{number:04}",
            **order,
            "reason": dice.choice(("chipped", "too small", "a present nobody wanted")),
            "refund": 0 if kept else CATALOGUE[skus[0]],
            "lines": [{"sku": skus[0], "quantity": 1}],
        }
        told.append(Told(at + timedelta(minutes=dice.randrange(50, 110)), MOBILE, "ReturnRequested", sent_back))
    return told


def _side_business(dice: random.Random, orders: int) -> list[tuple[str, str, dict[str, Any]]]:
    questions = [
        (
            dice.choice((WEB, MOBILE)),
            "QuestionAsked",
            {
                "question_id": f"question-{number:03}",
                "customer_id": f"customer-{dice.randrange(80):02}",
                "topic": dice.choice(("delivery", "product", "invoice", "other")),
                "urgency": dice.choice(("low", "normal", "normal", "high")),
                "text": dice.choice(("Where is my parcel?", "Does it keep warm?", "I need another invoice.")),
            },
        )
        for number in range(orders // 4)
    ]
    alerts = [
        (
            TILL,
            "StockLow",
            {
                "alert_id": f"alert-{number:02}",
                "sku": dice.choice(list(CATALOGUE)),
                "level": dice.randrange(5),
                "threshold": 10,
                "warehouse": dice.choice(("Leipzig", "Lille")),
            },
        )
        for number in range(orders // 12)
    ]
    views = [
        (dice.choice((WEB, MOBILE)), "PageViewed", {"page": f"/{sku}"})
        for sku in dice.choices(list(CATALOGUE), k=orders // 3)
    ]
    return [*questions, *alerts, *views]


def _moment(dice: random.Random, what: tuple[str, str, dict[str, Any]]) -> Told:
    source, detail_type, detail = what
    note = "wanted by no rule" if detail_type == "PageViewed" else ""
    return Told(OPENS + (CLOSES - OPENS) * dice.random(), source, detail_type, detail, note)


def _spoilt() -> Told:
    # A refund in words: the warehouse cannot read it, and finance's filter keeps it away.
    detail = {
        "return_id": "return-spoilt",
        "order_id": "order-0000",
        "customer_id": "customer-00",
        "reason": "broken",
        "refund": "all of it",
        "lines": [{"sku": "cup", "quantity": 1}],
    }
    return Told(timedelta(hours=15), MOBILE, "ReturnRequested", detail, "spoilt")
