"""PutRule, DeleteRule, TestEventPattern: what EventBridge refuses, and what is just inside its limits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from eventyard.local import LocalCloud
    from tests.local.door.conftest import Refusal

PATTERN = '{"source":["shop.web"]}'


def pattern_of(characters: int) -> str:
    return PATTERN.replace("shop.web", "s" * (characters - len(PATTERN) + len("shop.web")))


BAD_RULES: list[tuple[dict[str, Any], str, str]] = [
    ({}, "ValidationException", "Parameter(s) EventPattern or ScheduleExpression must be specified."),
    ({"Name": "my rule", "EventPattern": PATTERN}, "ValidationException", "at 'name' failed to satisfy"),
    ({"Name": "r" * 65, "EventPattern": PATTERN}, "ValidationException", "length less than or equal to 64"),
    ({"EventPattern": PATTERN, "State": "ON"}, "ValidationException", "Value 'ON' at 'state' failed to satisfy"),
    ({"EventPattern": PATTERN, "Description": "d" * 513}, "ValidationException", "less than or equal to 512"),
    ({"EventPattern": PATTERN, "EventBusName": "a bus"}, "ValidationException", "at 'eventBusName'"),
    ({"EventPattern": PATTERN, "EventBusName": "nowhere"}, "ResourceNotFoundException", "bus nowhere does not exist"),
    ({"EventPattern": "{"}, "InvalidEventPatternException", "Event pattern is not valid. Reason: "),
    ({"EventPattern": "[]"}, "InvalidEventPatternException", "Event pattern is not valid. Reason: "),
    ({"EventPattern": "{}"}, "InvalidEventPatternException", "Event pattern is not valid. Reason: "),
    ({"EventPattern": '{"a":[]}'}, "InvalidEventPatternException", "a: "),
    ({"EventPattern": '{"a":"b"}'}, "InvalidEventPatternException", "a: "),
    ({"EventPattern": '{"a":[{"numerik":["=",1]}]}'}, "InvalidEventPatternException", "numerik"),
    ({"EventPattern": '{"a":[{"wildcard":"**"}]}'}, "InvalidEventPatternException", "a[0]"),
    ({"EventPattern": '{"a":' * 5_00 + "[1]" + "}" * 500}, "InvalidEventPatternException", "characters"),
    ({"EventPattern": pattern_of(2_049)}, "InvalidEventPatternException", "2,048"),
    ({"EventPattern": pattern_of(4_097)}, "ValidationException", "length less than or equal to 4096"),
    ({"ScheduleExpression": "rate(5 minute)"}, "ValidationException", "Parameter ScheduleExpression is not valid."),
    ({"ScheduleExpression": "rate(1 hours)"}, "ValidationException", "Parameter ScheduleExpression is not valid."),
    ({"ScheduleExpression": "cron(0 12 * * * *)"}, "ValidationException", "Parameter ScheduleExpression is not valid."),
    ({"ScheduleExpression": "* * * * *"}, "ValidationException", "Parameter ScheduleExpression is not valid."),
    (
        {"ScheduleExpression": "rate(5 minutes)", "EventBusName": "commerce"},
        "ValidationException",
        "ScheduleExpression is supported only on the default event bus.",
    ),
]


@pytest.mark.parametrize(("request_", "code", "says"), BAD_RULES)
def test_a_rule_that_eventbridge_refuses_is_refused(
    cloud: LocalCloud, refusal: Refusal, request_: dict[str, Any], code: str, says: str
) -> None:
    events = cloud.client("events")
    events.create_event_bus(Name="commerce")
    found, message = refusal(events.put_rule, **{"Name": "rule", **request_})
    assert (found, says in message) == (code, True), message
    assert events.list_rules()["Rules"] == []


@pytest.mark.parametrize(
    "request_",
    [
        {"Name": "r" * 64, "EventPattern": PATTERN},
        {"Name": "Rule.of_the-2", "EventPattern": PATTERN},
        {"EventPattern": pattern_of(2_048)},
        {"EventPattern": '{"$or":[{"source":["a"]},{"detail":{"ip":[{"cidr":"10.0.0.0/8"}]}}]}'},
        {"EventPattern": PATTERN, "State": "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"},
        {"EventPattern": PATTERN, "ScheduleExpression": "rate(1 minute)"},
        {"ScheduleExpression": "cron(0/30 20-2 ? * MON-FRI *)"},
    ],
)
def test_a_rule_just_inside_the_limits_is_made(cloud: LocalCloud, request_: dict[str, Any]) -> None:
    wanted = {"Name": "rule", **request_}
    cloud.client("events").put_rule(**wanted)
    made = cloud.client("events").describe_rule(Name=wanted["Name"])
    assert {name: made[name] for name in wanted} == wanted


def test_a_bus_takes_three_hundred_rules_and_changes_to_them(cloud: LocalCloud, refusal: Refusal) -> None:
    events = cloud.client("events")
    for number in range(300):
        events.put_rule(Name=f"rule{number}", EventPattern=PATTERN)
    assert refusal(events.put_rule, Name="another", EventPattern=PATTERN)[0] == "LimitExceededException"
    events.put_rule(Name="rule7", EventPattern=PATTERN, State="DISABLED")
    events.create_event_bus(Name="commerce")
    events.put_rule(Name="another", EventPattern=PATTERN, EventBusName="commerce")


def test_a_bus_takes_thirty_rules_with_wildcards(cloud: LocalCloud, refusal: Refusal) -> None:
    events = cloud.client("events")
    for number in range(30):
        nested = {"detail": {"name": [{"anything-but": {"wildcard": "a*b"}}]}}
        pattern = {"source": [{"wildcard": "shop.*"}]} if number % 2 else {"$or": [nested, {"source": ["a"]}]}
        events.put_rule(Name=f"rule{number}", EventPattern=json.dumps(pattern))
    wild = '{"source":[{"wildcard":"*.web"}]}'
    assert refusal(events.put_rule, Name="another", EventPattern=wild)[0] == "LimitExceededException"
    events.put_rule(Name="rule7", EventPattern=wild)
    events.put_rule(Name="plain", EventPattern=PATTERN)
    events.put_rule(Name="a-field-of-that-name", EventPattern='{"detail":{"wildcard":["a"],"b":["wildcard"]}}')


def test_a_rule_with_targets_is_not_deleted(cloud: LocalCloud, refusal: Refusal) -> None:
    events = cloud.client("events")
    events.put_rule(Name="rule", EventPattern=PATTERN)
    events.put_targets(Rule="rule", Targets=[{"Id": "q", "Arn": "arn:aws:sqs:us-east-1:111111111111:q"}])
    assert refusal(events.delete_rule, Name="rule") == (
        "ValidationException",
        "Rule can't be deleted since it has targets.",
    )
    events.remove_targets(Rule="rule", Ids=["q"])
    events.delete_rule(Name="rule")
    events.delete_rule(Name="rule")
    assert refusal(events.delete_rule, Name="rule", EventBusName="nowhere")[0] == "ResourceNotFoundException"


def test_an_archives_own_rule_is_left_alone_unless_forced(cloud: LocalCloud, refusal: Refusal) -> None:
    events = cloud.client("events")
    bus = "arn:aws:events:us-east-1:111111111111:event-bus/default"
    events.create_archive(ArchiveName="all", EventSourceArn=bus)
    (rule,) = [rule["Name"] for rule in events.list_rules()["Rules"]]
    (target,) = events.list_targets_by_rule(Rule=rule)["Targets"]
    refused = [
        refusal(events.put_rule, Name=rule, EventPattern=PATTERN),
        refusal(events.put_targets, Rule=rule, Targets=[target]),
        refusal(events.remove_targets, Rule=rule, Ids=[target["Id"]]),
        refusal(events.delete_rule, Name=rule),
    ]
    assert {code for code, _ in refused} == {"ManagedRuleException"}
    events.remove_targets(Rule=rule, Ids=[target["Id"]], Force=True)
    events.delete_rule(Name=rule, Force=True)


EVENT = {
    "id": "1",
    "account": "111111111111",
    "source": "shop.web",
    "time": "2026-01-01T00:00:00Z",
    "region": "us-east-1",
    "resources": [],
    "detail-type": "OrderPlaced",
    "detail": {"total": 120, "items": [{"sku": "a", "count": 1}, {"sku": "b", "count": 2}]},
}


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ({"source": ["shop.web"]}, True),
        ({"source": ["shop.app"]}, False),
        ({"detail": {"total": [{"numeric": [">", 100]}]}}, True),
        ({"detail": {"items": {"sku": ["a"], "count": [2]}}}, False),
        ({"detail": {"items": {"sku": ["b"], "count": [2]}}}, True),
        ({"$or": [{"source": ["x"]}, {"detail-type": [{"wildcard": "Order*"}]}]}, True),
    ],
)
def test_a_pattern_is_tested_by_the_matcher_that_delivers(
    cloud: LocalCloud, pattern: dict[str, Any], *, matches: bool
) -> None:
    answer = cloud.client("events").test_event_pattern(EventPattern=json.dumps(pattern), Event=json.dumps(EVENT))
    assert answer["Result"] is matches


@pytest.mark.parametrize("name", ["id", "account", "source", "time", "region", "detail-type"])
def test_an_event_to_be_tested_must_have_the_fields_of_every_event(
    cloud: LocalCloud, refusal: Refusal, name: str
) -> None:
    lacking = json.dumps({key: value for key, value in EVENT.items() if key != name})
    test = cloud.client("events").test_event_pattern
    assert refusal(test, EventPattern=PATTERN, Event=lacking) == (
        "ValidationException",
        "Parameter Event is not valid.",
    )


@pytest.mark.parametrize("name", ["resources", "detail"])
def test_other_fields_may_be_left_out(cloud: LocalCloud, name: str) -> None:
    lacking = json.dumps({key: value for key, value in EVENT.items() if key != name})
    assert cloud.client("events").test_event_pattern(EventPattern=PATTERN, Event=lacking)["Result"] is True


@pytest.mark.parametrize(
    ("pattern", "event", "code"),
    [
        ("{", json.dumps(EVENT), "InvalidEventPatternException"),
        ('{"a":[{"prefiks":"b"}]}', json.dumps(EVENT), "InvalidEventPatternException"),
        (PATTERN, "{", "ValidationException"),
        (PATTERN, "[]", "ValidationException"),
        (PATTERN, '"text"', "ValidationException"),
        (PATTERN, "NaN", "ValidationException"),
        (PATTERN, "[" * 100_000, "ValidationException"),
        ('{"a":' * 100_000, json.dumps(EVENT), "ValidationException"),
    ],
    ids=["pattern no JSON", "no operator", "event no JSON", "a list", "a text", "NaN", "too deep", "too long"],
)
def test_what_cannot_be_tested_is_refused(
    cloud: LocalCloud, refusal: Refusal, pattern: str, event: str, code: str
) -> None:
    assert refusal(cloud.client("events").test_event_pattern, EventPattern=pattern, Event=event)[0] == code
