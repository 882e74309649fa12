"""Our resource kinds as moto's CloudFormation takes them, and what stands where one could not be made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Self

from moto.cloudformation.exceptions import UnformattedGetAttTemplateException

from eventyard.local._dynamic_references import resolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from eventyard.local.resources import Kind, Made, Scope


# Types that say something to the CDK CLI, and make nothing.
SILENT = frozenset({"AWS::CDK::Metadata"})


class Room(Protocol):
    """Where resources are made: the local cloud."""

    def scope(self, account: str, region: str, stack: str, logical_id: str, name: str, *, given: bool) -> Scope:
        """The scope in which one resource is made; `given` says that its name is the template's own."""

    def made(self, scope: Scope, type_: str, made: Made, remarks: tuple[str, ...]) -> None:
        """A resource was made or changed; `remarks` say what of it is not emulated."""

    def gone(self, scope: Scope) -> None:
        """A resource was deleted."""


class SkippedError(Exception):
    """A resource that was touched could not be made: whatever refers to it cannot be made either."""

    def __init__(self, logical_id: str) -> None:
        super().__init__(logical_id)
        self.logical_id = logical_id


class Failed:
    """Stands where a resource could not be made. Touching it skips the one who touches."""

    def __init__(self, logical_id: str, type_: str) -> None:
        self.logical_resource_id = logical_id
        self.cf_resource_type = type_
        self.type = type_

    @property
    def physical_resource_id(self) -> str:
        """None to be had."""
        raise SkippedError(self.logical_resource_id)

    def get_cfn_attribute(self, _name: str) -> str:
        """None to be had."""
        raise SkippedError(self.logical_resource_id)

    def is_created(self) -> bool:
        """Moto waits for this; there is nothing to wait for."""
        return True

    def delete(self, _account: str, _region: str) -> None:
        """Nothing was made."""


class Unmade:
    """Stands for a resource of a type that nobody emulates, with a made-up id, so that what refers to it is made.

    The deployment lists it.
    """

    def __init__(self, name: str, type_: str, account: str, region: str) -> None:
        self.physical_resource_id = name
        self.type = type_
        self._arn = f"arn:aws:{type_.split('::')[1].lower()}:{region}:{account}:{name}"

    @classmethod
    def has_cfn_attr(cls, _name: str) -> bool:
        """Whatever is asked for."""
        return True

    def get_cfn_attribute(self, name: str) -> str:
        """An ARN for an ARN; for the rest, something with the attribute's name."""
        return self._arn if name.endswith("Arn") else f"{self.physical_resource_id}-{name}"

    def is_created(self) -> bool:
        """There is nothing to wait for."""
        return True

    @classmethod
    def create_from_cloudformation_json(
        cls, name: str, _json: dict[str, Any], account: str, region: str, **more: str
    ) -> Self:
        """Nothing is made."""
        return cls(name, more["ResourceType"], account, region)

    @classmethod
    def update_from_cloudformation_json(cls, original_resource: Self, **_: object) -> Self:
        """Nothing changes."""
        return original_resource

    def delete(self, _account: str, _region: str) -> None:
        """Nothing was made."""


def model_of(kind: Kind, room: Room) -> type[Any]:  # noqa: C901  # one class, made here, counts as this function's
    """A class with the methods that moto's CloudFormation calls, which makes resources of `kind`.

    It is no subclass of CloudFormationModel: moto would pick it up for good, and the seams must come out.
    """

    class Model:
        def __init__(self, scope: Scope, properties: Mapping[str, Any], given: Mapping[str, Any], made: Made) -> None:
            self._scope = scope
            # As the template has them: a secret that changes is no change of the resource. And with what they name.
            self._properties, self._given = properties, given
            self._made = made
            self.type = kind.type
            room.made(scope, kind.type, made, tuple(_remarks(kind, properties)))

        @property
        def physical_resource_id(self) -> str:
            return self._made.id

        @staticmethod
        def cloudformation_name_type() -> str:
            return kind.name_property

        @staticmethod
        def cloudformation_type() -> str:
            return kind.type

        @classmethod
        def has_cfn_attr(cls, _name: str) -> bool:
            return True  # an attribute that is not there fails when it is read, with its name

        def get_cfn_attribute(self, name: str) -> str:
            if name not in self._made.attributes:
                raise UnformattedGetAttTemplateException
            return self._made.attributes[name]

        def is_created(self) -> bool:
            return True

        @classmethod
        def create_from_cloudformation_json(
            cls, name: str, json: dict[str, Any], account: str, region: str, **more: str
        ) -> Self:
            properties = json.get("Properties", {})
            stack = "".join(more.get("StackId", "").split("/")[1:2])
            given = kind.name_property in properties
            scope = room.scope(account, region, stack, more.get("LogicalId", ""), name, given=given)
            given_now = resolved(properties, scope.client)
            return cls(scope, properties, given_now, kind.create(given_now, scope))

        @classmethod
        def update_from_cloudformation_json(
            cls, original_resource: Self, new_resource_name: str, cloudformation_json: dict[str, Any], **_: str
        ) -> Self:
            properties = cloudformation_json.get("Properties", {})
            if properties == original_resource._properties:
                return original_resource
            # A generated name comes anew each time; the resource keeps the one it has.
            given = kind.name_property in properties
            scope = original_resource._scope.named(new_resource_name) if given else original_resource._scope
            given_now = resolved(properties, scope.client)
            made = kind.update(original_resource._made, original_resource._given, given_now, scope)
            return cls(scope, properties, given_now, made)

        def delete(self, _account: str, _region: str) -> None:
            kind.delete(self._made, self._given, self._scope)
            room.gone(self._scope)

    return Model


def _remarks(kind: Kind, properties: Mapping[str, Any]) -> Iterator[str]:
    unknown = sorted(set(properties) - kind.known)
    if unknown:
        yield f"{', '.join(unknown)} of {kind.type} {'are' if len(unknown) > 1 else 'is'} not emulated."
    yield from getattr(kind, "remarks", lambda _: ())(properties)
