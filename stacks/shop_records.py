"""What the shop remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import CfnOutput, RemovalPolicy, Stack, aws_dynamodb

if TYPE_CHECKING:
    from constructs import Construct


class ShopRecords(Stack):
    """The shop's tables, apart from the functions that use them: those may be torn down and rebuilt at any time.

    Billed by request, encrypted, restorable to any second of the last 35 days. They stay when the stack is deleted:
    what customers owe and own cannot be replayed from anywhere. A first deployment that fails leaves nothing behind.
    """

    def __init__(self, scope: Construct, construct_id: str, **props: Any) -> None:  # noqa: ANN401 (aws-cdk-lib's own properties)
        super().__init__(scope, construct_id, **props)
        self.reservations = self._table("Reservations", key="order_id")
        self.invoices = self._table("Invoices", key="order_id")
        self.returns = self._table("Returns", key="return_id")
        self.tickets = self._table("Tickets", key="question_id")
        self.stock = self._table("Stock", key="sku")
        # Of all functions: what they have done already, by business id. The names of key and attribute are Powertools'.
        self.idempotency = self._table("Idempotency", key="id", time_to_live_attribute="expiration")

    def _table(self, construct_id: str, *, key: str, **props: Any) -> aws_dynamodb.Table:  # noqa: ANN401 (aws-cdk-lib's own properties)
        table = aws_dynamodb.Table(
            self,
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
        CfnOutput(self, f"{construct_id}TableName", value=table.table_name)
        return table
