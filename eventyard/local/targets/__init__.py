"""What rules and subscriptions deliver to: one file a kind, each with `service` and `deliver`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from eventyard.local._yard import Undeliverable
from eventyard.local.targets import api_destination, events, firehose, function, http, https, logs, sns, sqs

if TYPE_CHECKING:
    from eventyard.local._yard import Yard
    from eventyard.local.targets._kind import TargetKind

__all__ = ["KINDS", "find", "service_of"]

KINDS: dict[str, TargetKind] = {
    module.service: cast("TargetKind", module)
    for module in (api_destination, events, firehose, function, http, https, logs, sns, sqs)
}


def service_of(target: str) -> str:
    """The kind's `service`, by a target's ARN or URL. EventBridge has two kinds of targets itself."""
    if not target.startswith("arn:"):
        return target.split(":", maxsplit=1)[0]
    fields = target.split(":", maxsplit=5)
    return "api-destination" if fields[5].startswith("api-destination/") else fields[2]


def find(target: str, yard: Yard) -> TargetKind:
    """The kind of a target, by its ARN or URL; the target is there.

    Raises:
        Undeliverable: it is not, or its kind is not emulated.
    """
    service = service_of(target)
    if service not in KINDS:
        raise Undeliverable(
            "NOT_EMULATED", f"eventyard does not deliver to {service} ({target}); see docs/fidelity.md."
        )
    kind = KINDS[service]
    kind.find(target, yard)
    return kind
