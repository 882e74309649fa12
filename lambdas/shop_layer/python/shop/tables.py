"""Plain values in and out of DynamoDB's low-level client, which the idempotency store needs too.

boto3's Table resource would convert by itself, but costs a second client and its models at every start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

CONDITION_FAILED = "ConditionalCheckFailedException"
"""The code with which DynamoDB refuses a write because its condition does not hold."""


def marshal(values: Mapping[str, Any]) -> dict[str, AttributeValueTypeDef]:
    """Plain values (strings, integers, sets and lists of them, mappings) in DynamoDB's notation."""
    serialize = TypeSerializer().serialize
    return {name: serialize(value) for name, value in values.items()}


def unmarshal(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item's plain values; numbers are Decimals."""
    deserialize = TypeDeserializer().deserialize
    return {name: deserialize(value) for name, value in item.items()}


def refused(error: ClientError) -> bool:
    """Whether DynamoDB refused a write because its condition does not hold."""
    return error.response["Error"]["Code"] == CONDITION_FAILED


def put_new(client: DynamoDBClient, table: str, item: Mapping[str, Any], *, key: str) -> bool:
    """Puts an item unless its key is taken; says whether it did.

    What stands there already stays: a late repetition does not undo what happened to it since.
    """
    try:
        client.put_item(
            TableName=table,
            Item=marshal(item),
            ConditionExpression="attribute_not_exists(#key)",
            ExpressionAttributeNames={"#key": key},
        )
    except ClientError as error:
        if refused(error):
            return False
        raise
    return True
