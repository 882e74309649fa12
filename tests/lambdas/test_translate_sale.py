import pytest

from tests.lambdas.aws_events import Json
from tests.lambdas.conftest import Functions, Log

LINE = "SALE;T07;4711;DE;EUR;tea*2*450,cup*1*1200"


def message(body: str, message_id: str = "message-1") -> Json:
    return {"messageId": message_id, "body": body}


def test_a_line_of_a_till_is_an_order(functions: Functions) -> None:
    # when
    orders = functions.load("translate_sale").invoke([message(LINE)])

    # then
    assert orders == [
        {
            "order_id": "T07-4711",
            "customer_id": "walk-in",
            "country": "DE",
            "currency": "EUR",
            "total": 2_100,
            "lines": [
                {"sku": "tea", "quantity": 2, "price": 450},
                {"sku": "cup", "quantity": 1, "price": 1_200},
            ],
        }
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("VOID;T07;4711", "A sale has 6 fields"),
        ("SALE;T07;4711;DE;EUR;tea*two*450", "is no SKU"),
        ("SALE;T07;4711;Germany;EUR;tea*2*450", "country"),
        ("SALE;T07;4711;DE;EUR;tea*0*450", "quantity"),
    ],
)
def test_a_line_it_cannot_read_fails_the_invocation_and_is_named_in_the_log(
    line: str, reason: str, log: Log, functions: Functions
) -> None:
    # given
    translate_sale = functions.load("translate_sale")

    # when
    with pytest.raises(ValueError, match=reason):
        translate_sale.invoke([message(LINE), message(line, "message-7")])

    # then
    assert reason in log.failures()["message-7"]
