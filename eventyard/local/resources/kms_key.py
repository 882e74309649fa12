"""AWS::KMS::Key, whose policy, description, rotation and state change in place (moto cannot change one).

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, changed, tags, tags_gone, true

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::KMS::Key"  # noqa: A001  # CloudFormation's own word
name_property = ""

_AT_CREATION = ("KeySpec", "KeyUsage", "MultiRegion", "Origin")
known = frozenset(
    {
        *_AT_CREATION,
        "Description",
        "EnableKeyRotation",
        "Enabled",
        "KeyPolicy",
        "PendingWindowInDays",
        "Tags",
    }
)
_PENDING_DAYS = 30


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """CreateKey, EnableKeyRotation, DisableKey."""
    kms = scope.client("kms")
    same = {name: properties[name] for name in _AT_CREATION if name in properties}
    if "MultiRegion" in same:
        same["MultiRegion"] = true(same["MultiRegion"])
    if "KeyPolicy" in properties:
        same["Policy"] = _policy(properties)
    found = kms.create_key(
        Description=properties.get("Description", ""),
        Tags=[{"TagKey": key, "TagValue": value} for key, value in tags(properties).items()],
        **same,
    )["KeyMetadata"]
    made = Made(found["KeyId"], {"Arn": found["Arn"], "KeyId": found["KeyId"]})
    _set_state(made, {}, properties, scope)
    return made


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """In place; another spec, usage or origin is another key."""
    if changed(old, new, *_AT_CREATION):
        delete(made, old, scope)
        return create(new, scope)
    kms = scope.client("kms")
    if changed(old, new, "KeyPolicy"):
        kms.put_key_policy(KeyId=made.id, PolicyName="default", Policy=_policy(new))
    kms.update_key_description(KeyId=made.id, Description=new.get("Description", ""))
    _set_state(made, old, new, scope)
    if untagged := tags_gone(old, new):
        kms.untag_resource(KeyId=made.id, TagKeys=untagged)
    if tags(new):
        kms.tag_resource(KeyId=made.id, Tags=[{"TagKey": k, "TagValue": v} for k, v in tags(new).items()])
    return made


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:
    """ScheduleKeyDeletion."""
    days = int(properties.get("PendingWindowInDays", _PENDING_DAYS))
    scope.client("kms").schedule_key_deletion(KeyId=made.id, PendingWindowInDays=days)


def _policy(properties: Mapping[str, Any]) -> str:
    policy = properties["KeyPolicy"]
    return policy if isinstance(policy, str) else json.dumps(policy)


def _set_state(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> None:
    kms = scope.client("kms")
    if true(new.get("EnableKeyRotation", False)):
        kms.enable_key_rotation(KeyId=made.id)
    elif true(old.get("EnableKeyRotation", False)):
        kms.disable_key_rotation(KeyId=made.id)
    if not true(new.get("Enabled", True)):
        kms.disable_key(KeyId=made.id)
    elif not true(old.get("Enabled", True)):
        kms.enable_key(KeyId=made.id)
