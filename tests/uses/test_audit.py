"""Audit: who may publish, who may listen, what came, what became of it, and all of it again."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from eventyard.assembly import synthesize
from eventyard.local import Fate, LocalCloud
from tests.shop.parts import part
from tests.shop.permissions import permissions, without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from eventyard.local import Host
    from tests.shop.permissions import Permission

ROOT = Path(__file__).parents[2]
SHOP, ANALYTICS, PROVIDER = "111111111111", "222222222222", "333333333333"
TRAIL, OWN_LOG = "/shop/settlements", "/aws/vendedlogs/events/event-bus/settlements"
PAYOUT = {"payout_id": "p-1", "amount": 99_000, "fee": 1_000, "currency": "EUR"}
CHARGEBACK = {"chargeback_id": "c-1", "payment_id": "p-9", "amount": 500, "currency": "EUR", "reason": "never arrived"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return part(synthesize(ROOT), tmp_path_factory.mktemp("audit") / "cdk.out", "Audit")


@pytest.fixture
def cloud(stack: Path, eventyard_host: Host) -> Iterator[LocalCloud]:
    with deployed(stack, eventyard_host) as running:
        yield running
        running.ledger.assert_sound()


@contextmanager
def deployed(stack: Path, host: Host) -> Iterator[LocalCloud]:
    with LocalCloud(host=host) as running:
        running.deploy(stack)
        yield running


def client_as(cloud: LocalCloud, role: str, account: str) -> Any:  # noqa: ANN401 - boto3's own dynamic type
    """EventBridge's client of somebody who took one of the stack's roles from their own account."""
    import boto3  # noqa: PLC0415 - inside the local cloud

    arn = f"arn:aws:iam::{SHOP}:role/settlements-{role}"
    taken = cloud.client("sts", account=account).assume_role(RoleArn=arn, RoleSessionName=role)["Credentials"]
    return boto3.client(
        "events",
        aws_access_key_id=taken["AccessKeyId"],
        aws_secret_access_key=taken["SecretAccessKey"],
        aws_session_token=taken["SessionToken"],
    )


def tell(client: Any, detail_type: str, detail: dict[str, Any], source: str = "pay.provider") -> str:  # noqa: ANN401 - as above
    bus = f"arn:aws:events:us-east-1:{SHOP}:event-bus/settlements"
    entry = {"EventBusName": bus, "Source": source, "DetailType": detail_type, "Detail": json.dumps(detail)}
    return str(client.put_events(Entries=[entry])["Entries"][0]["EventId"])


def lines(cloud: LocalCloud, group: str) -> list[dict[str, Any]]:
    return [json.loads(one["message"]) for one in cloud.client("logs").filter_log_events(logGroupName=group)["events"]]


def waiting(cloud: LocalCloud, queue: str) -> list[dict[str, Any]]:
    """The bodies in the one queue that is called so, by CloudFormation or by its name."""
    sqs = cloud.client("sqs")
    (url,) = [url for url in sqs.list_queues()["QueueUrls"] if re.search(rf"/(Audit-)?{queue}(\w{{8}}-\w+)?$", url)]
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(message["Body"]) for message in messages]


# What it is for


def test_a_payout_is_told_once_and_can_be_shown_to_have_been(cloud: LocalCloud) -> None:
    """Given the provider in its own account, when it tells of a payout, then the bookkeepers have it, the trail holds
    it word for word, the bus's own log tells each step it took, and the archive keeps it.
    """
    payout = tell(client_as(cloud, "provider", PROVIDER), "PayoutMade", PAYOUT)
    cloud.settle()

    assert [event["detail"] for event in waiting(cloud, "Bookkeeping")] == [PAYOUT]
    (kept,) = lines(cloud, TRAIL)
    assert (kept["id"], kept["account"], kept["detail"]) == (payout, SHOP, PAYOUT)
    steps = [(record["event_id"], record["message_type"]) for record in lines(cloud, OWN_LOG)]
    assert steps[0] == (payout, "EVENT_RECEIPT")
    assert [step for _, step in steps].count("INVOCATION_SUCCESS") == 2
    assert cloud.client("events").describe_archive(ArchiveName="settlements")["EventCount"] == 1


def test_a_consumer_that_is_new_hears_the_past_and_nobody_else_hears_it_twice(cloud: LocalCloud) -> None:
    """Given a day of payouts, when auditors make a rule and a replay is started for this rule alone, then their queue
    has the whole day, and the bookkeepers have nothing twice.
    """
    provider, began = client_as(cloud, "provider", PROVIDER), cloud.now
    for hour in range(7):
        tell(provider, "PayoutMade", {**PAYOUT, "payout_id": f"p-{hour}"})
        cloud.advance(hours=1)
    cloud.client("sqs").create_queue(QueueName="auditors-payouts", Attributes={"Policy": json.dumps(_admits_rules())})
    auditors, rule = client_as(cloud, "auditors", ANALYTICS), "settlements-auditors-payouts"
    pattern = json.dumps({"source": ["pay.provider"], "detail-type": ["PayoutMade"]})
    auditors.put_rule(Name=rule, EventBusName="settlements", EventPattern=pattern)
    queue = f"arn:aws:sqs:us-east-1:{SHOP}:auditors-payouts"
    auditors.put_targets(Rule=rule, EventBusName="settlements", Targets=[{"Id": "queue", "Arn": queue}])

    events = cloud.client("events")
    archive = events.describe_archive(ArchiveName="settlements")
    rule_arn = f"arn:aws:events:us-east-1:{SHOP}:rule/settlements/{rule}"
    events.start_replay(
        ReplayName="for-the-auditors",
        EventSourceArn=archive["ArchiveArn"],
        EventStartTime=began,
        EventEndTime=cloud.now,
        Destination={"Arn": archive["EventSourceArn"], "FilterArns": [rule_arn]},
    )
    cloud.settle()

    heard = waiting(cloud, "auditors-payouts")
    assert [event["detail"]["payout_id"] for event in heard] == [f"p-{hour}" for hour in range(7)]
    assert {event["replay-name"] for event in heard} == {"for-the-auditors"}
    assert len(waiting(cloud, "Bookkeeping")) == 7
    assert len(lines(cloud, TRAIL)) == 7


def _admits_rules() -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage"}
    return {
        "Version": "2012-10-17",
        "Statement": [{**statement, "Resource": f"arn:aws:sqs:us-east-1:{SHOP}:auditors-payouts"}],
    }


# Who may speak


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as error:
        call()
    assert error.value.response["Error"]["Code"] == "AccessDeniedException"
    return str(error.value)


def test_a_publisher_that_lies_about_its_source_is_refused(cloud: LocalCloud) -> None:
    """Given the provider's role, when it speaks in the web shop's name, then it is refused and the bus has nothing."""
    provider = client_as(cloud, "provider", PROVIDER)

    said = refused(lambda: tell(provider, "OrderPlaced", {"order_id": "o-1"}, source="shop.web"))

    assert "is not authorized to perform: events:PutEvents" in said
    assert cloud.ledger.events == []


def test_a_publisher_tells_only_what_it_may_tell(cloud: LocalCloud) -> None:
    provider = client_as(cloud, "provider", PROVIDER)
    tell(provider, "ChargebackOpened", CHARGEBACK)
    refused(lambda: tell(provider, "RefundApproved", {"amount": 1}))
    cloud.settle()
    assert [event["detail"] for event in lines(cloud, TRAIL)] == [CHARGEBACK]


def test_nobody_else_speaks_in_the_publishers_name_not_even_the_accounts_administrator(cloud: LocalCloud) -> None:
    said = refused(lambda: tell(cloud.client("events"), "PayoutMade", PAYOUT))

    assert "with an explicit deny in a resource-based policy" in said
    assert cloud.ledger.events == []


# Who may listen


@pytest.mark.parametrize(
    "pattern",
    [
        {"source": ["pay.provider"], "detail-type": ["ChargebackOpened"]},
        {"source": ["pay.provider"]},
        {"source": [{"prefix": ""}], "detail-type": ["PayoutMade"]},
    ],
    ids=["another type", "all types", "every source"],
)
def test_a_subscriber_hears_only_what_it_may_hear(cloud: LocalCloud, pattern: dict[str, Any]) -> None:
    auditors = client_as(cloud, "auditors", ANALYTICS)
    rule = {"Name": "settlements-auditors-all", "EventBusName": "settlements", "EventPattern": json.dumps(pattern)}
    refused(lambda: auditors.put_rule(**rule))


def test_a_subscriber_takes_nothing_elsewhere_and_touches_no_rule_of_others(cloud: LocalCloud) -> None:
    auditors = client_as(cloud, "auditors", ANALYTICS)
    name, bus = "settlements-auditors-payouts", "settlements"
    pattern = json.dumps({"source": ["pay.provider"], "detail-type": ["PayoutMade"]})
    auditors.put_rule(Name=name, EventBusName=bus, EventPattern=pattern)
    abroad = {"Id": "1", "Arn": f"arn:aws:sqs:us-east-1:{ANALYTICS}:theirs", "RoleArn": f"arn:aws:iam::{SHOP}:role/x"}
    refused(lambda: auditors.put_targets(Rule=name, EventBusName=bus, Targets=[abroad]))
    (trail,) = [r["Name"] for r in cloud.client("events").list_rules(EventBusName=bus)["Rules"] if "Trail" in r["Name"]]
    refused(lambda: auditors.delete_rule(Name=trail, EventBusName=bus))


# Broken on purpose


def test_a_broken_bookkeeping_keeps_the_payout_and_says_why(cloud: LocalCloud) -> None:
    """Given a queue that fails for more than a day, when a payout is told, then it is a dead letter, the bus's own log
    says so, and its alarm has something to count.
    """
    cloud.faults.fail("Bookkeeping")

    payout = tell(client_as(cloud, "provider", PROVIDER), "PayoutMade", PAYOUT)
    cloud.settle()

    assert [letter["id"] for letter in waiting(cloud, "RulePayoutsDeadLetters")] == [payout]
    told = [record["message_type"] for record in lines(cloud, OWN_LOG)]
    assert told[-2:] == ["INVOCATION_FAILURE", "INVOCATION_DLQ"]
    assert len(lines(cloud, TRAIL)) == 1


def _granted() -> dict[str, list[Permission]]:
    """What EventBridge may do here, each with the statements that let it.

    On the key there is one for what is on the bus and one for what is in the archive: either does for both, while bus
    and archive have the same key.
    """
    template = json.loads((synthesize(ROOT) / "Audit.template.json").read_text())
    found: dict[str, list[Permission]] = {}
    for permission in permissions("Audit", template):
        if permission.principal == "events.amazonaws.com":
            condition = json.dumps(permission.statement.get("Condition", {}))
            of_bus = permission.action.startswith("kms:") and "rule/*" not in condition
            what = "the bus's key" if of_bus else permission.logical_id[:-8]
            found.setdefault(f"{what}: {permission.action}", []).append(permission)
    return found


GRANTED = _granted()


@pytest.mark.parametrize("granted", GRANTED)
def test_without_a_permission_the_ledger_says_what_eventbridge_may_not(
    stack: Path, tmp_path: Path, eventyard_host: Host, granted: str
) -> None:
    """Each is taken out of the template alone; what it was for fails, and is a dead letter where that is left."""
    action = granted.partition(": ")[2]
    gone = list(GRANTED[granted])
    if "SettlementsDeadLetters" in granted:
        gone += GRANTED["the bus's key: kms:DescribeKey"]  # nothing else makes a dead letter of the bus's own

    with deployed(_without(stack, tmp_path, gone), eventyard_host) as cloud:
        if "DeadLetters" in granted:
            cloud.faults.fail("Bookkeeping")
            cloud.faults.fail(TRAIL)
        tell(client_as(cloud, "provider", PROVIDER), "PayoutMade", PAYOUT)
        cloud.settle()

        failed = [one for one in cloud.ledger.deliveries if one.fate is not Fate.DELIVERED]
        assert any(f"events.amazonaws.com may not {action.rstrip('*')}" in one.reason for one in failed), failed
        assert cloud.ledger.balance.holds


def _without(stack: Path, folder: Path, gone: list[Permission]) -> Path:
    broken = part(stack, folder / "cdk.out", "Audit")
    file = broken / "Audit.template.json"
    template = without(json.loads(file.read_text()), *gone)
    file.unlink()
    file.write_text(json.dumps(template))
    return broken
