"""Replication across accounts and Regions: who hears what, in which order of deployment, and what does not pass."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.errors import DeployError
from eventyard.local import Fate
from tests.shop.day import order, payment, sent_back, stock_low
from tests.shop.parts import part
from tests.uses.accounts import ANALYTICS, PARTNER, RECEIVERS, SENDER, SHOP, STACKS, SUBSCRIBER, Accounts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from eventyard.local import LocalCloud

    Deploy = Callable[..., Accounts]

MIRROR = f"arn:aws:events:eu-west-1:{ANALYTICS}:event-bus/shop-mirror"


@pytest.fixture
def deploy(assembly: Path, cloud: LocalCloud, tmp_path: Path) -> Deploy:
    """Deploy some stacks as one account does it, alone; and then others."""

    def deployed(*turns: tuple[str, ...]) -> Accounts:
        for stacks in turns:
            cloud.deploy(part(assembly, tmp_path / "-".join(stacks), *stacks))
        return Accounts(cloud)

    return deployed


@pytest.fixture
def accounts(deploy: Deploy) -> Accounts:
    """All stacks, in the order that `cdk deploy --all` takes."""
    return deploy(STACKS)


def test_a_trading_day_is_heard_in_three_accounts_and_two_regions(accounts: Accounts) -> None:
    """A shop, its analytics in another Region, and its partner share what happens, each in an account of its own.

    Given the shop, whose warehouse delivers to Germany and its neighbours;
    when an order comes from Switzerland and is paid, a shelf runs low, and a samovar comes back;
    then analytics has recorded the sale, the partner has the order to deliver, a plan to fill the shelf, and the return
    on file with its refund; and the books balance in every account.
    """
    accounts.tell("OrderPlaced", order(country="CH"))
    accounts.tell("PaymentTaken", payment())
    accounts.tell("StockLow", stock_low())
    accounts.tell("ReturnRequested", sent_back())

    (sale,) = accounts.sales()
    assert (sale["order_id"], sale["country"], sale["total"]) == ("o-1", "CH", "64000")
    (passed_on,) = accounts.orders()
    assert passed_on["detail"] == order(country="CH")
    (plan,) = accounts.plans()
    assert (plan["sku"], plan["quantity"]) == ("samovar", "4")
    (filed,) = accounts.filed()
    assert filed["return_id"] == "r-1"
    (refund,) = accounts.refunds()
    assert refund["detail"]["refund"] == 64_000

    ledger = accounts.cloud.ledger
    assert all(ledger.balance_of(account).holds for account in (SHOP, ANALYTICS, PARTNER))
    assert sum(ledger.balance_of(account).matched for account in ledger.accounts) == ledger.balance.matched
    assert ledger.fates[Fate.DELIVERED] == ledger.balance.matched


def test_what_crosses_keeps_the_account_and_region_that_it_was_published_in(accounts: Accounts) -> None:
    """Across accounts and Regions, account and region in the envelope stay the publisher's."""
    event_id = accounts.tell("OrderPlaced", order(country="CH"))

    (passed_on,) = accounts.orders()
    assert (passed_on["id"], passed_on["account"], passed_on["region"]) == (event_id, SHOP, "us-east-1")


def test_a_rule_that_analytics_adds_later_hears_the_past_from_the_archive(accounts: Accounts) -> None:
    """A year of order events is on the mirror's shelf; no other account has to be asked for them."""
    event_id = accounts.tell("PaymentTaken", payment())
    events = accounts.cloud.client("events", account=ANALYTICS, region="eu-west-1")
    sqs = accounts.cloud.client("sqs", account=ANALYTICS, region="eu-west-1")
    admits = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage"}
    policy = {"Version": "2012-10-17", "Statement": [{**admits, "Resource": "*"}]}
    url = sqs.create_queue(QueueName="fraud", Attributes={"Policy": json.dumps(policy)})["QueueUrl"]
    events.put_rule(Name="fraud", EventBusName="shop-mirror", EventPattern='{"detail-type": ["PaymentTaken"]}')
    events.put_targets(
        Rule="fraud",
        EventBusName="shop-mirror",
        Targets=[{"Id": "q", "Arn": f"arn:aws:sqs:eu-west-1:{ANALYTICS}:fraud"}],
    )

    (archive,) = events.list_archives()["Archives"]
    accounts.cloud.advance(hours=1)
    now = accounts.cloud.now
    events.start_replay(
        ReplayName="fraud",
        EventSourceArn=f"arn:aws:events:eu-west-1:{ANALYTICS}:archive/{archive['ArchiveName']}",
        EventStartTime=now - timedelta(hours=2),
        EventEndTime=now,
        Destination={"Arn": MIRROR},
    )
    accounts.cloud.settle()

    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    heard = json.loads(message["Body"])
    assert (heard["id"], heard["account"], heard["region"]) == (event_id, SHOP, "us-east-1")
    assert heard["replay-name"] == "fraud"


