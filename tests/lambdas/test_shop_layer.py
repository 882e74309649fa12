"""The layer's own logic: no AWS in any of these."""

from dataclasses import make_dataclass
from typing import Any

import pytest
from pydantic import ValidationError

from tests.lambdas.aws_events import Json
from tests.lambdas.conftest import module_of
from tests.lambdas.trade import order_placed, payment_taken, question_asked, return_requested, stock_low

LAYER = "shop_layer/python"


@pytest.mark.parametrize(
    "event",
    [order_placed(), payment_taken(), return_requested(), question_asked(), stock_low()],
    ids=lambda event: str(event["detail-type"]),
)
def test_an_event_is_read_with_fields_that_a_producer_added(event: Json) -> None:
    # given
    events = module_of(LAYER, "shop.events")
    detail = getattr(events, event["detail-type"])
    event |= {"replay-name": "yesterday", "detail": event["detail"] | {"added": "by a newer producer"}}

    # when
    read = events.Event[detail].model_validate(event)

    # then
    assert read.id == event["id"]
    assert read.source == "shop.web"
    assert read.time.isoformat() == "2026-03-02T09:30:00+00:00"
    assert isinstance(read.detail, detail)


@pytest.mark.parametrize(
    ("event", "where"),
    [
        (order_placed(order_id=""), "detail.order_id"),
        (order_placed(country="Germany"), "detail.country"),
        (order_placed(currency="eur"), "detail.currency"),
        (order_placed(total=70.5), "detail.total"),
        (order_placed(total="7000"), "detail.total"),
        (order_placed(total=-1), "detail.total"),
        (order_placed(lines=[]), "detail.lines"),
        (order_placed(lines=[{"sku": "mug", "quantity": 0, "price": 1}]), "detail.lines.0.quantity"),
        (payment_taken(amount=0), "detail.amount"),
        (payment_taken(method="barter"), "detail.method"),
        (return_requested(refund=-1), "detail.refund"),
        (question_asked(urgency="very"), "detail.urgency"),
        (question_asked(topic="weather"), "detail.topic"),
        (stock_low(threshold=0), "detail.threshold"),
        ({**order_placed(), "time": "yesterday"}, "time"),
        ({**order_placed(), "detail": None}, "detail"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_an_event_with_a_field_that_makes_no_sense_is_refused(event: Json, where: str) -> None:
    # given
    events = module_of(LAYER, "shop.events")
    wanted = events.Event[getattr(events, event["detail-type"])]

    # when
    with pytest.raises(ValidationError) as refused:
        wanted.model_validate(event)

    # then
    first, *_ = refused.value.errors()
    assert ".".join(map(str, first["loc"])) == where


def test_all_missing_variables_are_named_at_once() -> None:
    # given
    environment = module_of("reserve_stock", "shop.environment")

    # when, then
    with pytest.raises(environment.MissingEnvironmentError, match="A_TABLE, B_TOPIC_ARN"):
        _declared(environment).read({"C_QUEUE_URL": "https://queue", "B_TOPIC_ARN": ""})


def test_variables_are_read_by_their_fields_names() -> None:
    # given
    declared = _declared(module_of(LAYER, "shop.environment"))

    # when
    read = declared.read({"A_TABLE": "a", "B_TOPIC_ARN": "b", "C_QUEUE_URL": "c", "PATH": "/bin"})

    # then
    assert (read.a_table, read.b_topic_arn, read.c_queue_url) == ("a", "b", "c")


def _declared(environment: Any) -> Any:  # noqa: ANN401 - a module outside of the checked tree
    return make_dataclass(
        "Declared",
        [("a_table", str), ("b_topic_arn", str), ("c_queue_url", str)],
        bases=(environment.Environment,),
        frozen=True,
        kw_only=True,
    )


@pytest.mark.parametrize(("kind", "sign"), [("reserved", -1), ("returned", 1)])
def test_lines_of_the_same_article_are_one_movement(kind: str, sign: int) -> None:
    # given
    events, movements = module_of(LAYER, "shop.events"), module_of(LAYER, "shop.movements")
    lines = [events.Line(sku=sku, quantity=quantity) for sku, quantity in (("mug", 2), ("pot", 1), ("mug", 3))]

    # when
    moves = movements.movements(lines, kind=kind, cause_id="x-1", order_id="o-1")

    # then
    assert [(move.movement_id, move.sku, move.quantity, move.order_id, move.kind) for move in moves] == [
        (f"x-1:mug:{kind}", "mug", sign * 5, "o-1", kind),
        (f"x-1:pot:{kind}", "pot", sign * 1, "o-1", kind),
    ]


@pytest.mark.parametrize(
    ("total", "paid", "refunded", "status"),
    [
        (None, 0, 0, "awaiting_order"),
        (None, 7_000, 1_500, "awaiting_order"),
        (7_000, 0, 0, "open"),
        (7_000, 6_999, 0, "open"),
        (7_000, 7_000, 0, "paid"),
        (7_000, 8_000, 0, "paid"),
        (7_000, 7_000, 1_500, "paid"),
        (7_000, 5_500, 1_500, "paid"),
        (7_000, 5_499, 1_500, "open"),
        (7_000, 7_000, 7_000, "refunded"),
        (7_000, 0, 7_000, "refunded"),
        (0, 0, 0, "paid"),
    ],
)
def test_an_invoices_status_follows_from_its_amounts(total: int | None, paid: int, refunded: int, status: str) -> None:
    billing = module_of(LAYER, "shop.billing")

    assert billing.status_of(total=total, paid=paid, refunded=refunded) == status
