"""Who in the shop got what, and what came of it: read from the ledger, the tables and the queues."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from eventyard.local import Fate, readable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventyard.local import Ledger, LocalCloud

# The shop's consumers, in the order of the table. A function's own name stands in its ARN.
CONSUMERS = {
    "ReserveStock": "warehouse",
    "ReceiveReturn": "warehouse",
    "TrackStock": "warehouse",
    "ReorderStock": "warehouse",
    "OpenInvoice": "finance",
    "RecordPayment": "finance",
    "RefundOrder": "finance",
    "OpenTicket": "customer service",
    "ThankCustomer": "customer service",
    "CustomerCare": "customer service",
    "Fulfiller": "partners",
    "accountant.example.com": "partners",
    "Ledger": "partners",
    "RecordSale": "analytics, eu-west-1",
    "forecast": "analytics, eu-west-1",
    "partner-orders": "the partner's account",
    "plan-supply": "the partner's account",
    "Refunds": "the partner's account",
    "FileReturn": "the partner's account",
    "WriteIncident": "operations",
    "pager.example": "operations",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One consumer's day: how many messages came, were filtered away, failed attempts, dead letters, what it did."""

    department: str
    consumer: str
    received: int
    filtered: int
    failed: int
    dead_lettered: int
    effects: str


def rows(cloud: LocalCloud) -> Iterator[Row]:
    """A row for each consumer."""
    deliveries = cloud.ledger.deliveries
    # A queue with a function behind it is a stage on the way; one without is read by people.
    behind = {d.edge.source: d.edge.target for d in deliveries if d.edge.kind == "sqs→lambda"}
    received: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    dead: Counter[str] = Counter()
    for delivery in deliveries:
        if delivery.edge.target in behind:
            continue
        name = _name(delivery.edge.target)
        received[name] += 1
        failed[name] += sum(1 for attempt in delivery.attempts if attempt.code)
        dead[name] += delivery.fate == "dead-lettered"
    filtered: Counter[str] = Counter()
    for edge, count in cloud.ledger.filtered.items():
        filtered[_name(behind.get(edge.target, edge.target))] += count
    effects = _effects(cloud)
    for consumer, department in CONSUMERS.items():
        yield Row(
            department,
            consumer,
            received[consumer],
            filtered[consumer],
            failed[consumer],
            dead[consumer],
            effects.get(consumer, ""),
        )


def _name(arn: str) -> str:
    """`OpenInvoice` of the function `lambda:OrderFanout/OpenInvoiceFunction`; of an endpoint its host."""
    if not arn.startswith("arn:"):
        return urlsplit(arn).netloc
    return re.split("[/:]", readable(arn))[-1].removesuffix("Function").removesuffix("ApiDestination")


def received_from_others(ledger: Ledger, account: str) -> int:
    """How many deliveries came to an account from other accounts."""
    return sum(
        counts[Fate.DELIVERED]
        for edge, counts in ledger.flows.items()
        if f":{account}:" in edge.target and edge.source.startswith("arn:") and f":{account}:" not in edge.source
    )


def _effects(cloud: LocalCloud) -> dict[str, str]:
    tables = outputs(cloud, "ShopRecords")
    queues = outputs(cloud, "OrderFanout")
    invoices = _items(cloud, tables["InvoicesTableName"])
    stock = _items(cloud, tables["StockTableName"])
    movements = sum(len(article["history"]["L"]) for article in stock)
    thanks = sum(event.kind == "sqs" and _name(event.to) == "CustomerCare" for event in cloud.ledger.events)
    care = _messages(cloud, queues["CustomerCareQueueUrl"])
    return {
        "ReserveStock": f"{len(_items(cloud, tables['ReservationsTableName']))} reservations",
        "ReceiveReturn": f"{len(_items(cloud, tables['ReturnsTableName']))} returns",
        "TrackStock": f"{movements} movements",
        "ReorderStock": f"{_messages(cloud, queues['PurchaseOrdersQueueUrl'])} purchase orders",
        "OpenInvoice": f"{sum('total' in invoice for invoice in invoices)} invoices",
        "RecordPayment": f"{_counted(invoices, 'paid_ids')} payments",
        "RefundOrder": f"{_counted(invoices, 'refunded_ids')} refunds",
        "OpenTicket": f"{len(_items(cloud, tables['TicketsTableName']))} tickets",
        "ThankCustomer": f"{thanks} thank-yous asked for",
        "CustomerCare": f"{care} messages waiting",
    }


def _counted(invoices: list[dict[str, Any]], ids: str) -> int:
    return sum(len(invoice.get(ids, {"SS": []})["SS"]) for invoice in invoices)


def outputs(cloud: LocalCloud, stack: str) -> dict[str, str]:
    """A stack's outputs, by their names."""
    found = cloud.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    return {output["OutputKey"]: output["OutputValue"] for output in found}


def _items(cloud: LocalCloud, table: str) -> list[dict[str, Any]]:
    pages = cloud.client("dynamodb").get_paginator("scan").paginate(TableName=table)
    return [item for page in pages for item in page["Items"]]


def _messages(cloud: LocalCloud, queue: str) -> int:
    answer = cloud.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])
