"""What rules and subscriptions deliver to: one file a kind, each with `service` and `deliver`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from eventyard.local._yard import Undeliverable
from eventyard.local.targets import events, function, http, logs, sns, sqs

if TYPE_CHECKING:
    from eventyard.local._yard import Yard
    from eventyard.local.targets._kind import TargetKind

__all__ = ["KINDS", "find"]

KINDS: dict[str, TargetKind] = {
    module.service: cast("TargetKind", module) for module in (events, function, http, logs, sns, sqs)
}


def find(target: str, yard: Yard) -> TargetKind:
    """The kind of a target, by its ARN or URL; the target is there.

    Raises:
        Undeliverable: it is not, or its kind is not emulated.
    """
    service = target.split(":")[2] if target.startswith("arn:") else target.split(":", maxsplit=1)[0]
    if service not in KINDS:
        raise Undeliverable(
            "NOT_EMULATED", f"eventyard does not deliver to {service} ({target}); see docs/fidelity.md."
        )
    kind = KINDS[service]
    kind.find(target, yard)
    return kind
