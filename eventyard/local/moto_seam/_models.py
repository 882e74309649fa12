"""Our resource kinds as moto's CloudFormation takes them, and moto's failures as problems with a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Self

from moto.cloudformation.exceptions import UnformattedGetAttTemplateException

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources import Kind, Made, Scope


class Scopes(Protocol):
    """Gives a resource kind its account's clients."""

    def __call__(self, account: str, region: str, stack: str, logical_id: str, name: str) -> Scope:
        """The scope in which one resource is made."""


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


def model_of(kind: Kind, scopes: Scopes) -> type[Any]:  # noqa: C901  # one class, made here, counts as this function's
    """A class with the methods that moto's CloudFormation calls, which makes resources of `kind`.

    It is no subclass of CloudFormationModel: moto would pick it up for good, and the seams must come out.
    """

    class Model:
        def __init__(self, scope: Scope, properties: Mapping[str, Any], made: Made) -> None:
            self._scope = scope
            self._properties = properties
            self._made = made
            self.type = kind.type

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
            stack = more.get("StackId", "").split("/")[1:2]
            scope = scopes(account, region, "".join(stack), more.get("LogicalId", ""), name)
            properties = json.get("Properties", {})
            return cls(scope, properties, kind.create(properties, scope))

        @classmethod
        def update_from_cloudformation_json(
            cls, original_resource: Self, new_resource_name: str, cloudformation_json: dict[str, Any], **_: str
        ) -> Self:
            # A generated name comes anew each time; the resource keeps the one it has.
            given = kind.name_property in cloudformation_json.get("Properties", {})
            scope = original_resource._scope.named(new_resource_name) if given else original_resource._scope
            properties = cloudformation_json.get("Properties", {})
            made = kind.update(original_resource._made, original_resource._properties, properties, scope)
            return cls(scope, properties, made)

        def delete(self, _account: str, _region: str) -> None:
            kind.delete(self._made, self._properties, self._scope)

    return Model
