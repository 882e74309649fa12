"""AWS::EventSchemas::Registry. moto lacks the service.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-eventschemas-registry.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, changed, tags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::EventSchemas::Registry"  # noqa: A001  # CloudFormation's own word
name_property = "RegistryName"

known = frozenset({"Description", "RegistryName", "Tags"})
_LONGEST_NAME = 64


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """CreateRegistry."""
    name = scope.fit(_LONGEST_NAME)
    arn = scope.client("schemas").create_registry(
        RegistryName=name, Description=properties.get("Description", ""), Tags=tags(properties)
    )["RegistryArn"]
    return Made(arn, {"RegistryArn": arn, "RegistryName": name})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """UpdateRegistry; another name is another registry."""
    if changed(old, new, "RegistryName"):
        delete(made, old, scope)
        return create(new, scope)
    name = made.attributes["RegistryName"]
    scope.client("schemas").update_registry(RegistryName=name, Description=new.get("Description", ""))
    return made


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteRegistry."""
    scope.client("schemas").delete_registry(RegistryName=made.attributes["RegistryName"])
