"""AWS::DynamoDB::Table with expiry and recovery, changed in place with its items (moto's does neither).

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, changed, tags, tags_gone, true

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::DynamoDB::Table"  # noqa: A001  # CloudFormation's own word
name_property = "TableName"

# A change of these is another table.
_FIXED = ("KeySchema", "LocalSecondaryIndexes", "TableName")
known = frozenset(
    {
        *_FIXED,
        "AttributeDefinitions",
        "BillingMode",
        "DeletionProtectionEnabled",
        "GlobalSecondaryIndexes",
        "PointInTimeRecoverySpecification",
        "ProvisionedThroughput",
        "SSESpecification",
        "StreamSpecification",
        "Tags",
        "TimeToLiveSpecification",
    }
)
_LONGEST_NAME = 255


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """CreateTable, UpdateTimeToLive, UpdateContinuousBackups."""
    name, dynamodb = scope.fit(_LONGEST_NAME), scope.client("dynamodb")
    more: dict[str, Any] = {}
    if "LocalSecondaryIndexes" in properties:
        more["LocalSecondaryIndexes"] = properties["LocalSecondaryIndexes"]
    if "GlobalSecondaryIndexes" in properties:
        more["GlobalSecondaryIndexes"] = [_index(index) for index in properties["GlobalSecondaryIndexes"]]
    if "SSESpecification" in properties:
        more["SSESpecification"] = _encryption(properties["SSESpecification"])
    if "StreamSpecification" in properties:
        more["StreamSpecification"] = _stream(properties)
    table = dynamodb.create_table(
        TableName=name,
        KeySchema=properties["KeySchema"],
        AttributeDefinitions=properties["AttributeDefinitions"],
        DeletionProtectionEnabled=true(properties.get("DeletionProtectionEnabled", False)),
        Tags=[{"Key": key, "Value": value} for key, value in tags(properties).items()],
        **_capacity(properties),
        **more,
    )["TableDescription"]
    _keep(name, {}, properties, scope)
    return _made(table)


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """UpdateTable and the rest, each only for what differs; encryption stays as it was made."""
    if changed(old, new, *_FIXED):
        delete(made, old, scope)
        return create(new, scope)
    dynamodb = scope.client("dynamodb")
    change: dict[str, Any] = {}
    if changed(old, new, "BillingMode", "ProvisionedThroughput"):
        change.update(_capacity(new))
    if changed(old, new, "DeletionProtectionEnabled"):
        change["DeletionProtectionEnabled"] = true(new.get("DeletionProtectionEnabled", False))
    if changed(old, new, "StreamSpecification"):
        change["StreamSpecification"] = _stream(new)
    if indexes := list(_index_changes(old, new)):
        change["AttributeDefinitions"] = new["AttributeDefinitions"]
        change["GlobalSecondaryIndexUpdates"] = indexes
    if change:
        dynamodb.update_table(TableName=made.id, **change)
    _keep(made.id, old, new, scope)
    arn = made.attributes["Arn"]
    if untagged := tags_gone(old, new):
        dynamodb.untag_resource(ResourceArn=arn, TagKeys=untagged)
    if tags(new):
        dynamodb.tag_resource(ResourceArn=arn, Tags=[{"Key": k, "Value": v} for k, v in tags(new).items()])
    return _made(dynamodb.describe_table(TableName=made.id)["Table"])


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteTable."""
    scope.client("dynamodb").delete_table(TableName=made.id)


def _made(table: Mapping[str, Any]) -> Made:
    attributes = {"Arn": table["TableArn"]}
    if "LatestStreamArn" in table:
        attributes["StreamArn"] = table["LatestStreamArn"]
    return Made(table["TableName"], attributes)


def _keep(name: str, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> None:
    dynamodb = scope.client("dynamodb")
    if changed(old, new, "TimeToLiveSpecification"):
        expiry = new.get("TimeToLiveSpecification") or {**old["TimeToLiveSpecification"], "Enabled": False}
        dynamodb.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={
                "AttributeName": expiry["AttributeName"],
                "Enabled": true(expiry["Enabled"]),
            },
        )
    if changed(old, new, "PointInTimeRecoverySpecification"):
        recovery = new.get("PointInTimeRecoverySpecification") or {}
        wanted: dict[str, Any] = {"PointInTimeRecoveryEnabled": true(recovery.get("PointInTimeRecoveryEnabled", False))}
        if "RecoveryPeriodInDays" in recovery:
            wanted["RecoveryPeriodInDays"] = int(recovery["RecoveryPeriodInDays"])
        dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=wanted)


def _capacity(properties: Mapping[str, Any]) -> dict[str, Any]:
    if properties.get("BillingMode") == "PAY_PER_REQUEST":
        return {"BillingMode": "PAY_PER_REQUEST"}
    throughput = properties.get("ProvisionedThroughput", {})
    return {
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": {name: int(value) for name, value in throughput.items()},
    }


def _index(index: Mapping[str, Any]) -> dict[str, Any]:
    known = ("IndexName", "KeySchema", "Projection")
    found = {name: index[name] for name in known}
    if "ProvisionedThroughput" in index:
        found["ProvisionedThroughput"] = {name: int(v) for name, v in index["ProvisionedThroughput"].items()}
    return found


def _index_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    before = {index["IndexName"]: index for index in old.get("GlobalSecondaryIndexes", ())}
    after = {index["IndexName"]: index for index in new.get("GlobalSecondaryIndexes", ())}
    for name, index in before.items():
        if after.get(name) != index:
            yield {"Delete": {"IndexName": name}}
    for name, index in after.items():
        if before.get(name) != index:
            yield {"Create": _index(index)}


def _encryption(wanted: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: wanted[name] for name in ("KMSMasterKeyId", "SSEType") if name in wanted}
    return {"Enabled": true(wanted["SSEEnabled"]), **found}


def _stream(properties: Mapping[str, Any]) -> dict[str, Any]:
    stream = properties.get("StreamSpecification")
    if stream is None:
        return {"StreamEnabled": False}
    return {"StreamEnabled": True, "StreamViewType": stream["StreamViewType"]}
