import base64
import json

from tests.lambdas.aws_events import PLACED_AT, Json
from tests.lambdas.conftest import Functions
from tests.lambdas.trade import order_placed, payment_taken


def batch(*contents: str) -> Json:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-kinesisfirehose.html."""
    return {
        "invocationId": "invocation-1",
        "deliveryStreamArn": "arn:aws:firehose:us-east-1:111111111111:deliverystream/search",
        "region": "us-east-1",
        "records": [
            {
                "recordId": f"record-{number}",
                "approximateArrivalTimestamp": 1_772_000_000_000,
                "data": base64.b64encode(content.encode()).decode(),
            }
            for number, content in enumerate(contents)
        ],
    }


def data(record: Json) -> str:
    return base64.b64decode(record["data"]).decode()


def test_an_order_is_a_document_of_the_bulk_api(functions: Functions) -> None:
    # when
    answer = functions.load("index_order").invoke(batch(json.dumps(order_placed())))

    # then
    (record,) = answer["records"]
    assert (record["recordId"], record["result"]) == ("record-0", "Ok")
    action, document, end = data(record).split("\n")
    assert end == ""
    assert json.loads(action) == {"index": {"_index": "orders", "_id": "o-1"}}
    assert json.loads(document) == {
        "order_id": "o-1",
        "customer_id": "c-1",
        "country": "DE",
        "total": 7_000,
        "currency": "EUR",
        "skus": ["mug", "pot"],
        "channel": "shop.web",
        "placed_at": PLACED_AT.replace("Z", "+00:00"),
    }


def test_what_is_no_order_has_failed_as_it_came_and_the_others_of_its_batch_have_not(functions: Functions) -> None:
    # given
    bad = ["{not json", json.dumps(payment_taken()), json.dumps(order_placed(total="much"))]

    # when
    answer = functions.load("index_order").invoke(batch(*bad, json.dumps(order_placed())))

    # then
    assert [record["result"] for record in answer["records"]] == ["ProcessingFailed"] * 3 + ["Ok"]
    assert [data(record) for record in answer["records"][:3]] == bad
