"""Each permission of a crossing is needed, on either side: without it the event fails at that place, with its code."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import boto3
import pytest
from botocore.exceptions import ClientError

from eventyard.assembly import read, synthesize
from eventyard.errors import DeployError
from eventyard.local import Fate
from tests.shop.day import order, sent_back, stock_low
from tests.shop.parts import part
from tests.shop.permissions import permissions, without
from tests.uses.accounts import PARTNER, SHOP, STACKS, Accounts

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.local import Delivery, LocalCloud
    from tests.shop.permissions import Json, Permission

    DeployWithout = Callable[..., Accounts]

ROOT = Path(__file__).parents[2]

# What a crossing event is told by, and where it goes.
ORDER, ABROAD = ("OrderPlaced", order()), ("OrderPlaced", order(country="CH"))
LOW, BACK = ("StockLow", stock_low()), ("ReturnRequested", sent_back())

ASSUME, DENIED, REFUSED = "FAILED_TO_ASSUME_ROLE", "NO_PERMISSIONS", "AccessDenied"
KEY_WRITE, KEY_READ = "kms:GenerateDataKey", "kms:Decrypt"


class Needed(NamedTuple):
    """A permission, by its stack, logical id (without its hash) and action; and what fails without it.

    `event` is told; its delivery to a target whose ARN ends so (`target`) gets `code`.
    """

    stack: str
    resource: str
    action: str
    event: tuple[str, Json]
    target: str
    code: str


NEEDED = [
    # The mirror: the sender's role, the receiver's bus policy.
    Needed("OrderSharing", "MirrorRole", "sts:AssumeRole", ORDER, "event-bus/shop-mirror", ASSUME),
    Needed("OrderSharing", "MirrorRole", "events:PutEvents", ORDER, "event-bus/shop-mirror", DENIED),
    Needed("AnalyticsMirror", "FromCommercePolicy", "events:PutEvents", ORDER, "event-bus/shop-mirror", DENIED),
    # The partner's queue: the role, the queue's policy, and its key on both sides.
    Needed("OrderSharing", "OrdersAbroadRole", "sts:AssumeRole", ABROAD, ":partner-orders", ASSUME),
    Needed("OrderSharing", "OrdersAbroadRole", "sqs:SendMessage", ABROAD, ":partner-orders", DENIED),
    Needed("OrderSharing", "OrdersAbroadRole", KEY_WRITE, ABROAD, ":partner-orders", DENIED),
    Needed("OrderSharing", "OrdersAbroadRole", KEY_READ, ABROAD, ":partner-orders", DENIED),
    Needed("PartnerDesk", "OrdersPolicy", "sqs:SendMessage", ABROAD, ":partner-orders", DENIED),
    Needed("PartnerDesk", "OrdersKey", KEY_WRITE, ABROAD, ":partner-orders", DENIED),
    Needed("PartnerDesk", "OrdersKey", KEY_READ, ABROAD, ":partner-orders", DENIED),
    # The partner's function: the role, the function's permission.
    Needed("OrderSharing", "LowStockRole", "sts:AssumeRole", LOW, ":plan-supply", ASSUME),
    Needed("OrderSharing", "LowStockRole", "lambda:InvokeFunction", LOW, ":plan-supply", DENIED),
    Needed("PartnerDesk", "AlertsFromCommercePermission", "lambda:InvokeFunction", LOW, ":plan-supply", DENIED),
    # The shared topic: rules publish with its key; the subscribers admit the topic.
    Needed("OrderSharing", "NewsPolicy", "sns:Publish", BACK, ":shop-news", DENIED),
    Needed("OrderSharing", "TopicKey", "kms:GenerateDataKey*", BACK, ":shop-news", DENIED),
    Needed("OrderSharing", "TopicKey", KEY_READ, BACK, ":shop-news", DENIED),
    Needed("PartnerNews", "RefundsPolicy", "sqs:SendMessage", BACK, ":PartnerNews-Refunds", REFUSED),
    Needed("PartnerNews", "FileReturnAdmitsSns", "lambda:InvokeFunction", BACK, ":PartnerNews-FileReturn", REFUSED),
    # Behind the mirror.
    Needed("AnalyticsMirror", "RecordSaleQueuePolicy", "sqs:SendMessage", ORDER, "RecordSaleQueue", DENIED),
]

# The dead-letter queue of each edge, and what has to fail for it.
DEAD_LETTERS = [
    ("OrderSharing", "MirrorDeadLettersPolicy", ORDER, "shop-mirror"),
    ("OrderSharing", "OrdersAbroadDeadLettersPolicy", ABROAD, "partner-orders"),
    ("OrderSharing", "LowStockDeadLettersPolicy", LOW, "plan-supply"),
    ("OrderSharing", "CommerceRoutesReturnsDeadLettersPolicy", BACK, "shop-news"),
    ("AnalyticsMirror", "MirrorSalesDeadLettersPolicy", ORDER, "RecordSaleQueue"),
    ("PartnerNews", "RefundsHearsRemoteshopnewsDeadLettersPolicy", BACK, "Refunds"),
    ("PartnerNews", "FileReturnHearsRemoteshopnewsDeadLettersPolicy", BACK, "FileReturn"),
]

# What a function's role may do for its work, and the event without whose trace the function fails.
WORK = [
    ("AnalyticsMirror", "RecordSaleFunctionRoleDefaultPolicy", ORDER, "RecordSaleFunction"),
    ("PartnerDesk", "PlanSupplyRoleDefaultPolicy", LOW, ":plan-supply"),
    ("PartnerNews", "FileReturnRoleDefaultPolicy", BACK, ":PartnerNews-FileReturn"),
]


def _told_apart(value: object) -> str:
    return value if isinstance(value, str) else value[0] if isinstance(value, tuple) else ""


@cache
def templates() -> dict[str, Json]:
    return {stack.name: stack.template for stack in read(synthesize(ROOT)).stacks if stack.name in STACKS}


@cache
def granted() -> dict[tuple[str, str, str], Permission]:
    """Everything that the crossings' stacks grant, by stack, logical id without its hash, and action."""
    return {
        (stack, permission.logical_id[:-8], permission.action): permission
        for stack, template in templates().items()
        for permission in permissions(stack, template)
        if not permission.refuses and stack != "CommerceBus"
    }


