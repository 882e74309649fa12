"""AWS::Events::Archive, with an EventPattern that is an object (on which moto's fails).

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-archive.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, changed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::Events::Archive"  # noqa: A001  # CloudFormation's own word
name_property = "ArchiveName"
known = frozenset({"ArchiveName", "Description", "EventPattern", "KmsKeyIdentifier", "RetentionDays", "SourceArn"})
_LONGEST_NAME = 48


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """CreateArchive."""
    name = scope.fit(_LONGEST_NAME)
    arn = scope.client("events").create_archive(
        ArchiveName=name, EventSourceArn=properties["SourceArn"], **_changeable(properties)
    )["ArchiveArn"]
    return Made(name, {"Arn": arn, "ArchiveName": name})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """UpdateArchive: what is archived stays."""
    if changed(old, new, "SourceArn", "ArchiveName"):
        delete(made, old, scope)
        return create(new, scope)
    gone = {"KmsKeyIdentifier": ""} if "KmsKeyIdentifier" in old else {}
    scope.client("events").update_archive(ArchiveName=made.id, **{**gone, **_changeable(new)})
    return made


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteArchive."""
    scope.client("events").delete_archive(ArchiveName=made.id)


def _changeable(properties: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "Description" in properties:
        found["Description"] = properties["Description"]
    if "EventPattern" in properties:
        found["EventPattern"] = json.dumps(properties["EventPattern"])
    if "KmsKeyIdentifier" in properties:
        found["KmsKeyIdentifier"] = properties["KmsKeyIdentifier"]
    if "RetentionDays" in properties:
        found["RetentionDays"] = int(properties["RetentionDays"])
    return found
