"""What a resource kind is: CloudFormation's properties in, calls of the service's own API out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# A generated name ends in a dash and twelve random characters: they stay when it is cut.
_SUFFIX = 13


@dataclass(frozen=True, slots=True)
class Scope:
    """Where one resource is made.

    `name` is the one it shall have: its own (`given`), or CloudFormation's generated one. `client` gives a boto3 client
    of the stack's account and Region, or of another Region named after the service.
    """

    account: str
    region: str
    stack: str
    logical_id: str
    name: str
    given: bool
    client: Callable[..., Any]

    @property
    def place(self) -> str:
        """`stack/LogicalId`."""
        return f"{self.stack}/{self.logical_id}"

    def named(self, name: str) -> Scope:
        """The same place, a name of its own."""
        return replace(self, name=name, given=True)

    def fit(self, longest: int) -> str:
        """The name, a generated one cut to what the service takes, in the middle, as CloudFormation does."""
        if self.given or len(self.name) <= longest:
            return self.name
        return self.name[: longest - _SUFFIX] + self.name[-_SUFFIX:]


@dataclass(frozen=True, slots=True)
class Made:
    """A resource: `id` is what `Ref` gives, `attributes` what `Fn::GetAtt` gives."""

    id: str
    attributes: Mapping[str, str] = field(default_factory=dict)


class Kind(Protocol):
    """One resource type.

    `name_property` is the property that names the resource, empty if it has none. `known` are the properties it makes
    something of: any other one in a template is listed when it is deployed. A kind may also have
    `remarks(properties) -> Iterator[str]`: what else of a resource is not emulated.
    """

    type: str
    name_property: str
    known: frozenset[str]

    def create(self, properties: Mapping[str, Any], scope: Scope) -> Made:
        """Make it."""

    def update(self, made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
        """Change it in place, or replace it where CloudFormation would."""

    def delete(self, made: Made, properties: Mapping[str, Any], scope: Scope) -> None:
        """Remove it."""


def changed(old: Mapping[str, Any], new: Mapping[str, Any], *names: str) -> bool:
    """Whether any of these properties differs: such a change replaces a resource."""
    return any(old.get(name) != new.get(name) for name in names)


def tags(properties: Mapping[str, Any]) -> dict[str, str]:
    """CloudFormation's list of tags as the mapping that many APIs take."""
    return {tag["Key"]: str(tag["Value"]) for tag in properties.get("Tags", ())}


def tags_gone(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The keys of tags that are no more."""
    return [key for key in tags(old) if key not in tags(new)]


def true(value: object) -> bool:
    """A boolean property, which a template may also write as text."""
    return str(value).lower() == "true"
