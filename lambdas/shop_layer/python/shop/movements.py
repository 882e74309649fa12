"""Stock movements: what leaves and re-enters the warehouse, told to the stock keeper in order.

They travel over a FIFO topic: one message group an article, so each article's movements keep their order while
articles do not wait for each other; the movement's id deduplicates.
https://docs.aws.amazon.com/sns/latest/dg/fifo-topic-message-ordering.html
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from shop.events import Count, Frozen, Id, Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import PublishBatchRequestEntryTypeDef

Kind = Literal["reserved", "returned"]

BATCH = 10
"""Entries in one PublishBatch. https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html"""

SIGNS: dict[Kind, int] = {"reserved": -1, "returned": 1}


class StockMovement(Frozen):
    """So many pieces of one article leave (negative) or enter (positive) the stock, because of one order."""

    movement_id: Id
    sku: Id
    quantity: Count
    order_id: Id
    kind: Kind


class PublishError(RuntimeError):
    """The topic did not take every movement. Publishing all of them again is safe: ids deduplicate."""


def movements(lines: Iterable[Line], *, kind: Kind, cause_id: str, order_id: str) -> tuple[StockMovement, ...]:
    """One movement an article, in the order of the lines.

    Lines of the same article are added up: their movements would have the same id, and the topic would drop
    the second one as a duplicate.

    Args:
        lines: what moves.
        kind: decides the sign.
        cause_id: the order's or the return's id, the first part of the movements' ids.
        order_id: the order that the goods belong to.
    """
    pieces: Counter[str] = Counter()
    for line in lines:
        pieces[line.sku] += line.quantity
    return tuple(
        StockMovement(
            movement_id=f"{cause_id}:{sku}:{kind}",
            sku=sku,
            quantity=SIGNS[kind] * quantity,
            order_id=order_id,
            kind=kind,
        )
        for sku, quantity in pieces.items()
    )


def publish(client: SNSClient, topic_arn: str, moves: Sequence[StockMovement]) -> None:
    """Publishes to the FIFO topic, ten a call.

    Raises:
        PublishError: when the topic refused some, with its reasons.
    """
    for start in range(0, len(moves), BATCH):
        answer = client.publish_batch(
            TopicArn=topic_arn,
            PublishBatchRequestEntries=[
                _entry(position, move) for position, move in enumerate(moves[start : start + BATCH], start)
            ],
        )
        if refused := answer.get("Failed"):
            reasons = "; ".join(
                f"{moves[int(entry['Id'])].movement_id}: {entry['Code']} {entry.get('Message', '')}"
                for entry in refused
            )
            raise PublishError(f"{topic_arn} refused {len(refused)} stock movements: {reasons}")


def _entry(position: int, move: StockMovement) -> PublishBatchRequestEntryTypeDef:
    return {
        "Id": str(position),
        "Message": move.model_dump_json(),
        "MessageGroupId": move.sku,
        "MessageDeduplicationId": move.movement_id,
        "MessageAttributes": {"kind": {"DataType": "String", "StringValue": move.kind}},
    }
