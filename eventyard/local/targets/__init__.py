"""What rules and subscriptions deliver to: one file a kind, each with `service` and `deliver`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from eventyard.local._yard import Undeliverable
from eventyard.local.targets import events, function, http, logs, sns, sqs

if TYPE_CHECKING:
    from eventyard.local.targets._kind import TargetKind

__all__ = ["KINDS", "kind_of"]

KINDS: dict[str, TargetKind] = {
    module.service: cast("TargetKind", module) for module in (events, function, http, logs, sns, sqs)
}


def kind_of(target: str) -> TargetKind:
    """The kind of a target, by its ARN or URL.

    Raises:
        Undeliverable: none that is emulated.
    """
    service = target.split(":")[2] if target.startswith("arn:") else target.split(":", maxsplit=1)[0]
    if service not in KINDS:
        raise Undeliverable(
            "NOT_EMULATED", f"eventyard does not deliver to {service} ({target}); see docs/fidelity.md."
        )
    return KINDS[service]
