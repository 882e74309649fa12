"""How a movement changes the stock of its article: one step, which counts each movement once.

An item: `sku`, `level` (pieces) and `history` (movement ids, oldest first). DynamoDB changes the level and notes the
movement together, and only if it is not noted yet; so a repetition changes nothing, whatever came in between.
An item holds 400 KB, which is some ten thousand movements of an article.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
"""

from shop.movements import StockMovement

CHANGE = "SET #history = list_append(if_not_exists(#history, :nothing), :movements) ADD #level :quantity"
NOT_COUNTED = "attribute_not_exists(#history) OR NOT contains(#history, :movement)"
NAMES = {"#history": "history", "#level": "level"}


def values_for(movement: StockMovement) -> dict[str, int | str | list[str]]:
    """The values of the two expressions, plain."""
    return {
        ":nothing": [],
        ":movements": [movement.movement_id],
        ":movement": movement.movement_id,
        ":quantity": movement.quantity,
    }
