"""A rule and its one target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from eventyard.constructs import Bus, Function, Queue, Route, Topic, Worker
from eventyard.errors import EventyardError, PatternError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("cdk")

PLACED = {"source": ["shop.web"], "detail-type": ["OrderPlaced"]}
RULES = "arn:aws:events:us-east-1:111111111111:rule/commerce/*"


def test_a_routes_queue_admits_eventbridge_only_for_this_accounts_rules_of_this_bus(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]
) -> None:
    stack = new_stack()
    Bus(stack, "Commerce", name="commerce").route("PlacedOrders", PLACED, to=Queue(stack, "Orders"))

    (statement,) = synthesized(stack).statements("SQS::QueuePolicy", "OrdersPolicy", service="events.amazonaws.com")
    assert statement["Action"] == "sqs:SendMessage"
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "111111111111"},
        "ArnLike": {"aws:SourceArn": [RULES]},
    }


def test_a_rule_says_how_long_it_retries_and_where_dead_letters_go(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]
) -> None:
    stack = new_stack()
    bus = Bus(stack, "Commerce", name="commerce")
    route = bus.route("PlacedOrders", PLACED, to=Topic(stack, "Orders"))

    resources = synthesized(stack)
    (target,) = resources.the("Events::Rule")["Targets"]
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86_400}
    assert "CommercePlacedOrdersDeadLetters" in target["DeadLetterConfig"]["Arn"]
    (statement,) = resources.statements(
        "SQS::QueuePolicy", "CommercePlacedOrdersDeadLettersPolicy", service="events.amazonaws.com"
    )
    assert statement["Condition"]["ArnLike"] == {"aws:SourceArn": [RULES]}
    assert route.dead_letters is not None
    assert route.dead_letters.alarm.alarm_arn


def test_every_dead_letter_queue_has_an_alarm_for_its_first_message(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any], code: Path
) -> None:
    stack = new_stack()
    orders = Topic(stack, "Orders")
    Bus(stack, "Commerce").route("PlacedOrders", PLACED, to=orders)
    Worker(stack, "Warehouse", handler=str(code), listens_to=orders)
    Function(stack, "Thanks", handler=str(code), listens_to=orders)

    resources = synthesized(stack)
    dead_letter_queues = {name for name in resources.of("SQS::Queue") if "DeadLetters" in name}
    alarms = resources.of("CloudWatch::Alarm").values()
    watched = {queue for queue in dead_letter_queues if any(queue in str(alarm["Dimensions"]) for alarm in alarms)}
    assert watched == dead_letter_queues
    assert {(alarm["Threshold"], alarm["EvaluationPeriods"]) for alarm in alarms} == {(1, 1)}


def test_rules_may_use_the_key_of_the_topic_they_publish_to(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]
) -> None:
    """AWS: source conditions are not supported in a key's policy here, so it is the topic that is named."""
    stack = new_stack()
    Bus(stack, "Commerce").route("PlacedOrders", PLACED, to=Topic(stack, "Orders"))

    (statement,) = synthesized(stack).statements("KMS::Key", service="events.amazonaws.com")
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert statement["Condition"] == {
        "StringLike": {"kms:EncryptionContext:aws:sns:topicArn": "arn:aws:sns:us-east-1:111111111111:*"}
    }


def test_rules_publish_to_a_topic_without_conditions_which_aws_would_never_find_true(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]
) -> None:
    stack = new_stack()
    bus, orders = Bus(stack, "Commerce"), Topic(stack, "Orders")
    bus.route("Web", {"source": ["shop.web"]}, to=orders)
    bus.route("Mobile", {"source": ["shop.mobile"]}, to=orders)

    (statement,) = synthesized(stack).statements("SNS::TopicPolicy", service="events.amazonaws.com")
    assert statement["Action"] == "sns:Publish"
    assert "Condition" not in statement


def test_a_rule_invokes_a_function_by_a_permission_for_the_rules_of_its_bus(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any], code: Path
) -> None:
    stack = new_stack()
    Bus(stack, "Commerce", name="commerce").route("Low", PLACED, to=Function(stack, "Reorder", handler=code))

    permission = synthesized(stack).the("Lambda::Permission")
    assert permission["Principal"] == "events.amazonaws.com"
    assert (permission["SourceAccount"], permission["SourceArn"]) == ("111111111111", RULES)


def test_a_rule_writes_to_a_log_group_that_admits_the_rules_of_its_bus(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]
) -> None:
    from aws_cdk import aws_logs  # noqa: PLC0415 (after the constructs have found their Node)

    stack = new_stack()
    group = aws_logs.LogGroup(stack, "Audit", log_group_name="/shop/audit")
    Bus(stack, "Commerce", name="commerce").route("AuditTrail", {"source": [{"prefix": "shop."}]}, to=group)

    resources = synthesized(stack)
    (target,) = resources.the("Events::Rule")["Targets"]
    assert not target["Arn"].endswith(":*")
    assert RULES in resources.the("Logs::ResourcePolicy")["PolicyDocument"]


