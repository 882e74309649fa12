"""The table of invoices, written by three functions at once and in any order, without reading first.

An item: `order_id`, `customer_id`, `total`, `currency`, `paid`, `refunded` (cents), `status`, and the ids already
counted in the string sets `paid_ids` and `refunded_ids`. Amounts are changed by expressions that DynamoDB applies
one after another. The status follows from the amounts: whoever changed them last sees them all in the answer, and
writes it under the condition that they are still the same; who finds them changed leaves it to the later one.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from shop.billing import CurrencyMismatchError, status_of
from shop.tables import marshal, refused, unmarshal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from shop.billing import Bill, Posting

SAME_CURRENCY = "(attribute_not_exists(currency) OR currency = :currency)"
NOT_COUNTED = "(attribute_not_exists(#ids) OR NOT contains(#ids, :id))"


class Invoices:
    """Writes to the table `table` (key `order_id`)."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def bill(self, bill: Bill) -> None:
        """Sets what the order asks for. Doing it again changes nothing.

        Raises:
            CurrencyMismatchError: when payments in another currency stand on the invoice.
        """
        self._change(
            bill.order_id,
            "SET customer_id = :customer, #total = :total, currency = :currency, "
            "#status = if_not_exists(#status, :status), "
            "paid = if_not_exists(paid, :none), refunded = if_not_exists(refunded, :none)",
            names={"#total": "total", "#status": "status"},
            values={
                ":customer": bill.customer_id,
                ":total": bill.total,
                ":currency": bill.currency,
                ":status": status_of(total=bill.total, paid=0, refunded=0),
                ":none": 0,
            },
            condition=SAME_CURRENCY,
        )

    def post(self, posting: Posting) -> None:
        """Adds the amount, unless its id has been counted.

        Raises:
            CurrencyMismatchError: when the invoice is in another currency.
        """
        other = "refunded" if posting.account == "paid" else "paid"
        settings = [
            "#account = if_not_exists(#account, :none) + :amount",
            "#other = if_not_exists(#other, :none)",
            "#status = if_not_exists(#status, :status)",
        ]
        values: dict[str, Any] = {
            ":amount": posting.amount,
            ":none": 0,
            ":status": status_of(total=None, paid=0, refunded=0),
            ":id": posting.posting_id,
            ":ids": {posting.posting_id},
        }
        condition = NOT_COUNTED
        if posting.currency is not None:
            settings.append("currency = if_not_exists(currency, :currency)")
            values[":currency"] = posting.currency
            condition += f" AND {SAME_CURRENCY}"
        self._change(
            posting.order_id,
            f"SET {', '.join(settings)} ADD #ids :ids",
            names={
                "#account": posting.account,
                "#other": other,
                "#status": "status",
                "#ids": f"{posting.account}_ids",
            },
            values=values,
            condition=condition,
        )

    def _change(
        self, order_id: str, expression: str, *, names: dict[str, str], values: dict[str, Any], condition: str
    ) -> None:
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=marshal({"order_id": order_id}),
                UpdateExpression=expression,
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=marshal(values),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
            invoice = unmarshal(answer["Attributes"])
        except ClientError as error:
            if not refused(error):
                raise
            invoice = unmarshal(error.response["Item"])  # type: ignore[typeddict-item]  # botocore's stubs lack it
            currency = values.get(":currency", invoice.get("currency"))
            if currency != invoice.get("currency", currency):
                raise CurrencyMismatchError(
                    f"The invoice of order {order_id} is in {invoice['currency']}, this is in {currency}"
                ) from error
        # Also after a refusal: the earlier delivery may have died between its two writes.
        self._settle(invoice)

    def _settle(self, invoice: Mapping[str, Any]) -> None:
        total, paid, refunded = invoice.get("total"), invoice["paid"], invoice["refunded"]
        status = status_of(total=total, paid=paid, refunded=refunded)
        if status == invoice["status"]:
            return
        try:
            self._client.update_item(
                TableName=self._table,
                Key=marshal({"order_id": invoice["order_id"]}),
                UpdateExpression="SET #status = :status",
                ConditionExpression="#total = :total AND paid = :paid AND refunded = :refunded",
                ExpressionAttributeNames={"#status": "status", "#total": "total"},
                ExpressionAttributeValues=marshal(
                    {":status": status, ":total": total, ":paid": paid, ":refunded": refunded}
                ),
            )
        except ClientError as error:
            if not refused(error):
                raise
