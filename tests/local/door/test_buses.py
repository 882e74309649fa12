"""CreateEventBus, archives and replays."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from eventyard.local import LocalCloud
    from tests.local.door.conftest import Refusal

EVENTS = "arn:aws:events:us-east-1:111111111111:"
PATTERN = '{"source":["shop.web"]}'


@pytest.mark.parametrize(
    ("request_", "code", "says"),
    [
        ({"Name": "default"}, "ResourceAlreadyExistsException", "default already exists"),
        ({"Name": "taken"}, "ResourceAlreadyExistsException", "taken already exists"),
        ({"Name": "a bus"}, "ValidationException", "at 'name' failed to satisfy constraint"),
        ({"Name": "a/bus"}, "ValidationException", "must not contain '/'"),
        ({"Name": "b" * 257}, "ValidationException", "less than or equal to 256"),
        ({"Name": "b", "Description": "d" * 513}, "ValidationException", "less than or equal to 512"),
        ({"Name": "b", "LogConfig": {"Level": "LOUD"}}, "ValidationException", "at 'logConfig.level'"),
        (
            {"Name": "b", "DeadLetterConfig": {"Arn": "arn:aws:sqs:us-east-1:111111111111:q.fifo"}},
            "ValidationException",
            "standard SQS queue",
        ),
    ],
)
def test_a_bus_that_eventbridge_refuses_is_refused(
    cloud: LocalCloud, refusal: Refusal, request_: dict[str, Any], code: str, says: str
) -> None:
    events = cloud.client("events")
    events.create_event_bus(Name="taken")
    found, message = refusal(events.create_event_bus, **request_)
    assert (found, says in message) == (code, True), message


def test_an_account_has_a_hundred_buses_a_region(cloud: LocalCloud, refusal: Refusal) -> None:
    events = cloud.client("events")
    for number in range(99):
        events.create_event_bus(Name=f"bus{number}")
    assert refusal(events.create_event_bus, Name="another")[0] == "LimitExceededException"
    assert refusal(events.create_event_bus, Name="bus7")[0] == "ResourceAlreadyExistsException"
    cloud.client("events", region="eu-west-1").create_event_bus(Name="another")


@pytest.mark.parametrize(
    ("request_", "code", "says"),
    [
        ({"ArchiveName": "an archive"}, "ValidationException", "at 'archiveName'"),
        ({"ArchiveName": "a" * 49}, "ValidationException", "less than or equal to 48"),
        ({"EventPattern": "{"}, "InvalidEventPatternException", "Event pattern is not valid."),
        ({"EventPattern": '{"a":[{"prefiks":"b"}]}'}, "InvalidEventPatternException", "prefiks"),
        ({"EventPattern": "[" * 3_000}, "InvalidEventPatternException", "Event pattern is not valid."),
        ({"EventSourceArn": f"{EVENTS}event-bus/nowhere"}, "ResourceNotFoundException", "nowhere does not exist"),
        ({"EventSourceArn": "default"}, "ValidationException", "at 'eventSourceArn'"),
        ({"ArchiveName": "taken"}, "ResourceAlreadyExistsException", "taken already exists"),
    ],
)
def test_an_archive_that_eventbridge_refuses_is_refused(
    cloud: LocalCloud, refusal: Refusal, request_: dict[str, Any], code: str, says: str
) -> None:
    events = cloud.client("events")
    bus = f"{EVENTS}event-bus/default"
    events.create_archive(ArchiveName="taken", EventSourceArn=bus)
    found, message = refusal(events.create_archive, **{"ArchiveName": "a", "EventSourceArn": bus, **request_})
    assert (found, says in message) == (code, True), message


def test_an_archives_pattern_may_be_as_long_as_a_rules_and_is_not_changed_to_a_bad_one(
    cloud: LocalCloud, refusal: Refusal
) -> None:
    events = cloud.client("events")
    longest = PATTERN.replace("shop.web", "s" * (2_048 - len(PATTERN) + len("shop.web")))
    events.create_archive(ArchiveName="all", EventSourceArn=f"{EVENTS}event-bus/default", EventPattern=longest)
    code, _ = refusal(events.update_archive, ArchiveName="all", EventPattern='{"a":[{"prefiks":"b"}]}')
    assert code == "InvalidEventPatternException"
    assert events.describe_archive(ArchiveName="all")["EventPattern"] == longest
    events.update_archive(ArchiveName="all", EventPattern=PATTERN)
    assert events.describe_archive(ArchiveName="all")["EventPattern"] == PATTERN


def replay(**request: Any) -> dict[str, Any]:  # noqa: ANN401 - StartReplay's own fields
    return {
        "ReplayName": "again",
        "EventSourceArn": f"{EVENTS}archive/all",
        "EventStartTime": datetime(2026, 1, 1, tzinfo=UTC),
        "EventEndTime": datetime(2026, 1, 2, tzinfo=UTC),
        "Destination": {"Arn": f"{EVENTS}event-bus/commerce"},
        **request,
    }


@pytest.mark.parametrize(
    ("request_", "code", "says"),
    [
        ({"ReplayName": "a replay"}, "ValidationException", "at 'replayName'"),
        ({"ReplayName": "taken"}, "ResourceAlreadyExistsException", "Replay taken already exists."),
        ({"EventSourceArn": f"{EVENTS}archive/nothing"}, "ValidationException", "Archive nothing does not exist."),
        ({"EventEndTime": datetime(2026, 1, 1, tzinfo=UTC)}, "ValidationException", "must be before EventEndTime"),
        ({"EventEndTime": datetime(2025, 1, 1, tzinfo=UTC)}, "ValidationException", "must be before EventEndTime"),
        ({"Destination": {"Arn": "commerce"}}, "ValidationException", "Must contain an event bus ARN."),
        ({"Destination": {"Arn": f"{EVENTS}event-bus/nowhere"}}, "ResourceNotFoundException", "nowhere"),
        ({"Destination": {"Arn": f"{EVENTS}event-bus/default"}}, "ValidationException", "Cross event bus replay"),
        (
            {"Destination": {"Arn": f"{EVENTS}event-bus/commerce", "FilterArns": [f"{EVENTS}rule/commerce/nobody"]}},
            "ValidationException",
            "rule/commerce/nobody is no rule of the event bus",
        ),
        (
            {"Destination": {"Arn": f"{EVENTS}event-bus/commerce", "FilterArns": [f"{EVENTS}rule/elsewhere"]}},
            "ValidationException",
            "rule/elsewhere is no rule of the event bus",
        ),
    ],
)
def test_a_replay_that_eventbridge_refuses_is_refused(
    cloud: LocalCloud, refusal: Refusal, request_: dict[str, Any], code: str, says: str
) -> None:
    events = cloud.client("events")
    events.create_event_bus(Name="commerce")
    events.put_rule(Name="elsewhere", EventPattern=PATTERN)
    rule = events.put_rule(Name="here", EventPattern=PATTERN, EventBusName="commerce")["RuleArn"]
    events.create_archive(ArchiveName="all", EventSourceArn=f"{EVENTS}event-bus/commerce")
    events.start_replay(
        **replay(ReplayName="taken", Destination={"Arn": f"{EVENTS}event-bus/commerce", "FilterArns": [rule]})
    )
    found, message = refusal(events.start_replay, **replay(**request_))
    assert (found, says in message) == (code, True), message
