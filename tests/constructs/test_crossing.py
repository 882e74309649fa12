"""Both sides of a crossing between accounts, each synthesized without the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from eventyard.constructs import (
    Admission,
    Bus,
    Environment,
    Function,
    Queue,
    RemoteBus,
    RemoteFunction,
    RemoteQueue,
    RemoteTopic,
    Topic,
    Worker,
)
from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from eventyard.constructs.targets.remote import Elsewhere

    NewStack = Callable[..., Any]
    Synthesized = Callable[[Any], Any]

pytestmark = pytest.mark.xdist_group("cdk")

PLACED = {"source": ["shop.web"]}
SHOP = Environment(account="111111111111", region="us-east-1")
PARTNER = Environment(account="333333333333", region="us-east-1")
ANALYTICS = Environment(account="222222222222", region="eu-west-1")

COMMERCE = RemoteBus("commerce", at=SHOP)
MIRROR = RemoteBus("mirror", at=ANALYTICS)
ORDERS = RemoteQueue("partner-orders", at=PARTNER)
LOCKED = RemoteQueue("partner-orders", at=PARTNER, encrypted=True)
PLAN = RemoteFunction("plan-supply", at=PARTNER)
NEWS = RemoteTopic("partner-news", at=PARTNER, encrypted=False)


def sent(
    new_stack: NewStack,
    synthesized: Synthesized,
    to: Elsewhere,
    **options: Any,  # noqa: ANN401 (Route's arguments)
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The rule's target and its role, as the sender's stack has them."""
    stack = new_stack("Sharing")
    Bus(stack, "Commerce", name="commerce").route("Out", PLACED, to=to, **options)
    resources = synthesized(stack)
    (target,) = resources.the("Events::Rule")["Targets"]
    return target, resources.the("IAM::Role")


def partner(new_stack: NewStack) -> Any:  # noqa: ANN401 (a Stack)
    return new_stack("Partner", account=PARTNER.account, region=PARTNER.region)


def admitting(policy: dict[str, Any]) -> list[dict[str, Any]]:
    return [statement for statement in policy["Statement"] if statement["Effect"] == "Allow"]


@pytest.mark.parametrize(
    ("to", "arn", "action"),
    [
        (MIRROR, "arn:aws:events:eu-west-1:222222222222:event-bus/mirror", "events:PutEvents"),
        (ORDERS, "arn:aws:sqs:us-east-1:333333333333:partner-orders", "sqs:SendMessage"),
        (PLAN, "arn:aws:lambda:us-east-1:333333333333:function:plan-supply", "lambda:InvokeFunction"),
        (NEWS, "arn:aws:sns:us-east-1:333333333333:partner-news", "sns:Publish"),
    ],
    ids=["bus", "queue", "function", "topic"],
)
def test_the_sender_has_a_role_for_its_rules_alone_that_may_do_this_one_thing(
    new_stack: NewStack, synthesized: Synthesized, to: Elsewhere, arn: str, action: str
) -> None:
    target, role = sent(new_stack, synthesized, to)

    assert target["Arn"] == arn
    assert "RoleArn" in target
    assert [
        (statement["Action"], statement["Resource"])
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ] == [(action, arn)]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "events.amazonaws.com"}
    assert trust["Condition"]["ArnLike"]["aws:SourceArn"] == "arn:aws:events:us-east-1:111111111111:rule/commerce/*"


def test_the_sender_may_use_another_accounts_key_for_that_queue_alone(
    new_stack: NewStack, synthesized: Synthesized
) -> None:
    _, role = sent(new_stack, synthesized, LOCKED)

    *_, use = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert use["Action"] == ["kms:GenerateDataKey", "kms:Decrypt"]
    assert use["Resource"] == "arn:aws:kms:us-east-1:333333333333:key/*"
    assert use["Condition"] == {"StringEquals": {"kms:EncryptionContext:aws:sqs:arn": LOCKED.arn}}


