"""Looking into a served cloud over HTTP: what is deployed, what flows, what happens, and an event's story."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from eventyard.local import ServedCloud

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ORDERS = "arn:aws:sqs:us-east-1:111111111111:orders"
NOWHERE = "arn:aws:sqs:us-east-1:111111111111:nowhere"
PREFIX = "/_eventyard"


@pytest.fixture
def shop() -> Iterator[ServedCloud]:
    """A queue that gets orders, a second target that is not there, and a dead-letter queue for what it misses."""
    with ServedCloud(port=0, enforce=False) as cloud:
        sqs, events = cloud.client("sqs"), cloud.client("events")
        for name in ("orders", "missed"):
            sqs.create_queue(QueueName=name)
        events.put_rule(Name="orders", EventPattern='{"source": ["shop.web"]}')
        missed = ORDERS.replace(":orders", ":missed")
        events.put_targets(
            Rule="orders",
            Targets=[
                {"Id": "1", "Arn": ORDERS},
                {"Id": "2", "Arn": NOWHERE, "DeadLetterConfig": {"Arn": missed}},
            ],
        )
        yield cloud


def publish(cloud: ServedCloud, source: str = "shop.web", detail_type: str = "OrderPlaced") -> str:
    entry = {"Source": source, "DetailType": detail_type, "Detail": "{}"}
    event_id: str = cloud.client("events").put_events(Entries=[entry])["Entries"][0]["EventId"]
    cloud.settle()
    return event_id


def get(cloud: ServedCloud, path: str, *, method: str = "GET", **query: object) -> tuple[int, Any]:
    connection = http.client.HTTPConnection(cloud.endpoint.removeprefix("http://"), timeout=30)
    connection.request(method, f"{PREFIX}/{path}?{urlencode(query)}")
    response = connection.getresponse()
    answer = response.status, json.loads(response.read())
    connection.close()
    return answer


def test_status_tells_what_is_deployed_and_what_became_of_what_went_over_each_edge(shop: ServedCloud) -> None:
    publish(shop)

    status, told = get(shop, "status")

    assert status == 200
    (place,) = told["places"]
    assert (place["account"], place["region"]) == ("111111111111", "us-east-1")
    assert [rule["name"] for rule in place["rules"]] == ["orders"]
    queues = {queue["name"]: (queue["visible"], queue["is_dead_letter_queue"]) for queue in place["queues"]}
    assert queues == {"orders": (1, False), "missed": (1, True)}
    flows = {edge["target"]: (edge["delivered"], edge["dead_lettered"], edge["deployed"]) for edge in told["edges"]}
    assert flows == {ORDERS: (1, 0, True), NOWHERE: (0, 1, True)}
    assert told["accounts"]["111111111111"]["matched"] == 2
    assert told["balance"]["holds"]


def test_an_edge_that_nothing_went_over_is_there_with_zeros(shop: ServedCloud) -> None:
    _, told = get(shop, "status")

    assert [(edge["deployed"], edge["delivered"], edge["pending"]) for edge in told["edges"]] == [(True, 0, 0)] * 2


def test_what_is_not_emulated_is_told_whoever_deployed_it(shop: ServedCloud, tmp_path: Path) -> None:
    def template(logical_id: str) -> str:
        return json.dumps({"Resources": {logical_id: {"Type": "AWS::AppFlow::Flow"}}})

    shop.client("cloudformation").create_stack(StackName="theirs", TemplateBody=template("Flow"))
    (tmp_path / "ours.json").write_text(template("Desk"))
    _, before = get(shop, "status")
    shop.deploy(tmp_path / "ours.json")
    _, after = get(shop, "status")

    assert [one["where"] for one in before["not_emulated"]] == ["theirs/Flow"]
    assert {one["where"] for one in after["not_emulated"]} == {"theirs/Flow", "ours/Desk"}


def test_a_story_is_told_by_the_beginning_of_the_events_id(shop: ServedCloud) -> None:
    event_id = publish(shop)

    status, told = get(shop, f"story/{event_id[:8]}")

    assert (status, told["event_id"]) == (200, event_id)
    (chapter,) = told["chapters"]
    assert {delivery["fate"] for delivery in chapter["deliveries"]} == {"delivered", "dead-lettered"}
    assert any("sqs:orders: delivered" in line for line in told["lines"])


def test_an_event_that_nobody_knows_is_not_found_and_the_answer_says_what_to_do(shop: ServedCloud) -> None:
    status, told = get(shop, "story/nonsense")

    assert (status, told["__type"]) == (404, "ResourceNotFoundException")
    assert "Use an EventId" in told["message"]


def test_tail_begins_with_the_last_that_happened_and_goes_on_with_what_is_new(shop: ServedCloud) -> None:
    publish(shop)
    _, first = get(shop, "tail", last=2)
    second_id = publish(shop, detail_type="OrderCancelled")

    _, more = get(shop, "tail", run=first["run"], after=first["next"], wait=10)

    assert [one["what"] for one in first["happenings"]] == ["fate", "fate"]
    event, *fates = more["happenings"]
    assert (event["what"], event["event"]["detail_type"]) == ("event", "OrderCancelled")
    assert {(one["event_id"], one["fate"]) for one in fates} == {
        (second_id, "delivered"),
        (second_id, "dead-lettered"),
    }
    assert more["missed"] == 0


@pytest.mark.parametrize(
    ("wanted", "seen"),
    [
        ({}, [("event", ""), ("fate", "delivered"), ("fate", "dead-lettered"), ("event", "")]),
        ({"fate": "delivered"}, [("fate", "delivered")]),
        ({"to": "nowhere"}, [("fate", "dead-lettered")]),
        ({"to": "nowhere", "attempts": "1"}, [("attempt", "pending"), ("fate", "dead-lettered")]),
        ({"edge": "rule→sqs"}, [("fate", "delivered"), ("fate", "dead-lettered")]),
        ({"source": "till"}, [("event", "")]),
        ({"detail_type": "OrderPlaced", "fate": "dead-lettered"}, [("fate", "dead-lettered")]),
        ({"account": "222222222222"}, []),
        ({"account": "111111111111", "source": "till"}, [("event", "")]),
    ],
)
def test_tail_shows_what_is_asked_for(shop: ServedCloud, wanted: dict[str, str], seen: list[tuple[str, str]]) -> None:
    publish(shop)
    publish(shop, source="till")

    _, told = get(shop, "tail", last=100, **wanted)

    # Two deliveries of one event end in either order.
    assert sorted((one["what"], one.get("fate", "")) for one in told["happenings"]) == sorted(seen)


def test_a_number_of_another_run_counts_from_the_start_of_this_one(shop: ServedCloud) -> None:
    publish(shop)

    _, told = get(shop, "tail", run="another", after=999)

    assert told["happenings"][0]["number"] == 1
    assert told["run"] != "another"


def test_whoever_waits_for_news_or_hangs_up_holds_up_nobody(shop: ServedCloud) -> None:
    """Given two who wait for news, one of whom goes away, when somebody publishes, then it takes no time."""
    host, port = shop.endpoint.removeprefix("http://").split(":")
    _, now = get(shop, "tail")
    request = f"GET {PREFIX}/tail?run={now['run']}&after={now['next']}&wait=20 HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=10) as waiting:
        waiting.sendall(request.encode())
        with socket.create_connection((host, int(port)), timeout=10) as leaving:
            leaving.sendall(request.encode())

        event_id = publish(shop)

        assert event_id.encode() in waiting.recv(65_536)


def test_news_are_told_while_somebody_has_the_turn(shop: ServedCloud) -> None:
    """As during a deployment, which may take a while."""
    event_id = publish(shop)
    told: list[Any] = []
    with shop._yard.turn:  # noqa: SLF001 - as `deploy` does, for longer than any test wants to
        asking = threading.Thread(
            target=lambda: told.extend([get(shop, "tail", last=3), get(shop, f"story/{event_id}")])
        )
        asking.start()
        asking.join(timeout=10)

    assert [status for status, _ in told] == [200, 200]


@pytest.mark.parametrize(
    ("path", "method", "query", "wanted"),
    [
        ("nonsense", "GET", {}, (404, "UnknownOperationException")),
        ("status", "POST", {}, (405, "MethodNotAllowed")),
        ("tail", "GET", {"after": "-1"}, (400, "ValidationException")),
        ("tail", "GET", {"wait": "1e9"}, (400, "ValidationException")),
    ],
)
def test_what_is_not_there_is_refused(
    shop: ServedCloud, path: str, method: str, query: dict[str, str], wanted: tuple[int, str]
) -> None:
    status, told = get(shop, path, method=method, **query)

    assert (status, told["__type"]) == wanted


@pytest.mark.parametrize("header", [("Host", "shop.example"), ("Origin", "https://shop.example")])
def test_nobody_else_may_look(shop: ServedCloud, header: tuple[str, str]) -> None:
    connection = http.client.HTTPConnection(shop.endpoint.removeprefix("http://"), timeout=10)
    connection.request("GET", f"{PREFIX}/status", headers=dict([header]))
    assert connection.getresponse().status == 403
    connection.close()


def test_the_ledger_is_given_as_a_whole(shop: ServedCloud) -> None:
    event_id = publish(shop)

    _, told = get(shop, "ledger")

    assert [event["id"] for event in told["events"]] == [event_id]


def test_it_ends_at_once_although_somebody_waits_for_news() -> None:
    with ServedCloud(port=0) as cloud:
        _, now = get(cloud, "tail")
        host, port = cloud.endpoint.removeprefix("http://").split(":")
        waiting = socket.create_connection((host, int(port)), timeout=10)
        query = f"run={now['run']}&after={now['next']}&wait=20"
        waiting.sendall(f"GET {PREFIX}/tail?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    with waiting, suppress(ConnectionError):
        # An answer, or a hang-up; a TimeoutError fails.
        waiting.recv(65_536)
