"""The rules and events of a shop that hosts many tenants: what a busy bus may look like, the same in every run.

Twelve services send ten kinds of events each. A few rules hear all of them (the archive, the alarms); every other names
its service, most also the kind, and one of 2,000 tenants or another narrow condition. Each operator has its share. A
bus of one rule has the first of them, a bus of a hundred the first hundred.
"""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

SERVICES = (
    *("orders", "payments", "stock", "shipping", "returns", "accounts"),
    *("catalog", "prices", "reviews", "search", "billing", "support"),
)
KINDS = ("Placed", "Paid", "Changed", "Cancelled", "Refused", "Shipped", "Returned", "Opened", "Closed", "Failed")
COUNTRIES = ("DE", "FR", "IT", "ES", "NL", "BE", "AT", "PL", "SE", "DK", "FI", "NO", "PT", "IE", "CZ", "GR", "US", "CA")
CITIES = (
    "Berlin",
    "Paris",
    "Rome",
    "Madrid",
    "Utrecht",
    "Gent",
    "Graz",
    "Lublin",
    "Malmo",
    "Aarhus",
    "Turku",
    "Bergen",
)
TIERS = ("basic", "silver", "gold", "platinum")
STATES = ("new", "open", "held", "done", "failed")
CATEGORIES = ("book", "toy", "shoe", "lamp", "tool", "game", "coat", "desk")
TENANTS = 2_000
STREAM = 400


def rules(count: int) -> dict[str, dict[str, Any]]:
    """Name -> pattern of the first `count` rules."""
    random = Random(8_128)  # noqa: S311  # a workload that repeats, no secret
    shapes = [shape for shape, share in _SHARES for _ in range(share)]
    patterns = [*_FOR_ALL, *(_rule(random, random.choice(shapes)) for _ in range(count))]
    return {f"rule-{index}": pattern for index, pattern in enumerate(patterns[:count])}


def events() -> list[str]:
    """The stream of events as JSON text, each about 800 bytes."""
    random = Random(496)  # noqa: S311  # as above
    return [_event(random) for _ in range(STREAM)]


def _event(random: Random) -> str:
    service = random.choice(SERVICES)
    order = f"{random.randrange(10**6):06}"
    detail = {
        "tenant": _tenant(random),
        "order": order,
        "status": random.choice(STATES),
        "total": round(random.expovariate(1 / 150), 2),
        "customer": {
            "city": random.choice(CITIES),
            "country": random.choice(COUNTRIES),
            "tier": random.choice(TIERS),
            "email": f"c{random.randrange(10**4)}@mail{random.randrange(300)}.example",
            "address": ".".join(str(random.randrange(1, 255)) for _ in range(4)),
        },
        "items": [
            {"sku": _sku(random), "quantity": random.randrange(1, 9), "price": round(random.uniform(1, 90), 2)}
            for _ in range(6)
        ],
        "note": "Please leave it with the neighbours on the second floor.",
        "document": f"invoices/{random.choice(COUNTRIES)}/{order}/final.pdf",
    }
    if random.random() < 0.2:  # noqa: PLR2004  # one order in five
        detail["coupon"] = "SPRING"
    envelope = {
        "version": "0",
        "id": f"{random.getrandbits(32):08x}-0c55-4a4e-9f0e-2c7d1a3b5e88",
        "detail-type": f"{service.title()}{random.choice(KINDS)}",
        "source": f"shop.{service}",
        "account": "123456789012",
        "time": "2026-03-02T09:14:07Z",
        "region": "eu-central-1",
        "resources": [],
        "detail": detail,
    }
    return json.dumps(envelope, separators=(",", ":"))


def _tenant(random: Random) -> str:
    return f"t-{random.randrange(TENANTS):04}"


def _sku(random: Random) -> str:
    return f"{random.choice(CATEGORIES)}-{random.randrange(3_000):04}"


def _rule(random: Random, shape: Callable[[Random], dict[str, Any]]) -> dict[str, Any]:
    service = random.choice(SERVICES)
    pattern: dict[str, Any] = {"source": [f"shop.{service}"]}
    if random.random() < 0.9:  # noqa: PLR2004  # the rest listens to all that a service says
        kinds = random.sample(KINDS, random.choice((1, 1, 1, 2)))
        pattern["detail-type"] = [f"{service.title()}{kind}" for kind in kinds]
    detail = shape(random)
    return {**pattern, "detail": detail} if detail else pattern


def _price(random: Random) -> int:
    return random.randrange(5, 80) * 10


_FOR_ALL: tuple[dict[str, Any], ...] = (
    {"source": [{"prefix": "shop."}], "detail": {"tenant": [{"exists": True}], "total": [{"numeric": [">=", 0]}]}},
    {"source": [{"anything-but": {"prefix": "aws."}}], "detail-type": [{"suffix": "Failed"}]},
    {"detail": {"status": [{"anything-but": ["new", "open", "held"]}], "total": [{"numeric": [">", 200]}]}},
    {"detail-type": [{"wildcard": "*Paid"}, {"wildcard": "*Refused"}], "region": ["eu-central-1"]},
    {"detail": {"customer": {"tier": ["platinum"]}, "coupon": [{"exists": False}]}},
)

# What a rule asks of `detail`, and how many in a hundred do.
_SHARES: tuple[tuple[Callable[[Random], dict[str, Any]], int], ...] = (
    (lambda _: {}, 2),
    (lambda r: {"tenant": [_tenant(r)]}, 21),
    (lambda r: {"tenant": [_tenant(r) for _ in range(3)], "status": ["open", "held"]}, 8),
    (lambda r: {"tenant": [_tenant(r)], "status": [{"anything-but": ["failed", "done"]}]}, 7),
    (lambda r: {"tenant": [_tenant(r)], "coupon": [{"exists": True}]}, 4),
    (lambda r: {"tenant": [_tenant(r)], "coupon": [{"exists": False}]}, 4),
    (lambda r: {"tenant": [_tenant(r)], "total": [{"numeric": [">=", _price(r)]}]}, 6),
    (lambda r: {"total": [{"numeric": [">=", (low := _price(r)), "<", low + 20]}]}, 5),
    (
        lambda r: {
            "customer": {"country": [r.choice(COUNTRIES)], "tier": [r.choice(TIERS)]},
            "total": [{"numeric": [">", _price(r)]}],
        },
        8,
    ),
    (lambda r: {"items": {"sku": [_sku(r)]}}, 6),
    (lambda r: {"items": {"sku": [_sku(r), _sku(r)], "quantity": [{"numeric": [">", 4]}]}}, 5),
    (lambda r: {"items": {"sku": [{"prefix": _sku(r)[:-2]}]}}, 4),
    (lambda r: {"customer": {"email": [{"suffix": f"@mail{r.randrange(300)}.example"}]}}, 4),
    (lambda r: {"customer": {"city": [{"equals-ignore-case": r.choice(CITIES).upper()}]}, "tenant": [_tenant(r)]}, 4),
    (lambda r: {"document": [{"wildcard": f"invoices/{r.choice(COUNTRIES)}/{r.randrange(100):02}*/final.pdf"}]}, 4),
    (lambda r: {"customer": {"address": [{"cidr": f"{r.randrange(1, 255)}.{r.randrange(255)}.0.0/16"}]}}, 4),
    (lambda r: {"$or": [{"tenant": [_tenant(r)]}, {"items": {"sku": [_sku(r)]}}]}, 4),
)