def test_the_receiver_admits_the_role_by_the_name_that_the_sender_gives_it(
    new_stack: NewStack, synthesized: Synthesized
) -> None:
    from aws_cdk import aws_kms  # noqa: PLC0415 (after the constructs have found their Node)

    stack = partner(new_stack)
    queue = Queue(stack, "Orders", queue_name="partner-orders", encryption_master_key=aws_kms.Key(stack, "Key"))
    Admission(stack, "FromCommerce", sender=COMMERCE, to=queue)

    _, role = sent(new_stack, synthesized, LOCKED)
    admits = {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::111111111111:role/{role['RoleName']}"}}
    account = {"AWS": "arn:aws:iam::111111111111:root"}
    resources = synthesized(stack)
    (statement,) = admitting(resources.the("SQS::QueuePolicy", "OrdersPolicy")["PolicyDocument"])
    assert (statement["Action"], statement["Principal"], statement["Condition"]) == ("sqs:SendMessage", account, admits)
    _, use = resources.the("KMS::Key")["KeyPolicy"]["Statement"]
    assert (use["Principal"], use["Condition"]) == (account, admits)


def test_a_topic_admits_the_role_with_its_key(new_stack: NewStack, synthesized: Synthesized) -> None:
    stack = partner(new_stack)
    Admission(stack, "FromCommerce", sender=COMMERCE, to=Topic(stack, "News", topic_name="partner-news"))

    _, role = sent(new_stack, synthesized, NEWS)
    admits = {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::111111111111:role/{role['RoleName']}"}}
    resources = synthesized(stack)
    (statement,) = admitting(resources.the("SNS::TopicPolicy")["PolicyDocument"])
    assert (statement["Action"], statement["Condition"]) == ("sns:Publish", admits)
    assert resources.the("KMS::Key")["KeyPolicy"]["Statement"][-1]["Condition"] == admits


def test_a_bus_admits_the_rules_of_the_sending_bus(new_stack: NewStack, synthesized: Synthesized) -> None:
    stack = new_stack("Mirror", account=ANALYTICS.account, region=ANALYTICS.region)
    Admission(stack, "FromCommerce", sender=COMMERCE, to=Bus(stack, "Bus", name="mirror"))

    policy = synthesized(stack).the("Events::EventBusPolicy")
    assert policy["Statement"]["Principal"] == {"AWS": "arn:aws:iam::111111111111:root"}
    assert policy["Statement"]["Action"] == "events:PutEvents"
    assert policy["Statement"]["Condition"] == {"ArnLike": {"aws:SourceArn": COMMERCE.rules}}
    assert COMMERCE.rules == "arn:aws:events:us-east-1:111111111111:rule/commerce/*"
    assert RemoteBus("default", at=SHOP).rules == "arn:aws:events:us-east-1:111111111111:rule/*"


def test_a_function_admits_the_senders_account(new_stack: NewStack, synthesized: Synthesized, code: Path) -> None:
    stack = partner(new_stack)
    Admission(stack, "In", sender=COMMERCE, to=Function(stack, "Plan", handler=code, function_name="plan-supply"))

    permission = synthesized(stack).the("Lambda::Permission")
    assert permission["Principal"] == "111111111111"
    assert permission["Action"] == "lambda:InvokeFunction"


def test_a_worker_admits_the_role_to_its_queue(new_stack: NewStack, synthesized: Synthesized, code: Path) -> None:
    stack = partner(new_stack)
    worker = Worker(stack, "Work", handler=code, queue_props={"queue_name": "partner-orders"})
    Admission(stack, "In", sender=COMMERCE, to=worker)

    (statement,) = admitting(synthesized(stack).the("SQS::QueuePolicy", "WorkQueuePolicy")["PolicyDocument"])
    assert "aws:PrincipalArn" in statement["Condition"]["ArnEquals"]


def test_another_account_may_subscribe_its_own_queues_and_functions(
    new_stack: NewStack, synthesized: Synthesized
) -> None:
    stack = new_stack("Sharing")
    Topic(stack, "News", topic_name="shop-news").admit_subscribers(PARTNER)

    (statement,) = admitting(synthesized(stack).the("SNS::TopicPolicy")["PolicyDocument"])
    assert statement["Principal"] == {"AWS": "arn:aws:iam::333333333333:root"}
    assert statement["Action"] == "sns:Subscribe"
    assert statement["Condition"]["StringLike"] == {"sns:Endpoint": "arn:*:*:*:333333333333:*"}


def test_a_queue_listens_to_another_accounts_topic_and_admits_that_topic_alone(
    new_stack: NewStack, synthesized: Synthesized
) -> None:
    stack, news = partner(new_stack), RemoteTopic("shop-news", at=SHOP)
    Queue(stack, "First", listens_to=news.seen_from(stack))
    Queue(stack, "Second", listens_to=news.seen_from(stack))

    resources = synthesized(stack)
    assert {heard["TopicArn"] for heard in resources.of("SNS::Subscription").values()} == {news.arn}
    (statement,) = resources.statements("SQS::QueuePolicy", "FirstPolicy", service="sns.amazonaws.com")
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "111111111111"},
        "ArnLike": {"aws:SourceArn": [news.arn]},
    }


