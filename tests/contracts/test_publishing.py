from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from eventyard.contracts import ContractError, EventType, PublishError, publish
from eventyard.contracts.publishing import MOST_BYTES

if TYPE_CHECKING:
    from eventyard.local import LocalCloud


class Noted(EventType, source="shop.web"):
    """Somebody wrote something down."""

    text: str


class Client:
    """EventBridge's client as far as publishing sees it: answers each call as told, takes everything otherwise."""

    def __init__(self, *answers: Any) -> None:  # noqa: ANN401 - answers of PutEvents, or an error
        self.answers = list(answers)
        self.calls: list[list[str]] = []

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - boto3's own name
        """The events' ids, or what was told."""
        self.calls.append([json.loads(entry["Detail"])["text"] for entry in Entries])
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        return answer or {"Entries": [{"EventId": f"id-{text[:9]}"} for text in self.calls[-1]]}


def notes(*texts: str) -> list[EventType]:
    return [Noted(text=text) for text in texts]


def through(client: Client, events: list[EventType]) -> tuple[str, ...]:
    return publish(events, client=client, bus="commerce")  # type: ignore[arg-type]  # as far as it is used


def test_events_reach_a_bus(cloud: LocalCloud) -> None:
    events = cloud.client("events")
    events.create_event_bus(Name="commerce")

    ids = publish(notes("a", "b"), client=events, bus="commerce")

    assert [
        json.loads(cloud.ledger.story(event_id).chapters[0].event.content)["detail"]["text"] for event_id in ids
    ] == ["a", "b"]


def test_ten_entries_go_in_a_call_and_the_ids_come_back_in_order() -> None:
    client = Client()
    texts = [str(number) for number in range(23)]

    ids = through(client, notes(*texts))

    assert [len(call) for call in client.calls] == [10, 10, 3]
    assert ids == tuple(f"id-{text}" for text in texts)


def test_a_call_stays_under_a_megabyte() -> None:
    client = Client()

    through(client, notes(*("x" * 400_000 for _ in range(5))))

    assert [len(call) for call in client.calls] == [2, 2, 1]


def test_the_largest_event_goes_alone_and_one_byte_more_is_refused_before_anything_is_published() -> None:
    client = Client()
    beside = len("shop.web") + len("Noted") + len('{"text":""}')

    through(client, notes("a", "x" * (MOST_BYTES - beside), "b"))
    assert [len(call) for call in client.calls] == [1, 1, 1]

    with pytest.raises(ContractError, match=r"Noted \[1\]: 1,048,576 bytes"):
        through(client, notes("a", "x" * (MOST_BYTES - beside + 1)))
    assert len(client.calls) == 3


def test_every_event_that_is_refused_is_told_with_its_reason_and_the_rest_is_published() -> None:
    refusal = {"ErrorCode": "ThrottlingException", "ErrorMessage": "Rate exceeded"}
    client = Client({"Entries": [{"EventId": "id-0"}, refusal, *({"EventId": f"id-{n}"} for n in range(2, 10))]})
    events = notes(*(str(number) for number in range(12)))

    with pytest.raises(PublishError, match=r"1 of 12 events .* Noted \[1\]: ThrottlingException Rate exceeded") as told:
        through(client, events)

    (refused,) = told.value.refused
    assert (refused.position, refused.event, refused.code) == (1, events[1], "ThrottlingException")
    assert sorted(told.value.accepted) == [0, *range(2, 12)]


def test_a_call_that_fails_takes_no_other_events_with_it() -> None:
    denied = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "PutEvents")
    client = Client(None, denied)
    events = notes(*(str(number) for number in range(25)))

    with pytest.raises(PublishError) as told:
        through(client, events)

    assert [one.position for one in told.value.refused] == list(range(10, 20))
    assert {one.code for one in told.value.refused} == {"AccessDeniedException"}
    assert sorted(told.value.accepted) == [*range(10), *range(20, 25)]
    assert told.value.__cause__ is denied


def test_nothing_to_publish_is_no_call() -> None:
    client = Client()

    assert through(client, []) == ()
    assert client.calls == []