# In which order the accounts deploy


@pytest.mark.parametrize(
    "turns",
    [(SENDER, RECEIVERS, SUBSCRIBER), (RECEIVERS, SENDER, SUBSCRIBER), (*((stack,) for stack in STACKS),)],
    ids=["the sender first", "the receivers first", "stack by stack"],
)
def test_each_account_deploys_its_side_before_or_after_the_others(deploy: Deploy, turns: tuple[Any, ...]) -> None:
    accounts = deploy(*turns)

    accounts.tell("OrderPlaced", order(country="CH"))
    accounts.tell("StockLow", stock_low())
    accounts.tell("ReturnRequested", sent_back())

    heard = accounts.sales(), accounts.orders(), accounts.plans(), accounts.filed(), accounts.refunds()
    assert [len(items) for items in heard] == [1, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("rules", "tell", "target"),
    [
        (["Mirror"], ("OrderPlaced", order()), MIRROR),
        (
            ["Mirror", "OrdersAbroad"],
            ("OrderPlaced", order(country="CH")),
            f"arn:aws:sqs:us-east-1:{PARTNER}:partner-orders",
        ),
        (["LowStock"], ("StockLow", stock_low()), f"arn:aws:lambda:us-east-1:{PARTNER}:function:plan-supply"),
    ],
    ids=["bus", "queue", "function"],
)
def test_what_is_sent_before_the_other_side_is_there_is_a_dead_letter_that_sounds_an_alarm(
    deploy: Deploy, rules: list[str], tell: tuple[str, dict[str, Any]], target: str
) -> None:
    accounts = deploy(SENDER)

    event_id = accounts.tell(*tell)

    accounts.cloud.ledger.assert_not_delivered(event_id, target, because="NO_RESOURCE")
    assert sounding(accounts) == []
    accounts.cloud.advance(minutes=2)
    letters = [f"Dead letters of rule OrderSharing/{rule}: something was not delivered." for rule in rules]
    failing = [f"Events were not delivered by rule OrderSharing/{rule}." for rule in rules]
    assert sounding(accounts) == [*letters, *failing]
    rule = rules[-1]
    (letter,) = accounts.dead_letters(f"OrderSharing-{rule}")
    assert (letter["ERROR_CODE"], letter["TARGET_ARN"]) == ("NO_RESOURCE", target)
    assert f"rule/commerce/OrderSharing-{rule}" in letter["RULE_ARN"]


def sounding(accounts: Accounts) -> list[str]:
    """The shop's alarms that have gone off, by their descriptions."""
    alarms = accounts.cloud.client("cloudwatch").describe_alarms(StateValue="ALARM")["MetricAlarms"]
    return sorted(alarm["AlarmDescription"] for alarm in alarms)


def test_nobody_subscribes_to_a_topic_that_is_not_there_yet(deploy: Deploy) -> None:
    """SNS has no subscription without its topic: of the crossings, this one alone has an order."""
    with pytest.raises(DeployError, match="not authorized to perform: sns:Subscribe"):
        deploy(SUBSCRIBER)


def test_the_partner_changes_and_ends_its_subscriptions_and_the_shop_sees_whose_they_are(
    accounts: Accounts, assembly: Path, tmp_path: Path
) -> None:
    """A subscription is its maker's, though it is one to another account's topic."""
    sns = accounts.cloud.client("sns")
    topic = f"arn:aws:sns:us-east-1:{SHOP}:shop-news"
    listed = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert sorted((one["Protocol"], one["Owner"]) for one in listed) == [("lambda", PARTNER), ("sqs", PARTNER)]

    accounts.redeploy(assembly, tmp_path, "PartnerNews", _only_dear_ones)
    accounts.tell("ReturnRequested", sent_back(refund=100))
    accounts.tell("ReturnRequested", sent_back(return_id="r-2", refund=64_000))
    assert [refund["detail"]["return_id"] for refund in accounts.refunds()] == ["r-2"]

    accounts.redeploy(assembly, tmp_path, "PartnerNews", _without_subscriptions)
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


