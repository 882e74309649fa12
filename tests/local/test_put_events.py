"""PutEvents: what it refuses, entry by entry, and what becomes of what nobody wants."""

from __future__ import annotations

import json
from datetime import UTC, datetime
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
        ({"Detail": '{"n": NaN}'}, "MalformedDetail", "Detail is malformed."),
        ({"Detail": f'{{"n": {2**63}}}'}, "MalformedDetail", "Detail is malformed."),
        ({"Detail": f'{{"n": {-(2**63) - 1}}}'}, "MalformedDetail", "Detail is malformed."),
        ({"Detail": f'{{"n": {"9" * 5_000}}}'}, "MalformedDetail", "Detail is malformed."),
        ({"Detail": '{"n":' * 1_001 + "1" + "}" * 1_001}, "MalformedDetail", "Detail is malformed."),
        ({"Detail": '{"n":' * 50_000 + "1" + "}" * 50_000}, "MalformedDetail", "Detail is malformed."),
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


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"EventBusName": "a bus"}, "at 'entries.1.member.eventBusName' failed to satisfy constraint"),
        ({"EventBusName": "arn:aws:sqs:us-east-1:111111111111:q"}, "at 'entries.1.member.eventBusName'"),
        ({"EventBusName": "b" * 1_601}, "less than or equal to 1600"),
        ({"Resources": ["r" * 2_049]}, "at 'entries.1.member.resources.1.member' failed to satisfy constraint"),
        ({"TraceHeader": "t" * 501}, "at 'entries.1.member.traceHeader' failed to satisfy constraint"),
    ],
)
def test_what_the_services_model_rules_out_fails_the_whole_request(cloud: LocalCloud, entry: Json, says: str) -> None:
    with pytest.raises(cloud.client("events").exceptions.ClientError) as caught:
        cloud.client("events").put_events(Entries=[{**GOOD, **entry}, GOOD])
    error = caught.value.response["Error"]
    assert (error["Code"], says in error["Message"]) == ("ValidationException", True), error
    assert cloud.ledger.events == []


@pytest.mark.parametrize(
    "entry",
    [
        {"DetailType": "x" * 128},
        {"Source": "awsome"},
        {"Resources": ["r" * 2_048] * 3, "TraceHeader": "t" * 500},
        {"Detail": f'{{"n": [{2**63 - 1}, {-(2**63)}, 1e400, 12345678901234567890.5], "n": null}}'},
        {"Detail": '{"n":' * 500 + "1" + "}" * 500},
        {"EventBusName": "default"},
        {"EventBusName": "arn:aws:events:us-east-1:111111111111:event-bus/default"},
    ],
)
def test_an_entry_just_inside_the_limits_is_accepted(cloud: LocalCloud, entry: Json) -> None:
    answer = cloud.client("events").put_events(Entries=[{**GOOD, **entry}])
    assert answer["FailedEntryCount"] == 0
    assert len(cloud.ledger.events) == 1


def test_a_request_may_be_one_byte_short_of_a_megabyte_as_aws_counts(cloud: LocalCloud) -> None:
    """Source, DetailType, Detail and Resources in UTF-8, and 14 bytes for a Time."""
    entry: Json = {"Source": "s", "DetailType": "t", "Resources": ["\u00e9"], "Time": datetime(2026, 1, 1, tzinfo=UTC)}
    rest = 1_048_576 - len("st") - 2 - 14 - len('{"x":""}')
    events = cloud.client("events")
    with pytest.raises(events.exceptions.ClientError, match="over the limit"):
        events.put_events(Entries=[{**entry, "Detail": '{"x":"' + "y" * rest + '"}'}])
    answer = events.put_events(Entries=[{**entry, "Detail": '{"x":"' + "y" * (rest - 1) + '"}'}])
    assert answer["FailedEntryCount"] == 0


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