@pytest.fixture
def deploy_without(assembly: Path, cloud: LocalCloud, tmp_path: Path) -> DeployWithout:
    """Deploy all of it but one permission."""

    def deployed(stack: str, resource: str, action: str) -> Accounts:
        folder = part(assembly, tmp_path / "cdk.out", *STACKS)
        lacking = folder / f"{stack}.template.json"
        lacking.unlink()
        lacking.write_text(json.dumps(_lacking(stack, granted()[stack, resource, action])))
        cloud.deploy(folder)
        return Accounts(cloud)

    return deployed


def _lacking(stack: str, permission: Permission) -> Json:
    """A stack's template without a permission; IAM takes no inline policy that says nothing."""
    template = without(templates()[stack], permission)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::IAM::Role":
            given = resource["Properties"]
            given["Policies"] = [one for one in given.get("Policies", []) if one["PolicyDocument"]["Statement"]]
    return template


def _with_its_hash(stack: str, name: str) -> str:
    """A logical id, by which a resource and not its dead-letter queue is meant; names of elsewhere are as they are."""
    return next((logical_id for logical_id in templates()[stack]["Resources"] if logical_id[:-8] == name), name)


def undelivered(accounts: Accounts) -> list[Delivery]:
    return [delivery for delivery in accounts.cloud.ledger.deliveries if delivery.fate is not Fate.DELIVERED]


@pytest.mark.parametrize("needed", NEEDED, ids=lambda needed: f"{needed.stack}-{needed.resource}-{needed.action}")
def test_an_event_that_is_not_let_over_is_a_dead_letter_with_its_code(
    deploy_without: DeployWithout, needed: Needed
) -> None:
    accounts = deploy_without(needed.stack, needed.resource, needed.action)

    accounts.tell(*needed.event)

    (stuck,) = undelivered(accounts)
    assert needed.target in stuck.edge.target
    assert (stuck.fate, stuck.code) == (Fate.DEAD_LETTERED, needed.code)
    assert needed.action.rstrip("*") in stuck.reason or "may not assume" in stuck.reason


