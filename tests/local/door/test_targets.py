"""PutTargets and RemoveTargets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from eventyard.local import LocalCloud
    from tests.local.door.conftest import Refusal

QUEUE = "arn:aws:sqs:us-east-1:111111111111:orders"
ROLE = "arn:aws:iam::111111111111:role/sender"
THEIRS = "arn:aws:{}:us-east-1:222222222222:{}"


def rule(cloud: LocalCloud) -> Any:  # noqa: ANN401 - a boto3 client
    events = cloud.client("events")
    events.put_rule(Name="rule", EventPattern='{"source":["shop.web"]}')
    return events


BAD_TARGETS: list[tuple[dict[str, Any], str]] = [
    ({"Id": "a b"}, "at 'targets.1.member.id' failed to satisfy constraint: Member must satisfy regular expression"),
    ({"Id": "i" * 65}, "length less than or equal to 64"),
    ({"Arn": "orders"}, "Parameter orders is not valid. Reason: Provided Arn is not in correct format."),
    ({"Arn": f"{QUEUE}.fifo"}, "Parameter(s) SqsParameters must be specified for target: t."),
    ({"Arn": f"{QUEUE}.fifo", "SqsParameters": {"MessageGroupId": ""}}, "MessageGroupId must be specified"),
    ({"Arn": "arn:aws:sqs:eu-west-1:111111111111:orders"}, "must be in Region us-east-1"),
    (
        {"Arn": THEIRS.format("sqs", "orders")},
        "RoleArn is required for target arn:aws:sqs:us-east-1:222222222222:orders",
    ),
    ({"Arn": THEIRS.format("events", "event-bus/theirs")}, "RoleArn is required for target"),
    (
        {"Arn": "arn:aws:firehose:us-east-1:111111111111:deliverystream/backup"},
        "RoleArn is required for target arn:aws:firehose",
    ),
    ({"Arn": THEIRS.format("logs", "log-group:/aws/events/x"), "RoleArn": ROLE}, "must be in the rule's account"),
    ({"Arn": THEIRS.format("states", "stateMachine:x"), "RoleArn": ROLE}, "must be in the rule's account"),
    (
        {"Arn": THEIRS.format("events", "event-bus/theirs"), "RoleArn": ROLE, "InputPath": "$.detail"},
        "are not available for target t",
    ),
    ({"Input": "{", "Id": "t"}, "Input is no valid JSON text"),
    ({"Input": "{}", "InputPath": "$.detail"}, "Only one of Input, InputPath, or InputTransformer must be provided"),
    ({"InputPath": "detail"}, "InputPath"),
    ({"InputTransformer": {"InputTemplate": "<nobody>"}}, "contains invalid placeholder nobody"),
    ({"RetryPolicy": {"MaximumRetryAttempts": 186}}, "value less than or equal to 185"),
    ({"RetryPolicy": {"MaximumEventAgeInSeconds": 86_401}}, "value less than or equal to 86400"),
    ({"DeadLetterConfig": {"Arn": "orders"}}, "Parameter DeadLetterConfig.Arn is not valid."),
    ({"DeadLetterConfig": {"Arn": f"{QUEUE}.fifo"}}, "a standard SQS queue"),
    ({"DeadLetterConfig": {"Arn": "arn:aws:sns:us-east-1:111111111111:x"}}, "a standard SQS queue"),
    ({"DeadLetterConfig": {"Arn": "arn:aws:sqs:eu-west-1:111111111111:x"}}, "in Region us-east-1"),
]


@pytest.mark.parametrize(("target", "says"), BAD_TARGETS)
def test_a_target_that_eventbridge_refuses_is_refused_with_all_that_came_with_it(
    cloud: LocalCloud, refusal: Refusal, target: dict[str, Any], says: str
) -> None:
    events = rule(cloud)
    bad = {"Id": "t", "Arn": QUEUE, **target}
    code, message = refusal(events.put_targets, Rule="rule", Targets=[bad, {"Id": "good", "Arn": QUEUE}])
    assert (code, says in message) == ("ValidationException", True), message
    assert events.list_targets_by_rule(Rule="rule")["Targets"] == []


@pytest.mark.parametrize(
    "target",
    [
        {"Arn": f"{QUEUE}.fifo", "SqsParameters": {"MessageGroupId": "g"}},
        {"SqsParameters": {"MessageGroupId": "fair"}},
        *(
            {"Arn": THEIRS.format(service, rest), "RoleArn": ROLE}
            for service, rest in (
                ("sqs", "orders"),
                ("sns", "orders"),
                ("lambda", "function:ship"),
                ("kinesis", "stream/orders"),
                ("execute-api", "abc/prod/POST/orders"),
                ("events", "event-bus/theirs"),
            )
        ),
        {"Arn": "arn:aws:events:eu-west-1:222222222222:event-bus/theirs", "RoleArn": ROLE},
        {"RetryPolicy": {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86_400}},
        {"RetryPolicy": {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60}},
        {"DeadLetterConfig": {"Arn": QUEUE}},
        {"DeadLetterConfig": {"Arn": THEIRS.format("sqs", "dead")}},
        {"DeadLetterConfig": {}},
        {"Arn": "arn:aws:sqs:us-east-1:111111111111:nobody-made-it"},
    ],
)
def test_a_target_just_inside_the_rules_is_taken(cloud: LocalCloud, target: dict[str, Any]) -> None:
    events = rule(cloud)
    wanted = {"Id": "t", "Arn": QUEUE, **target}
    answer = events.put_targets(Rule="rule", Targets=[wanted])
    assert (answer["FailedEntryCount"], answer["FailedEntries"]) == (0, [])
    assert events.list_targets_by_rule(Rule="rule")["Targets"] == [wanted]


def test_a_sixth_target_is_refused_and_a_fifth_can_be_changed(cloud: LocalCloud, refusal: Refusal) -> None:
    events = rule(cloud)
    five = [{"Id": f"t{number}", "Arn": QUEUE} for number in range(5)]
    assert refusal(events.put_targets, Rule="rule", Targets=[*five, {"Id": "t5", "Arn": QUEUE}]) == (
        "LimitExceededException",
        "The requested resource exceeds the maximum number allowed.",
    )
    events.put_targets(Rule="rule", Targets=five)
    events.put_targets(Rule="rule", Targets=[{**five[4], "Input": "{}"}])
    assert refusal(events.put_targets, Rule="rule", Targets=[{"Id": "t5", "Arn": QUEUE}])[0] == "LimitExceededException"


def test_targets_of_a_rule_that_is_not_there_are_refused(cloud: LocalCloud, refusal: Refusal) -> None:
    events = cloud.client("events")
    refused = (
        refusal(events.put_targets, Rule="nobody", Targets=[{"Id": "t", "Arn": QUEUE}]),
        refusal(events.remove_targets, Rule="nobody", Ids=["t"]),
    )
    assert refused == (("ResourceNotFoundException", "Rule nobody does not exist on EventBus default."),) * 2
