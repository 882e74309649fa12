"""What a resource kind is: CloudFormation's properties in, calls of the service's own API out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Scope:
    """Where one resource is made. `name` is the one it shall have: its own, or CloudFormation's generated one."""

    account: str
    region: str
    stack: str
    logical_id: str
    name: str
    client: Callable[[str], Any]

    def named(self, name: str) -> Scope:
        """The same place, another name."""
        return replace(self, name=name)


@dataclass(frozen=True, slots=True)
class Made:
    """A resource: `id` is what `Ref` gives, `attributes` what `Fn::GetAtt` gives."""

    id: str
    attributes: Mapping[str, str] = field(default_factory=dict)


class Kind(Protocol):
    """One resource type. `name_property` is the property that names the resource, empty if it has none."""

    type: str
    name_property: str

    def create(self, properties: Mapping[str, Any], scope: Scope) -> Made:
        """Make it."""

    def update(self, made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
        """Change it in place."""

    def delete(self, made: Made, properties: Mapping[str, Any], scope: Scope) -> None:
        """Remove it."""
