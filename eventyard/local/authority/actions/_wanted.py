"""What a call asks for, in the words of policies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.moto_seam import ApiCall, MotoState

# A resource that is not told apart from others.
ANY = "*any*"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One action on one resource.

    Attributes:
        action: As in policies: `sqs:SendMessage`.
        resource: An ARN, `*` for actions that know no resource, or `ANY`.
        context: Condition keys of the service's own.
        key_actions: What has to be allowed on the key of a queue or topic.
        policies: The policies of the resource, where they are others than its own.
    """

    action: str
    resource: str
    context: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    key_actions: tuple[str, ...] = ()
    policies: tuple[str, ...] | None = None


class Service(Protocol):
    """One service's actions and resources. `prefix` is what its actions begin with."""

    prefix: str

    def wanted(self, call: ApiCall, state: MotoState) -> list[Wanted]:
        """What a call asks for, in order; nothing for calls that everybody may make."""


def arn_of(call: ApiCall, resource: str) -> str:
    """The ARN of a resource in the account and Region that a call is made in."""
    return f"arn:aws:{call.service}:{call.region}:{call.account}:{resource}"


def texts(value: object) -> list[str]:
    """The texts of a parameter that is a list of them, or one."""
    return [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)] if value else []
