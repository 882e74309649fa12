"""AWS::IAM::Role with its managed policies, changed in place (moto leaves out the one and most of the other).

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, changed, tags, tags_gone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::IAM::Role"  # noqa: A001  # CloudFormation's own word
name_property = "RoleName"
known = frozenset(
    {
        "AssumeRolePolicyDocument",
        "Description",
        "ManagedPolicyArns",
        "MaxSessionDuration",
        "Path",
        "PermissionsBoundary",
        "Policies",
        "RoleName",
        "Tags",
    }
)
_LONGEST_NAME = 64
_SESSION_SECONDS = 3600


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """CreateRole, PutRolePolicy, AttachRolePolicy."""
    name, iam = scope.fit(_LONGEST_NAME), scope.client("iam")
    more = {key: properties[key] for key in ("Path", "PermissionsBoundary") if key in properties}
    role = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=_text(properties["AssumeRolePolicyDocument"]),
        Description=properties.get("Description", ""),
        MaxSessionDuration=int(properties.get("MaxSessionDuration", _SESSION_SECONDS)),
        Tags=[{"Key": key, "Value": value} for key, value in tags(properties).items()],
        **more,
    )["Role"]
    _put_policies(name, properties, scope)
    return Made(name, {"Arn": role["Arn"], "RoleId": role["RoleId"]})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """Trust, policies and the rest in place; another name or path is another role."""
    if changed(old, new, "RoleName", "Path"):
        delete(made, old, scope)
        return create(new, scope)
    iam, name = scope.client("iam"), made.id
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=_text(new["AssumeRolePolicyDocument"]))
    iam.update_role(
        RoleName=name,
        Description=new.get("Description", ""),
        MaxSessionDuration=int(new.get("MaxSessionDuration", _SESSION_SECONDS)),
    )
    if "PermissionsBoundary" in new:
        iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=new["PermissionsBoundary"])
    elif "PermissionsBoundary" in old:
        iam.delete_role_permissions_boundary(RoleName=name)
    _remove_policies(name, old, new, scope)
    _put_policies(name, new, scope)
    if untagged := tags_gone(old, new):
        iam.untag_role(RoleName=name, TagKeys=untagged)
    if tags(new):
        iam.tag_role(RoleName=name, Tags=[{"Key": key, "Value": value} for key, value in tags(new).items()])
    return made


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:
    """DeleteRole, of which its policies are taken off before."""
    iam = scope.client("iam")
    _remove_policies(made.id, properties, {}, scope)
    for policy in iam.list_role_policies(RoleName=made.id)["PolicyNames"]:
        iam.delete_role_policy(RoleName=made.id, PolicyName=policy)
    iam.delete_role(RoleName=made.id)


def _put_policies(role: str, properties: Mapping[str, Any], scope: Scope) -> None:
    iam = scope.client("iam")
    for policy in properties.get("Policies", ()):
        document = _text(policy["PolicyDocument"])
        iam.put_role_policy(RoleName=role, PolicyName=policy["PolicyName"], PolicyDocument=document)
    for arn in properties.get("ManagedPolicyArns", ()):
        iam.attach_role_policy(RoleName=role, PolicyArn=arn)


def _remove_policies(role: str, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> None:
    iam = scope.client("iam")
    kept = {policy["PolicyName"] for policy in new.get("Policies", ())}
    for policy in old.get("Policies", ()):
        if policy["PolicyName"] not in kept:
            iam.delete_role_policy(RoleName=role, PolicyName=policy["PolicyName"])
    for arn in old.get("ManagedPolicyArns", ()):
        if arn not in new.get("ManagedPolicyArns", ()):
            iam.detach_role_policy(RoleName=role, PolicyArn=arn)


def _text(document: object) -> str:
    return document if isinstance(document, str) else json.dumps(document)
