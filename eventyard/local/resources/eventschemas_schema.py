"""AWS::EventSchemas::Schema. moto lacks the service.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-eventschemas-schema.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, changed, tags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::EventSchemas::Schema"  # noqa: A001  # CloudFormation's own word
name_property = "SchemaName"

known = frozenset({"Content", "Description", "RegistryName", "SchemaName", "Tags", "Type"})
_LONGEST_NAME = 385


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """CreateSchema."""
    made = scope.client("schemas").create_schema(
        SchemaName=scope.fit(_LONGEST_NAME), Tags=tags(properties), **_given(properties)
    )
    return Made(made["SchemaArn"], _attributes(made))


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """UpdateSchema, which makes a new version of other content; another name or registry is another schema."""
    if changed(old, new, "RegistryName", "SchemaName"):
        delete(made, old, scope)
        return create(new, scope)
    found = scope.client("schemas").update_schema(SchemaName=made.attributes["SchemaName"], **_given(new))
    return Made(made.id, _attributes(found))


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:
    """DeleteSchema."""
    scope.client("schemas").delete_schema(
        RegistryName=properties["RegistryName"], SchemaName=made.attributes["SchemaName"]
    )


def _given(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: properties[name] for name in ("Content", "Description", "RegistryName", "Type") if name in properties}


def _attributes(found: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(found[name]) for name in ("SchemaArn", "SchemaName", "SchemaVersion")}
