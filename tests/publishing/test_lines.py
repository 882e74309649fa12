"""What a line may be, for a bus and for a topic."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.errors import EventyardError
from eventyard.local import LocalCloud
from eventyard.publishing import Bus, Topic, items_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ENTRY = {"Source": "shop.web", "DetailType": "OrderPlaced", "Detail": {"order_id": "o-1"}}
ATTRIBUTES = {"country": {"DataType": "String", "StringValue": "DE"}}


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud() as running:
        yield running


@pytest.fixture(scope="module")
def bus(cloud: LocalCloud) -> Bus:
    return Bus(cloud.client("events"), "default")


@pytest.fixture(scope="module")
def topic(cloud: LocalCloud) -> Topic:
    sns = cloud.client("sns")
    return Topic(sns, sns.create_topic(Name="news")["TopicArn"])


def entries(to: Bus | Topic, *lines: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any JSON
    raw = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    return [item.entry for item in items_of(raw, to, "events.jsonl")]


def test_an_entry_goes_as_it_is_with_its_detail_as_text(bus: Bus) -> None:
    assert entries(bus, ENTRY) == [{**ENTRY, "Detail": '{"order_id": "o-1"}', "EventBusName": "default"}]


def test_a_detail_that_is_a_text_stays_as_it_is(bus: Bus) -> None:
    text = '{ "price" : 1.10 }'
    assert entries(bus, {**ENTRY, "Detail": text})[0]["Detail"] == text


def test_a_whole_event_goes_as_a_new_one_with_its_time_and_resources(bus: Bus) -> None:
    event = {
        "version": "0",
        "id": "7",
        "account": "111111111111",
        "region": "eu-west-1",
        "detail-type": "OrderPlaced",
        "source": "shop.web",
        "time": "2026-01-01T08:00:00Z",
        "resources": ["a"],
        "detail": {"order_id": "o-1"},
    }
    (entry,) = entries(bus, event)
    assert (entry["Time"], entry["Resources"]) == (datetime(2026, 1, 1, 8, tzinfo=UTC), ["a"])
    assert "id" not in entry


def test_empty_lines_and_a_byte_order_mark_are_passed_over(bus: Bus) -> None:
    line = json.dumps(ENTRY).encode()
    items = items_of([b"\xef\xbb\xbf" + line, b"\n", b"  \n", line], bus, "f")
    assert [item.line for item in items] == [1, 4]


def test_a_message_goes_as_it_is_and_an_object_as_its_text(topic: Topic) -> None:
    given = {"Message": {"a": "ä"}, "Subject": "news", "MessageAttributes": ATTRIBUTES}
    assert entries(topic, given) == [{**given, "Message": '{"a": "ä"}'}]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{'", "line 1: it is not valid JSON"),
        (b"\xff", "line 1: it is not valid JSON"),
        (b"[1]", "line 1: it is not a JSON object. Write one object a line."),
        ({**ENTRY, "Source": ""}, "line 1: Source: it is required."),
        ({**ENTRY, "Source": 7}, "line 1: Source: it is no text."),
        ({**ENTRY, "Detail": [1]}, "line 1: Detail: it is no JSON object."),
        ({**ENTRY, "Detail": "hello"}, "line 1: Detail: it is no JSON object."),
        ({**ENTRY, "Time": "soon"}, "line 1: Time: 'soon' is no time. Write it as 2026-01-01T08:00:00Z."),
        ({**ENTRY, "EventBusName": "other"}, "line 1: EventBusName: it is other, and not default."),
        ({**ENTRY, "detail": {}}, "line 1: detail: an entry of PutEvents has only"),
        ({**ENTRY, "Detail": {"a": "x" * 1_048_576}}, "line 1: 1,048,604 bytes are more than"),
    ],
)
def test_what_a_bus_would_not_take_is_said_with_its_line(bus: Bus, line: object, said: str) -> None:
    with pytest.raises(EventyardError) as raised:
        entries(bus, line)
    assert str(raised.value).startswith(f"events.jsonl, {said}")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"Subject": "x"}, "line 1: Message: it is required."),
        ({"Message": "x", "Id": "1"}, "line 1: Id: an entry of PublishBatch has only"),
        ({"Message": "x", "MessageAttributes": {"a": "b"}}, "line 1: MessageAttributes: it is not what"),
        ({"Message": "x" * 262_145}, "line 1: 262,145 bytes are more than"),
    ],
)
def test_what_a_topic_would_not_take_is_said_with_its_line(topic: Topic, line: object, said: str) -> None:
    with pytest.raises(EventyardError) as raised:
        entries(topic, line)
    assert str(raised.value).startswith(f"events.jsonl, {said}")


def test_a_fifo_topic_wants_groups(cloud: LocalCloud) -> None:
    sns = cloud.client("sns")
    fifo = Topic(sns, sns.create_topic(Name="moves.fifo", Attributes={"FifoTopic": "true"})["TopicArn"])

    assert fifo.ordered
    with pytest.raises(EventyardError, match="MessageGroupId: a FIFO topic requires it"):
        entries(fifo, {"Message": "x"})


def test_sizes_are_those_that_the_local_cloud_counts(cloud: LocalCloud, bus: Bus, topic: Topic) -> None:
    """What fits to the byte is taken; batches are made by these sizes."""
    (largest,) = items_of([json.dumps({**ENTRY, "Detail": {"a": "x" * 1_048_547}}).encode()], bus, "f")
    assert largest.size == 1_048_575
    assert bus.send([largest.entry])[0].id
    message = {"Message": "x" * (262_144 - 15), "MessageAttributes": ATTRIBUTES}
    (largest,) = items_of([json.dumps(message).encode()], topic, "f")
    assert largest.size == 262_144
    assert topic.send([largest.entry])[0].id
    cloud.settle()


def test_a_bus_or_topic_that_is_not_there_is_said_before_anything_is_sent(cloud: LocalCloud) -> None:
    with pytest.raises(EventyardError, match="bus nowhere: there is no such bus"):
        Bus(cloud.client("events"), "nowhere")
    with pytest.raises(EventyardError, match="there is no such topic"):
        Topic(cloud.client("sns"), "arn:aws:sns:us-east-1:111111111111:nowhere")