def test_two_buses_of_one_name_send_with_roles_of_different_names(
    new_stack: NewStack, synthesized: Synthesized
) -> None:
    """Roles are the account's, not the Region's: the same app in two Regions must not make one role twice."""
    here, there = new_stack("Here"), new_stack("There", region="us-west-2")
    for stack in (here, there):
        Bus(stack, "Commerce", name="commerce").route("Out", PLACED, to=MIRROR)

    names = {synthesized(stack).the("IAM::Role")["RoleName"] for stack in (here, there)}
    assert len(names) == 2
    assert all(name.startswith("commerce-to-mirror-") for name in names)


def test_a_long_name_still_makes_a_role_that_iam_takes(new_stack: NewStack, synthesized: Synthesized) -> None:
    _, role = sent(new_stack, synthesized, RemoteBus("aws.partner/" + "x" * 200, at=ANALYTICS))

    assert len(role["RoleName"]) <= 64
    assert "/" not in role["RoleName"]


def test_a_fifo_queue_elsewhere_is_given_its_group(new_stack: NewStack, synthesized: Synthesized) -> None:
    fifo = RemoteQueue("orders.fifo", at=PARTNER)
    target, _ = sent(new_stack, synthesized, fifo, message_group_id="orders")

    assert target["SqsParameters"] == {"MessageGroupId": "orders"}


@pytest.mark.parametrize(
    ("to", "options", "complaint"),
    [
        (RemoteQueue("q", at=ANALYTICS), {}, r"only buses are reached in another Region"),
        (RemoteQueue("q.fifo", at=PARTNER), {}, r"takes no message without a group"),
        (RemoteTopic("t.fifo", at=PARTNER), {}, r"standard topics only"),
        (RemoteQueue("q", at=PARTNER), {"message_group_id": "g"}, r"message_group_id is for FIFO queues"),
        (RemoteQueue("q", at=Environment(account="333333333333")), {}, r"does not say where it is"),
    ],
)
def test_a_route_that_aws_would_refuse_fails_at_synth(
    new_stack: NewStack, to: Elsewhere, options: dict[str, Any], complaint: str
) -> None:
    bus = Bus(new_stack("Sharing"), "Commerce", name="commerce")

    with pytest.raises(EventyardError, match=complaint):
        bus.route("Out", PLACED, to=to, **options)


def test_a_receiver_without_a_name_of_its_own_is_refused(new_stack: NewStack) -> None:
    stack = partner(new_stack)

    with pytest.raises(EventyardError, match="make up its name") as caught:
        Admission(stack, "In", sender=COMMERCE, to=Queue(stack, "Orders"))
    assert "queue_name" in caught.value.remedy


def test_a_stack_that_does_not_say_where_it_is_can_be_no_side_of_a_crossing(app: Any) -> None:  # noqa: ANN401 (an App)
    from aws_cdk import Stack  # noqa: PLC0415 (after the constructs have found their Node)

    nowhere = Stack(app, "Nowhere")

    with pytest.raises(EventyardError, match="does not say where it is"):
        Bus(nowhere, "Commerce", name="commerce").route("Out", PLACED, to=MIRROR)
    with pytest.raises(EventyardError, match="does not say where it is"):
        Admission(nowhere, "In", sender=COMMERCE, to=Queue(nowhere, "Orders", queue_name="orders"))