def _only_dear_ones(template: dict[str, Any]) -> None:
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::SNS::Subscription" and "FilterPolicy" in resource["Properties"]:
            resource["Properties"]["FilterPolicy"] = {"detail": {"refund": [{"numeric": [">", 1_000]}]}}


def _without_subscriptions(template: dict[str, Any]) -> None:
    kept = {name: one for name, one in template["Resources"].items() if one["Type"] != "AWS::SNS::Subscription"}
    template["Resources"] = kept


# What does not pass


def test_a_forwarded_event_is_not_forwarded_again(accounts: Accounts) -> None:
    """A → B → C never reaches C: analytics may hear the shop, and cannot pass it on to the partner by a rule.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
    """
    _pass_on_to_the_partner(accounts)

    event_id = accounts.tell("OrderPlaced", order())

    third = f"arn:aws:events:us-east-1:{PARTNER}:event-bus/third"
    accounts.cloud.ledger.assert_delivered(event_id, MIRROR)
    accounts.cloud.ledger.assert_not_delivered(event_id, third, because="THIRD_ACCOUNT_HOP_DETECTED")
    sqs = accounts.cloud.client("sqs", account=ANALYTICS, region="eu-west-1")
    url = sqs.get_queue_url(QueueName="stuck")["QueueUrl"]
    (letter,) = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert letter["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "THIRD_ACCOUNT_HOP_DETECTED"
    assert json.loads(letter["Body"])["id"] == event_id


def test_what_analytics_publishes_itself_does_reach_the_partner_over_the_same_rule(accounts: Accounts) -> None:
    """So it was the second hop that did not pass, and not a permission that was missing."""
    _pass_on_to_the_partner(accounts)
    entry = {"EventBusName": "shop-mirror", "Source": "analytics", "DetailType": "ForecastMade", "Detail": "{}"}

    events = accounts.cloud.client("events", account=ANALYTICS, region="eu-west-1")
    event_id = events.put_events(Entries=[entry])["Entries"][0]["EventId"]
    accounts.cloud.settle()

    accounts.cloud.ledger.assert_delivered(event_id, f"arn:aws:events:us-east-1:{PARTNER}:event-bus/third")


def _pass_on_to_the_partner(accounts: Accounts) -> None:
    """A rule of the mirror's that sends everything on to a bus of the partner's, all permissions granted."""
    cloud = accounts.cloud
    theirs = cloud.client("events", account=PARTNER)
    third = theirs.create_event_bus(Name="third")["EventBusArn"]
    everybody = {"Sid": "all", "Effect": "Allow", "Principal": "*", "Action": "events:PutEvents", "Resource": third}
    theirs.put_permission(EventBusName="third", Policy=_document(everybody))

    sqs = cloud.client("sqs", account=ANALYTICS, region="eu-west-1")
    admits = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:*", "Resource": "*"}
    sqs.create_queue(QueueName="stuck", Attributes={"Policy": _document(admits)})

    iam = cloud.client("iam", account=ANALYTICS)
    trust = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(RoleName="passes-on", AssumeRolePolicyDocument=_document(trust))["Role"]["Arn"]
    puts = {"Effect": "Allow", "Action": "events:PutEvents", "Resource": third}
    iam.put_role_policy(RoleName="passes-on", PolicyName="puts", PolicyDocument=_document(puts))

    events = cloud.client("events", account=ANALYTICS, region="eu-west-1")
    events.put_rule(Name="on", EventBusName="shop-mirror", EventPattern='{"source": [{"exists": true}]}')
    dead = {"Arn": f"arn:aws:sqs:eu-west-1:{ANALYTICS}:stuck"}
    target = {"Id": "third", "Arn": third, "RoleArn": role, "DeadLetterConfig": dead}
    events.put_targets(Rule="on", EventBusName="shop-mirror", Targets=[target])


def _document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