def test_a_rule_puts_events_on_another_bus_with_a_role_of_its_own(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]
) -> None:
    stack = new_stack()
    Bus(stack, "Commerce", name="commerce").route("Copy", PLACED, to=Bus(stack, "Archive", name="archive"))

    role = synthesized(stack).the("IAM::Role")
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"]["ArnLike"] == {"aws:SourceArn": RULES}
    assert role["Policies"][0]["PolicyDocument"]["Statement"][0]["Action"] == "events:PutEvents"


def test_a_rule_reaches_a_worker_through_its_queue(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any], code: Path
) -> None:
    stack = new_stack()
    Bus(stack, "Commerce").route("Placed", PLACED, to=Worker(stack, "Warehouse", handler=code))

    (target,) = synthesized(stack).the("Events::Rule")["Targets"]
    assert "WarehouseQueue" in target["Arn"]


def test_a_wrong_pattern_fails_at_synth_with_its_path(new_stack: Callable[..., Any]) -> None:
    stack = new_stack()
    bus = Bus(stack, "Commerce")

    with pytest.raises(PatternError, match=r"Shop/Commerce/Placed: detail\.country") as caught:
        bus.route("Placed", {"detail": {"country": "DE"}}, to=Queue(stack, "Orders"))
    assert caught.value.where.startswith("Shop/Commerce/Placed: detail.country")


def test_a_token_in_a_pattern_is_left_to_the_deployment(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]
) -> None:
    from aws_cdk import CfnParameter  # noqa: PLC0415 (after the constructs have found their Node)

    stack = new_stack()
    block = CfnParameter(stack, "Block").value_as_string
    Bus(stack, "Commerce").route("Near", {"detail": {"ip": [{"cidr": block}]}}, to=Queue(stack, "Orders"))

    ((name, (operator,)),) = synthesized(stack).the("Events::Rule")["EventPattern"]["detail"].items()
    assert (name, list(operator)) == ("ip", ["cidr"])


def test_a_null_in_a_pattern_reaches_the_rule(new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]) -> None:
    stack = new_stack()
    Bus(stack, "Commerce").route("Open", {"detail": {"order": [None, "none"]}}, to=Queue(stack, "Orders"))

    assert synthesized(stack).the("Events::Rule")["EventPattern"] == '{"detail": {"order": [null, "none"]}}'


def test_what_the_user_says_wins(new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]) -> None:
    from aws_cdk import Duration, aws_events  # noqa: PLC0415 (after the constructs have found their Node)

    stack = new_stack()
    dead = Queue(stack, "Dead")
    route = Bus(stack, "Commerce").route(
        "Placed",
        PLACED,
        to=Queue(stack, "Orders"),
        input=aws_events.RuleTargetInput.from_event_path("$.detail"),
        retry_attempts=3,
        max_event_age=Duration.minutes(5),
        dead_letter_queue=dead,
        name="placed",
        state="DISABLED",
    )

    rule = synthesized(stack).the("Events::Rule")
    (target,) = rule["Targets"]
    assert (rule["Name"], rule["State"]) == ("placed", "DISABLED")
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 300}
    assert target["InputPath"] == "$.detail"
    assert "-Dead" in target["DeadLetterConfig"]["Arn"]
    assert route.dead_letters is None


def test_a_fifo_queue_gets_its_message_group(new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]) -> None:
    stack = new_stack()
    queue = Queue(stack, "Orders", fifo=True, content_based_deduplication=True)
    Bus(stack, "Commerce").route("Placed", PLACED, to=queue, message_group_id="orders")

    (target,) = synthesized(stack).the("Events::Rule")["Targets"]
    assert target["SqsParameters"] == {"MessageGroupId": "orders"}


@pytest.mark.parametrize(
    ("queue", "route", "message"),
    [
        pytest.param({"content_based_deduplication": True}, {}, "without a group", id="no group"),
        pytest.param({}, {"message_group_id": "orders"}, "no deduplication id", id="no deduplication"),
    ],
)
def test_a_fifo_queue_that_would_refuse_every_event_is_refused_at_synth(
    new_stack: Callable[..., Any], queue: dict[str, Any], route: dict[str, Any], message: str
) -> None:
    stack = new_stack()
    target = Queue(stack, "Orders", fifo=True, **queue)

    with pytest.raises(EventyardError, match=message):
        Bus(stack, "Commerce").route("Placed", PLACED, to=target, **route)


def test_a_fifo_topic_is_refused_as_a_target(new_stack: Callable[..., Any]) -> None:
    stack = new_stack()

    with pytest.raises(EventyardError, match="standard topics only"):
        Bus(stack, "Commerce").route("Placed", PLACED, to=Topic(stack, "Orders", fifo=True))


def test_a_target_in_another_region_is_refused(new_stack: Callable[..., Any]) -> None:
    here, there = new_stack("Here"), new_stack("There", region="eu-central-1")
    bus, queue = Bus(here, "Commerce"), Queue(there, "Orders")

    with pytest.raises(EventyardError, match=r"Region us-east-1.*eu-central-1"):
        Route(here, "Placed", bus=bus, pattern=PLACED, to=queue)


def test_something_that_is_no_target_is_refused(new_stack: Callable[..., Any]) -> None:
    stack = new_stack()
    nothing: Any = stack

    with pytest.raises(EventyardError, match="cannot hand events to a Stack"):
        Route(stack, "Placed", bus=Bus(stack, "Commerce"), pattern=PLACED, to=nothing)
