"""StartReplay: where to, from when to when, and how many at once.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_StartReplay.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.door._error import invalid, limit_exceeded

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
MOST_REPLAYS = 10


def check_replay(request: Mapping[str, Any], rules: Collection[str], running: int) -> None:
    """Refuse what StartReplay refuses, beside what moto does: unknown archives, other buses, names that are taken.

    Args:
        request: As StartReplay has it; times are seconds since the epoch.
        rules: The ARNs of the destination's rules.
        running: How many replays are under way in the account and Region.

    Raises:
        ApiError: ValidationException or LimitExceededException.
    """
    if request["EventStartTime"] >= request["EventEndTime"]:
        raise invalid("Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.")
    for arn in request["Destination"].get("FilterArns") or ():
        if arn not in rules:
            raise invalid(f"Parameter Destination.FilterArns is not valid. Reason: {arn} is no rule of the event bus.")
    if running >= MOST_REPLAYS:
        raise limit_exceeded()
