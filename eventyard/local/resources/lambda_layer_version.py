"""AWS::Lambda::LayerVersion, whose `Ref` is its ARN (moto's has none); a change is a new version.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-layerversion.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::Lambda::LayerVersion"  # noqa: A001  # CloudFormation's own word
name_property = "LayerName"

_SAME = ("CompatibleArchitectures", "CompatibleRuntimes", "Description", "LicenseInfo")
known = frozenset({*_SAME, "Content", "LayerName"})
_LONGEST_NAME = 140


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """PublishLayerVersion."""
    arn = scope.client("lambda").publish_layer_version(
        LayerName=scope.fit(_LONGEST_NAME),
        Content=dict(properties["Content"]),
        **{name: properties[name] for name in _SAME if name in properties},
    )["LayerVersionArn"]
    return Made(arn, {"LayerVersionArn": arn})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """A new version first, so that its number grows; then the old one goes, which functions that have it keep."""
    fresh = create(new, scope)
    delete(made, old, scope)
    return fresh


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteLayerVersion."""
    layer, _, version = made.id.rpartition(":")
    scope.client("lambda").delete_layer_version(LayerName=layer, VersionNumber=int(version))
