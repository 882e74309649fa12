"""Event source mappings: filters and batches that Lambda refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.local import LocalCloud
    from tests.local.conftest import Deploy, Function
    from tests.local.door.conftest import Refusal

    Map = Callable[..., dict[str, Any]]

QUEUE = "arn:aws:sqs:us-east-1:111111111111:orders"


def filters(*patterns: str) -> dict[str, Any]:
    return {"FilterCriteria": {"Filters": [{"Pattern": pattern} for pattern in patterns]}}


@pytest.fixture
def mapped(deploy: Deploy, function: Function) -> Map:
    """What CreateEventSourceMapping needs: a queue (or a FIFO one) and a function."""
    queues = {
        "Orders": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "orders"}},
        "Ordered": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "orders.fifo", "FifoQueue": True}},
    }
    deploy({**queues, **function("Ship", "def handle(event, context): pass\n")})

    def request(*, fifo: bool = False, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - an API's own fields
        return {"EventSourceArn": f"{QUEUE}.fifo" if fifo else QUEUE, "FunctionName": "Ship", **more}

    return request


BAD: list[tuple[dict[str, Any], str, str]] = [
    (filters("{"), "InvalidParameterValueException", "Invalid filter pattern definition."),
    (filters("[]"), "InvalidParameterValueException", "Invalid filter pattern definition."),
    (filters('{"body":{"total":[]}}'), "InvalidParameterValueException", "Filters[0].Pattern: body.total"),
    (filters('{"body":["a"]}', '{"body":[{"prefiks":"a"}]}'), "InvalidParameterValueException", "Filters[1].Pattern"),
    (filters(*['{"body":["a"]}'] * 6), "InvalidParameterValueException", "Invalid filter pattern definition."),
    (filters("[" * 4_000), "InvalidParameterValueException", "Invalid filter pattern definition."),
    (filters('{"body":["' + "a" * 4_096 + '"]}'), "ValidationException", "length less than or equal to 4096"),
    ({"BatchSize": 10_001}, "ValidationException", "value less than or equal to 10000"),
    ({"BatchSize": 11}, "InvalidParameterValueException", "Maximum batch window in seconds must be greater than 0"),
    ({"MaximumBatchingWindowInSeconds": 301}, "ValidationException", "value less than or equal to 300"),
    ({"ScalingConfig": {"MaximumConcurrency": 1_001}}, "ValidationException", "value less than or equal to 1000"),
    ({"FunctionResponseTypes": ["ReportAll"]}, "ValidationException", "enum value set"),
    ({"fifo": True, "BatchSize": 11}, "InvalidParameterValueException", "BatchSize 11 exceeds"),
    ({"fifo": True, "MaximumBatchingWindowInSeconds": 1}, "InvalidParameterValueException", "not supported for FIFO"),
]


@pytest.mark.parametrize(("more", "code", "says"), BAD)
def test_a_mapping_that_lambda_refuses_is_neither_made_nor_changed_to(  # noqa: PLR0917 - pytest's own way
    cloud: LocalCloud, refusal: Refusal, mapped: Map, more: dict[str, Any], code: str, says: str
) -> None:
    client = cloud.client("lambda")
    found, message = refusal(client.create_event_source_mapping, **mapped(**more))
    assert (found, says in message) == (code, True), message
    assert client.list_event_source_mappings()["EventSourceMappings"] == []
    made = client.create_event_source_mapping(**mapped(fifo=more.get("fifo", False)))
    change = {name: value for name, value in more.items() if name != "fifo"}
    found, message = refusal(client.update_event_source_mapping, UUID=made["UUID"], **change)
    assert (found, says in message) == (code, True), message
    after = client.get_event_source_mapping(UUID=made["UUID"])
    assert (after["BatchSize"], after.get("FilterCriteria")) == (made["BatchSize"], None)


@pytest.mark.parametrize(
    "more",
    [
        filters(*['{"body":{"total":[{"numeric":[">",100]}]}}'] * 5),
        filters('{"body":["text"]}'),
        {"FilterCriteria": {"Filters": []}},
        {"BatchSize": 10_000, "MaximumBatchingWindowInSeconds": 300},
        {"BatchSize": 10, "ScalingConfig": {"MaximumConcurrency": 2}},
        {"fifo": True, "BatchSize": 10, "FunctionResponseTypes": ["ReportBatchItemFailures"]},
    ],
)
def test_a_mapping_just_inside_the_rules_is_made(cloud: LocalCloud, mapped: Map, more: dict[str, Any]) -> None:
    client = cloud.client("lambda")
    wanted = mapped(**more)
    made = client.create_event_source_mapping(**wanted)
    found = client.get_event_source_mapping(UUID=made["UUID"])
    assert {name: found[name] for name in wanted if name != "FunctionName"} == {
        name: value for name, value in wanted.items() if name != "FunctionName"
    }


def test_a_batch_grows_over_ten_with_a_window_that_is_there_already(
    cloud: LocalCloud, refusal: Refusal, mapped: Map
) -> None:
    client = cloud.client("lambda")
    made = client.create_event_source_mapping(**mapped(BatchSize=100, MaximumBatchingWindowInSeconds=5))
    client.update_event_source_mapping(UUID=made["UUID"], BatchSize=200)
    window = {"UUID": made["UUID"], "MaximumBatchingWindowInSeconds": 0}
    assert refusal(client.update_event_source_mapping, **window)[0] == "InvalidParameterValueException"


def test_a_filter_of_a_stream_must_be_an_object(cloud: LocalCloud, refusal: Refusal, mapped: Map) -> None:
    stream = "arn:aws:kinesis:us-east-1:111111111111:stream/orders"
    cloud.client("kinesis").create_stream(StreamName="orders", ShardCount=1)
    create = cloud.client("lambda").create_event_source_mapping
    request = mapped(EventSourceArn=stream, StartingPosition="LATEST")
    code, message = refusal(create, **request, **filters(json.dumps({"data": ["text"]})))
    assert (code, "Filters[0].Pattern: data" in message) == ("InvalidParameterValueException", True), message
    create(**request, **filters(json.dumps({"data": {"n": [1]}})))


def test_a_queue_must_hide_its_messages_as_long_as_the_function_may_take(
    cloud: LocalCloud, refusal: Refusal, mapped: Map
) -> None:
    client, sqs = cloud.client("lambda"), cloud.client("sqs")
    url = sqs.get_queue_url(QueueName="orders")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "29"})
    assert refusal(client.create_event_source_mapping, **mapped()) == (
        "InvalidParameterValueException",
        "Queue visibility timeout: 29 seconds is less than Function timeout: 30 seconds",
    )
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "30"})
    client.create_event_source_mapping(**mapped())
