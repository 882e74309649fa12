"""What the tills of the branches print: a line a sale, as they have for twenty years.

`SALE;TILL;NUMBER;COUNTRY;CURRENCY;SKU*QUANTITY*PRICE,SKU*QUANTITY*PRICE`, prices in cents. There are other lines
(`VOID;`, `OPEN;`, `CLOSE;`), which nobody outside of the branch needs.
"""

from pydantic import ValidationError
from shop.events import OrderLine, OrderPlaced

FIELDS, ARTICLE_FIELDS = 6, 3
WALK_IN = "walk-in"
"""Who buys at a till does not say who they are."""


class UnreadableSaleError(ValueError):
    """A line that is no sale. Trying again will not help."""


def order_of(line: str) -> OrderPlaced:
    """The order that a line of a till tells of.

    Raises:
        UnreadableSaleError: when it has not the fields of a sale.
    """
    fields = line.strip().split(";")
    if len(fields) != FIELDS or fields[0] != "SALE":
        raise UnreadableSaleError(f"A sale has {FIELDS} fields, beginning with SALE; this line has {len(fields)}.")
    _, till, number, country, currency, articles = fields
    try:
        lines = [_article(text) for text in articles.split(",")]
        return OrderPlaced.model_validate(
            {
                "order_id": f"{till}-{number}",
                "customer_id": WALK_IN,
                "country": country,
                "currency": currency,
                "total": sum(line.quantity * line.price for line in lines),
                "lines": lines,
            }
        )
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, fault["loc"])) for fault in error.errors())
        raise UnreadableSaleError(f"The sale {till}-{number} is no order: {wrong}") from None


def _article(text: str) -> OrderLine:
    fields = text.split("*")
    if len(fields) != ARTICLE_FIELDS or not (fields[1].isdecimal() and fields[2].isdecimal()):
        raise UnreadableSaleError(f"{text!r} is no SKU*QUANTITY*PRICE")
    return OrderLine(sku=fields[0], quantity=int(fields[1]), price=int(fields[2]))