@pytest.mark.parametrize(("stack", "resource", "event", "target"), DEAD_LETTERS, ids=_told_apart)
def test_an_event_is_lost_where_neither_its_target_nor_its_dead_letter_queue_takes_it(
    deploy_without: DeployWithout, stack: str, resource: str, event: tuple[str, Json], target: str
) -> None:
    accounts = deploy_without(stack, resource, "sqs:SendMessage")
    denied = _with_its_hash(stack, target)
    accounts.cloud.faults.deny(denied)
    accounts.cloud.ledger.expect_drops(denied)

    accounts.tell(*event)

    lost = [delivery for delivery in undelivered(accounts) if delivery.fate is Fate.DROPPED]
    assert [denied in delivery.edge.target for delivery in lost] == [True]
    assert "Its dead-letter queue " in lost[0].reason
    assert "may not sqs:SendMessage on " in lost[0].reason


@pytest.mark.parametrize(("stack", "resource", "event", "target"), WORK, ids=_told_apart)
def test_a_function_that_may_not_write_its_table_fails_and_its_event_is_a_dead_letter(
    deploy_without: DeployWithout, stack: str, resource: str, event: tuple[str, Json], target: str
) -> None:
    accounts = deploy_without(stack, resource, "dynamodb:PutItem")

    accounts.tell(*event)

    (failed,) = undelivered(accounts)
    assert target in failed.edge.target
    assert failed.fate is Fate.DEAD_LETTERED
    assert any("dynamodb:PutItem" in attempt.log for attempt in failed.attempts)


def test_a_subscription_that_the_topic_does_not_admit_fails_the_deployment(deploy_without: DeployWithout) -> None:
    with pytest.raises(DeployError) as refused:
        deploy_without("OrderSharing", "NewsPolicy", "sns:Subscribe")

    assert refused.value.stack == "PartnerNews"
    assert f"arn:aws:iam::{PARTNER}:root is not authorized to perform: sns:Subscribe" in str(refused.value)


def test_another_role_of_the_shops_account_does_not_get_into_the_partners_queue(
    assembly: Path, cloud: LocalCloud, tmp_path: Path
) -> None:
    """The queue admits the account only in the name of the one role that its rules hand over with."""
    cloud.deploy(part(assembly, tmp_path / "cdk.out", *STACKS))
    iam, sts = cloud.client("iam"), cloud.client("sts")
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{SHOP}:root"}, "Action": "sts:AssumeRole"}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    role = iam.create_role(RoleName="clerk", AssumeRolePolicyDocument=_document(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName="clerk", PolicyName="all", PolicyDocument=_document(everything))
    given = sts.assume_role(RoleArn=role, RoleSessionName="clerk")["Credentials"]
    clerk = boto3.client(
        "sqs",
        region_name="us-east-1",
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )

    with pytest.raises(ClientError, match="not authorized to perform: sqs:SendMessage"):
        clerk.send_message(QueueUrl=f"https://sqs.us-east-1.amazonaws.com/{PARTNER}/partner-orders", MessageBody="psst")


# What every function has of the kit's own defaults: tests/shop takes each of these away in the order fan-out.
OF_EVERY_FUNCTION = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTelemetryRecords", "xray:PutTraceSegments"}
OF_EVERY_FUNCTION |= {"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage", "kms:*"}
OF_EVERY_ROLE = {"RecordSaleFunctionRole", "PlanSupplyRole", "FileReturnRole"}


def test_no_permission_of_the_crossings_is_without_its_test() -> None:
    tested = {(needed.stack, needed.resource, needed.action) for needed in NEEDED}
    tested |= {(stack, resource, "sqs:SendMessage") for stack, resource, *_ in DEAD_LETTERS}
    tested |= {(stack, resource, "dynamodb:PutItem") for stack, resource, *_ in WORK}
    tested |= {("OrderSharing", "NewsPolicy", "sns:Subscribe")}

    untested = {
        (stack, resource, action)
        for stack, resource, action in set(granted()) - tested
        if action not in OF_EVERY_FUNCTION
        and not (resource in OF_EVERY_ROLE and action == "sts:AssumeRole")
        and not (resource.endswith("RoleDefaultPolicy") and action == "sqs:SendMessage")  # its own dead letters
    }
    assert untested == set()


def _document(statement: Json) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
