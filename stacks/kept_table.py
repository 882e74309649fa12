"""A table that outlives its stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import CfnOutput, RemovalPolicy, aws_dynamodb

if TYPE_CHECKING:
    from constructs import Construct


def kept_table(scope: Construct, construct_id: str, *, key: str, **props: Any) -> aws_dynamodb.Table:  # noqa: ANN401 (aws-cdk-lib's own properties)
    """A table billed by request, encrypted, restorable to any second of the last 35 days; its name is an output.

    It stays when the stack is deleted: what was kept in it cannot be replayed from anywhere. A first deployment that
    fails leaves nothing behind.
    """
    table = aws_dynamodb.Table(
        scope,
        construct_id,
        partition_key=aws_dynamodb.Attribute(name=key, type=aws_dynamodb.AttributeType.STRING),
        billing_mode=aws_dynamodb.BillingMode.PAY_PER_REQUEST,
        encryption=aws_dynamodb.TableEncryption.AWS_MANAGED,
        point_in_time_recovery_specification=aws_dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        **props,
    )
    CfnOutput(scope, f"{construct_id}TableName", value=table.table_name)
    return table
