"""PutEvents: what it refuses, entry by entry, and what becomes of what nobody wants."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from eventyard.local import Fate, LocalCloud

if TYPE_CHECKING:
    from tests.local.conftest import Json, Put

GOOD: Any = {"Source": "shop.web", "DetailType": "OrderPlaced", "Detail": "{}"}


@pytest.mark.parametrize(
    ("entry", "code", "message"),
    [
        ({"Source": None}, "InvalidArgument", "Parameter Source is not valid. Reason: Source is a required argument."),
        (
            {"DetailType": None},
            "InvalidArgument",
            "Parameter DetailType is not valid. Reason: DetailType is a required argument.",
        ),
        ({"Detail": None}, "InvalidArgument", "Parameter Detail is not valid. Reason: Detail is a required argument."),
        ({"Detail": "{"}, "MalformedDetail", "Detail is malformed."),
        ({"Detail": "[1]"}, "MalformedDetail", "Detail is malformed."),
        ({"Detail": '"text"'}, "MalformedDetail", "Detail is malformed."),
        ({"Source": "aws.s3"}, "NotAuthorizedForSourceException", "Not authorized for the source."),
        (
            {"DetailType": "x" * 129},
            "InvalidArgument",
            "Parameter DetailType is not valid. Reason: it is longer than 128 characters.",
        ),
    ],
)
def test_an_entry_is_refused_at_its_own_position_and_the_others_are_accepted(
    cloud: LocalCloud, entry: Json, code: str, message: str
) -> None:
    bad = {name: value for name, value in {**GOOD, **entry}.items() if value is not None}
    answer = cloud.client("events").put_events(Entries=[GOOD, bad, GOOD])
    first, refused, third = answer["Entries"]
    assert answer["FailedEntryCount"] == 1
    assert refused == {"ErrorCode": code, "ErrorMessage": message}
    assert [event.id for event in cloud.ledger.events] == [first["EventId"], third["EventId"]]


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ([GOOD] * 11, "length less than or equal to 10"),
        ([{**GOOD, "Detail": json.dumps({"x": "y" * 600_000})}] * 2, "over the limit"),
        ([{"DetailType": "t", "Detail": "{}"}, {"Source": "s", "Detail": "{}"}], "Source is a required argument"),
    ],
    ids=["eleven entries", "a megabyte", "none is whole"],
)
def test_a_request_as_a_whole_is_refused(cloud: LocalCloud, entries: list[Any], says: str) -> None:
    with pytest.raises(cloud.client("events").exceptions.ClientError, match=says) as caught:
        cloud.client("events").put_events(Entries=entries)
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    assert cloud.ledger.events == []


def test_an_event_to_a_bus_that_is_not_there_is_accepted_and_gone_which_the_ledger_shows(
    cloud: LocalCloud, put: Put
) -> None:
    event = put(EventBusName="nowhere")
    cloud.settle()
    (lost,) = cloud.ledger.deliveries_of(event)
    assert lost.fate is Fate.DROPPED
    assert "event-bus/nowhere" in lost.reason


def test_an_event_that_no_rule_wants_is_an_event_without_deliveries(cloud: LocalCloud, put: Put) -> None:
    event = put()
    cloud.settle()
    assert cloud.ledger.deliveries_of(event) == []
    assert "no rule wants it" in str(cloud.ledger.story(event))
    cloud.ledger.assert_sound()


def test_plain_boto3_clients_reach_the_cloud_as_its_own_account_and_region() -> None:
    with LocalCloud(account="333333333333", region="eu-west-1") as cloud:
        boto3.client("events").put_events(Entries=[GOOD])
        assert boto3.client("sts").get_caller_identity()["Account"] == "333333333333"
        assert [event.to for event in cloud.ledger.events] == [
            "arn:aws:events:eu-west-1:333333333333:event-bus/default"
        ]


def test_an_event_to_another_accounts_bus_is_of_the_senders_account(cloud: LocalCloud) -> None:
    theirs = cloud.client("events", account="222222222222")
    bus = theirs.create_event_bus(Name="partner")["EventBusArn"]
    theirs.put_permission(EventBusName="partner", StatementId="us", Action="events:PutEvents", Principal="111111111111")
    cloud.client("events").put_events(Entries=[{**GOOD, "EventBusName": bus}])
    (event,) = cloud.ledger.events
    assert event.to == bus
    assert json.loads(event.content)["account"] == "111111111111"
