"""CreateEventBus.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.door._error import limit_exceeded
from eventyard.local.door.targets import check_dead_letters

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
MOST_BUSES = 100


def check_bus(request: Mapping[str, Any], buses: Collection[str], region: str) -> None:
    """Refuse what CreateEventBus refuses, beside what moto does: names that are taken or have a slash.

    Raises:
        ApiError: ValidationException or LimitExceededException.
    """
    check_dead_letters(request.get("DeadLetterConfig"), region)
    if request["Name"] not in buses and len(buses) >= MOST_BUSES:
        raise limit_exceeded()
