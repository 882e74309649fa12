"""AWS::Logs::LogGroup, changed in place with what is logged (moto cannot change one).

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, changed, tags, tags_gone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::Logs::LogGroup"  # noqa: A001  # CloudFormation's own word
name_property = "LogGroupName"
known = frozenset({"KmsKeyId", "LogGroupName", "RetentionInDays", "Tags"})
_LONGEST_NAME = 512


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """CreateLogGroup, PutRetentionPolicy."""
    name, logs = scope.fit(_LONGEST_NAME), scope.client("logs")
    key = {"kmsKeyId": properties["KmsKeyId"]} if "KmsKeyId" in properties else {}
    logs.create_log_group(logGroupName=name, tags=tags(properties), **key)
    _retain(name, properties, scope)
    return Made(name, {"Arn": f"arn:aws:logs:{scope.region}:{scope.account}:log-group:{name}:*"})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """Retention and tags in place; another name, or a key where there is none to be changed, is another group."""
    if changed(old, new, "LogGroupName", "KmsKeyId"):
        delete(made, old, scope)
        return create(new, scope)
    logs = scope.client("logs")
    if "RetentionInDays" in old and "RetentionInDays" not in new:
        logs.delete_retention_policy(logGroupName=made.id)
    _retain(made.id, new, scope)
    if untagged := tags_gone(old, new):
        logs.untag_log_group(logGroupName=made.id, tags=untagged)
    if tags(new):
        logs.tag_log_group(logGroupName=made.id, tags=tags(new))
    return made


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteLogGroup."""
    scope.client("logs").delete_log_group(logGroupName=made.id)


def _retain(name: str, properties: Mapping[str, Any], scope: Scope) -> None:
    if "RetentionInDays" in properties:
        scope.client("logs").put_retention_policy(logGroupName=name, retentionInDays=int(properties["RetentionInDays"]))
