"""A watch over stacks, and the topics that alarms tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import Duration, aws_sns

from eventyard.constructs import Bus, Function, Queue, ReplayPipeline, Topic, Watch, Worker, admit_alarms
from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Make = Callable[..., Any]

pytestmark = pytest.mark.xdist_group("cdk")

PLACED = {"source": ["shop.web"]}
ALARMS = "arn:aws:cloudwatch:us-east-1:111111111111:alarm:*"
CONDITION = {"StringEquals": {"aws:SourceAccount": "111111111111"}, "ArnLike": {"aws:SourceArn": ALARMS}}


def watched(new_stack: Make, code: Path) -> tuple[Any, Any]:
    """A stack with one of each, and the one that watches it."""
    shop, operations = new_stack("Shop"), new_stack("Operations")
    orders = Topic(shop, "Orders")
    Bus(shop, "Commerce", name="commerce").route("Placed", PLACED, to=orders)
    Worker(shop, "Reserve", handler=str(code), listens_to=orders)
    Function(shop, "Thank", handler=str(code), listens_to=orders)
    Queue(shop, "Care", listens_to=orders, retention_period=Duration.days(2))
    Watch(operations, "Losing", of=[shop], alerts=Topic(operations, "Alerts"))
    return shop, operations


def alarms(resources: Any) -> dict[str, tuple[str, float]]:  # noqa: ANN401 - Resources
    """Logical id without its hash → metric and threshold."""
    found = resources.of("CloudWatch::Alarm")
    return {name[:-8]: (one["MetricName"], one["Threshold"]) for name, one in found.items()}


def test_all_that_events_flow_over_has_an_alarm(new_stack: Make, synthesized: Make, code: Path) -> None:
    shop, _ = watched(new_stack, code)

    made = alarms(synthesized(shop))
    watch = {name.removeprefix("LosingWatch"): alarm for name, alarm in made.items() if name.startswith("LosingWatch")}
    assert watch == {
        "CommercePlacedFailing": ("FailedInvocations", 1),
        "OrdersFailing": ("NumberOfNotificationsFailed", 1),
        "ReserveFunctionThrottled": ("Throttles", 1),
        "ReserveQueueStuck": ("ApproximateAgeOfOldestMessage", 900),
        "ThankThrottled": ("Throttles", 1),
        "ThankLosing": ("DeadLetterErrors", 1),
        # Nobody polls it: half of its two days.
        "CareStuck": ("ApproximateAgeOfOldestMessage", 86_400),
    }


def test_what_a_pipeline_holds_back_until_it_is_wanted_is_not_stuck(new_stack: Make, synthesized: Make) -> None:
    shop, operations = new_stack("Shop"), new_stack("Operations")
    orders, care = Topic(shop, "Orders"), Queue(shop, "Care")
    ReplayPipeline(shop, "Replay", of=orders, to=care)
    Watch(operations, "Losing", of=[shop], alerts=Topic(operations, "Alerts"))

    stuck = {name: threshold for name, (_, threshold) in alarms(synthesized(shop)).items() if "BufferStuck" in name}
    assert stuck == {"LosingWatchReplayBufferStuck": 7 * 86_400}


def test_a_dead_letter_queue_keeps_the_one_alarm_that_it_has(new_stack: Make, synthesized: Make, code: Path) -> None:
    shop, _ = watched(new_stack, code)

    resources = synthesized(shop)
    dimensions = [
        one["Dimensions"][0]["Value"]
        for one in resources.of("CloudWatch::Alarm").values()
        if one["Namespace"] == "AWS/SQS"
    ]
    assert len(dimensions) == len(set(dimensions))
    assert set(dimensions) == set(map(resources._arn, resources.of("SQS::Queue")))  # noqa: SLF001 - of our own fixture


def test_one_composite_alarm_a_stack_has_all_of_its_alarms_and_tells_nobody(
    new_stack: Make, synthesized: Make, code: Path
) -> None:
    shop, _ = watched(new_stack, code)

    resources = synthesized(shop)
    composite = resources.the("CloudWatch::CompositeAlarm")
    assert composite["AlarmName"] == "Shop-Losing-1"
    assert composite["AlarmRule"].count("ALARM(") == len(resources.of("CloudWatch::Alarm"))
    assert "AlarmActions" not in composite
    assert not any("AlarmActions" in alarm for alarm in resources.of("CloudWatch::Alarm").values())


def test_the_one_that_says_it_tells_the_topic_and_refers_to_no_other_stack(
    new_stack: Make, synthesized: Make, code: Path
) -> None:
    shop, operations = watched(new_stack, code)

    resources = synthesized(operations)
    alarm = resources.the("CloudWatch::CompositeAlarm")
    assert alarm["AlarmRule"] == 'ALARM("Shop-Losing-1")'
    assert alarm["AlarmActions"] == alarm["OKActions"] == [resources._arn(next(iter(resources.of("SNS::Topic"))))]  # noqa: SLF001 - of our own fixture
    assert "ImportValue" not in str(resources.template)
    assert "Outputs" not in synthesized(shop).template
    assert shop in operations.dependencies


def test_more_alarms_than_a_rule_may_name_are_shared_out(new_stack: Make, synthesized: Make) -> None:
    shop, operations = new_stack("Shop"), new_stack("Operations")
    for number in range(45):
        Queue(shop, f"Queue{number}")
    Watch(operations, "Losing", of=[shop], alerts=Topic(operations, "Alerts"))

    rules = [one["AlarmRule"] for one in synthesized(shop).of("CloudWatch::CompositeAlarm").values()]
    assert [rule.count("ALARM(") for rule in rules] == [80, 10]
    assert all(len(rule) < 10_240 for rule in rules)
    rule = synthesized(operations).the("CloudWatch::CompositeAlarm")["AlarmRule"]
    assert rule == 'ALARM("Shop-Losing-1") OR ALARM("Shop-Losing-2")'


def test_a_watch_may_watch_its_own_stack(new_stack: Make, synthesized: Make) -> None:
    stack = new_stack()
    Queue(stack, "Orders")
    Watch(stack, "Losing", of=[stack], alerts=Topic(stack, "Alerts"))

    found = synthesized(stack).of("CloudWatch::CompositeAlarm")
    assert {one.get("AlarmName") for one in found.values()} == {"Shop-Losing-1", None}


def test_a_stack_elsewhere_cannot_be_watched(new_stack: Make) -> None:
    operations = new_stack("Operations")
    with pytest.raises(EventyardError, match="another account or Region"):
        Watch(operations, "Losing", of=[new_stack("Mirror", region="eu-west-1")], alerts=Topic(operations, "Alerts"))


def test_a_topic_and_its_key_admit_alarms_of_their_own_account_only(new_stack: Make, synthesized: Make) -> None:
    stack = new_stack()
    admit_alarms(Topic(stack, "Alerts"))

    resources = synthesized(stack)
    (statement,) = resources.statements("SNS::TopicPolicy", service="cloudwatch.amazonaws.com")
    assert (statement["Action"], statement["Condition"]) == ("sns:Publish", CONDITION)
    (statement,) = resources.statements("KMS::Key", service="cloudwatch.amazonaws.com")
    assert (statement["Action"], statement["Condition"]) == (["kms:Decrypt", "kms:GenerateDataKey*"], CONDITION)


def test_a_native_topic_without_a_key_admits_them_too(new_stack: Make, synthesized: Make) -> None:
    stack = new_stack()
    admit_alarms(aws_sns.Topic(stack, "Alerts"))

    (statement,) = synthesized(stack).statements("SNS::TopicPolicy", service="cloudwatch.amazonaws.com")
    assert statement["Condition"] == CONDITION
