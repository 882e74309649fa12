"""How an order is found: what of it goes into the search index."""

import json

from shop.events import Event, OrderPlaced


def document_for(event: Event[OrderPlaced], index: str) -> str:
    """Two lines of OpenSearch's bulk API: what to do, and the document.

    https://docs.opensearch.org/latest/api-reference/document-apis/bulk/

    The order's id is the document's: an order that comes twice is one document.
    """
    order = event.detail
    action = {"index": {"_index": index, "_id": order.order_id}}
    document = {
        "order_id": order.order_id,
        "customer_id": order.customer_id,
        "country": order.country,
        "total": order.total,
        "currency": order.currency,
        "skus": sorted({line.sku for line in order.lines}),
        "channel": event.source,
        "placed_at": event.time.isoformat(),
    }
    return f"{json.dumps(action)}\n{json.dumps(document)}\n"
