"""Event forks: every event kept, orders as documents for a search, orders that can be played again."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.assembly import synthesize
from eventyard.local import Fate, LocalCloud
from tests.shop.conftest import teller
from tests.shop.day import order, question
from tests.shop.parts import FANOUT, part
from tests.uses.lacking import Shop, alarms_on, output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventyard.local import Delivery, Host

ROOT = Path(__file__).parents[2]
STACKS = (*FANOUT, "EventForks")
Item = dict[str, Any]


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop(synthesize(ROOT), STACKS)


@pytest.fixture(scope="module")
def assembly(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return part(shop.assembly, tmp_path_factory.mktemp("forks") / "cdk.out", *STACKS)


@pytest.fixture
def empty(eventyard_host: Host) -> Iterator[LocalCloud]:
    with LocalCloud(host=eventyard_host) as running:
        yield running


def objects(cloud: LocalCloud, bucket: str) -> dict[str, str]:
    """What is in the bucket of the storage or the search pipeline, uncompressed, by name."""
    s3, name = cloud.client("s3"), output(cloud, "EventForks", f"{bucket}BucketName")
    found = s3.list_objects_v2(Bucket=name).get("Contents", [])
    bodies = {one["Key"]: s3.get_object(Bucket=name, Key=one["Key"])["Body"].read() for one in found}
    return {key: gzip.decompress(body).decode() for key, body in bodies.items()}


def invoices(cloud: LocalCloud) -> list[str]:
    """The orders that there are invoices of."""
    items = cloud.client("dynamodb").scan(TableName=output(cloud, "ShopRecords", "InvoicesTableName"))["Items"]
    return [item["order_id"]["S"] for item in items]


def lose_everything(cloud: LocalCloud, *tables: str) -> None:
    dynamodb = cloud.client("dynamodb")
    for table, key in (one.split(".") for one in tables):
        name = output(cloud, "ShopRecords", f"{table}TableName")
        for item in dynamodb.scan(TableName=name)["Items"]:
            dynamodb.delete_item(TableName=name, Key={key: item[key]})


def runs(cloud: LocalCloud, function: str) -> int:
    """How many messages a function has done."""
    return sum(
        flow[Fate.DELIVERED]
        for edge, flow in cloud.ledger.flows.items()
        if edge.kind == "sqs→lambda" and function in edge.target
    )


def delivery(cloud: LocalCloud, event: str, target: str) -> Delivery:
    """The last delivery of an event to a target."""
    return [one for one in cloud.ledger.deliveries_of(event) if target in one.edge.target][-1]


def test_every_event_is_kept_orders_can_be_searched_and_what_finance_lost_comes_back(deployed: LocalCloud) -> None:
    """The three forks on one day.

    Given the shop with its forks attached, and two orders and a question that came in;
    when the buffers are written, all three events are lines in the storage bucket, in the folder of their day, and both
    orders are documents in the search bucket;
    and when finance loses its invoices, and somebody releases the replay pipeline,
    then the invoices are there again, and the warehouse, which heard the same orders, has nothing to do.
    """
    tell = teller(deployed)
    tell("OrderPlaced", order(order_id="o-1"))
    tell("OrderPlaced", order(order_id="o-2"))
    tell("QuestionAsked", question())

    kept = objects(deployed, "Storage")
    told = [json.loads(line) for text in kept.values() for line in text.splitlines()]
    assert sorted(event["detail-type"] for event in told) == ["OrderPlaced", "OrderPlaced", "QuestionAsked"]
    assert all(name.startswith(f"events/{deployed.now:year=%Y/month=%m/day=%d}/") for name in kept)

    lines = [json.loads(line) for text in objects(deployed, "Search").values() for line in text.splitlines()]
    actions, documents = lines[::2], lines[1::2]
    assert [one["index"]["_id"] for one in actions] == ["o-1", "o-2"]
    assert {one["total"] for one in documents} == {64_000}

    lose_everything(deployed, "Invoices.order_id", "Idempotency.id")
    reserved = runs(deployed, "ReserveStock")
    deployed.client("pipes").start_pipe(Name=output(deployed, "EventForks", "ReplayPipeName"))
    deployed.settle()
    assert sorted(invoices(deployed)) == ["o-1", "o-2"]
    assert runs(deployed, "ReserveStock") == reserved


def test_the_replay_may_be_released_to_another_consumer(deployed: LocalCloud) -> None:
    """Given an order that all have done, when the warehouse asks for it again, it alone gets it."""
    teller(deployed)("OrderPlaced", order())
    before = {name: runs(deployed, name) for name in ("OpenInvoice", "ReserveStock")}
    pipes, name = deployed.client("pipes"), output(deployed, "EventForks", "ReplayPipeName")
    role = pipes.describe_pipe(Name=name)["RoleArn"]
    (edge,) = [edge for edge in deployed.ledger.flows if edge.kind == "sqs→lambda" and "ReserveStock" in edge.target]
    pipes.update_pipe(Name=name, RoleArn=role, Target=edge.source, DesiredState="RUNNING")
    deployed.settle()
    after = {name: runs(deployed, name) for name in before}
    assert after == {**before, "ReserveStock": before["ReserveStock"] + 1}


def test_an_order_that_is_none_is_kept_where_what_failed_is_and_the_others_are_found(deployed: LocalCloud) -> None:
    """Given an order without a total beside a good one, when both are indexed, the bad one is under failed/."""
    tell = teller(deployed)
    bad = tell("OrderPlaced", order(order_id="o-1", total="much"), settle=False)
    tell("OrderPlaced", order(order_id="o-2"))
    found = objects(deployed, "Search")
    (failed,) = [text for name, text in found.items() if name.startswith("failed/processing-failed/")]
    assert json.loads(failed)["errorCode"] == "Lambda.ProcessingFailedStatus"
    assert [name.split("/")[0] for name in found] == ["documents", "failed"]
    assert delivery(deployed, bad, "IndexOrder").fate is Fate.DEAD_LETTERED
    deployed.ledger.expect_drops("")


def test_a_storage_that_is_closed_raises_its_alarm_and_loses_nothing_if_it_opens_within_a_day(
    deployed: LocalCloud,
) -> None:
    """Given a bucket that is out of service, the alarm says so before the day is over; then everything is written."""
    bucket = output(deployed, "EventForks", "StorageBucketName")
    deployed.faults.outage(bucket, hours=2)
    teller(deployed)("QuestionAsked", question(), settle=False)
    deployed.advance(hours=1)
    assert any("EventForks/Storage/Stream" in told and "24 hours" in told for told in alarms_on(deployed))
    deployed.settle()
    assert len(objects(deployed, "Storage")) == 1
    deployed.advance(minutes=30)
    assert alarms_on(deployed) == []


def test_an_index_function_that_fails_raises_its_alarm_and_its_orders_are_kept(deployed: LocalCloud) -> None:
    """Given a function out of order, when an order comes, it is under failed/ and the alarm says where."""
    deployed.faults.fail("IndexOrder", hours=1)
    teller(deployed)("OrderPlaced", order(), settle=False)
    deployed.advance(minutes=10)
    assert any("EventForks/Search/Stream" in told and "failed/" in told for told in alarms_on(deployed))
    assert all(name.startswith("failed/") for name in objects(deployed, "Search"))


def test_a_replay_that_its_consumer_does_not_take_is_a_dead_letter_of_the_buffer(deployed: LocalCloud) -> None:
    """Given a consumer's queue that denies, when the replay is released, the buffer's dead letters raise an alarm."""
    teller(deployed)("OrderPlaced", order())
    deployed.faults.deny("OpenInvoiceQueue")
    deployed.client("pipes").start_pipe(Name=output(deployed, "EventForks", "ReplayPipeName"))
    deployed.settle()
    deployed.advance(minutes=2)
    assert any("queue EventForks/Replay/Buffer" in told for told in alarms_on(deployed))


# A permission, and the target (a part of its ARN) that an order does not reach without it, with the code.
NEEDED = [
    ("StorageRouteRole", "sts:AssumeRole", "deliverystream/EventForks-Storage", "FAILED_TO_ASSUME_ROLE"),
    ("StorageRouteRole", "firehose:PutRecord", "deliverystream/EventForks-Storage", "NO_PERMISSIONS"),
    ("StorageStreamRole", "sts:AssumeRole", "s3:::eventforks-storage", "S3.AccessDenied"),
    ("StorageStreamRole", "s3:PutObject", "s3:::eventforks-storage", "S3.AccessDenied"),
    ("SearchSubscriptionRole", "sts:AssumeRole", "deliverystream/EventForks-Search", "AccessDenied"),
    ("SearchSubscriptionRole", "firehose:PutRecord", "deliverystream/EventForks-Search", "AccessDenied"),
    ("SearchStreamRole", "sts:AssumeRole", "IndexOrder", "S3.AccessDenied"),
    ("SearchStreamRole", "lambda:InvokeFunction", "IndexOrder", "Lambda.InvokeAccessDenied"),
    ("SearchStreamRole", "s3:PutObject", "s3:::eventforks-search", "S3.AccessDenied"),
    ("IndexOrderRole", "sts:AssumeRole", "IndexOrder", "Lambda.InvokeAccessDenied"),
    ("ReplayBufferPolicy", "sqs:SendMessage", "ReplayBuffer", "AccessDenied"),
]
# The dead-letter queue of each edge, and what has to fail for it.
DEAD_LETTERS = [
    ("StorageRouteDeadLettersPolicy", "deliverystream/EventForks-Storage"),
    ("SearchSubscriptionDeadLettersPolicy", "deliverystream/EventForks-Search"),
    ("ReplaySubscriptionDeadLettersPolicy", "EventForks-ReplayBuffer"),
]
# Without any of these, what was to be released stays in the buffer.
RELEASE = [
    ("ReplayReleaseRole", action)
    for action in ("sts:AssumeRole", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
]
# AWS's documents give these to the roles; the local cloud asks for none of them. CDK's own are tested elsewhere.
ASKED_BY_AWS_ALONE = {
    "firehose:DescribeDeliveryStream",
    "firehose:ListDeliveryStreams",
    "firehose:ListTagsForDeliveryStream",
    "firehose:PutRecordBatch",
    "lambda:GetFunctionConfiguration",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "s3:AbortMultipartUpload",
    "s3:GetBucketLocation",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:ListBucketMultipartUploads",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}


def test_every_permission_of_the_forks_is_tested_here_or_asked_for_by_aws_alone(shop: Shop) -> None:
    tested = {(resource, action) for resource, action, *_ in NEEDED} | set(RELEASE)
    tested |= {(policy, "sqs:SendMessage") for policy, _ in DEAD_LETTERS} | {("ReplayReleaseRole", "sqs:SendMessage")}
    granted = {grant for grant in shop.granted("EventForks") if grant[1] not in ASKED_BY_AWS_ALONE}
    assert granted == tested


@pytest.mark.parametrize("needed", NEEDED, ids="/".join)
def test_without_a_permission_the_order_fails_at_that_place_with_its_code(
    shop: Shop, empty: LocalCloud, tmp_path: Path, needed: tuple[str, str, str, str]
) -> None:
    resource, action, target, code = needed
    shop.deploy_without(empty, tmp_path / "cdk.out", "EventForks", resource, action)
    event = teller(empty)("OrderPlaced", order())
    failed = delivery(empty, event, target)
    assert failed.fate is not Fate.DELIVERED
    assert failed.code == code


@pytest.mark.parametrize(("policy", "target"), DEAD_LETTERS)
def test_without_permission_to_write_a_dead_letter_the_order_is_dropped(
    shop: Shop, empty: LocalCloud, tmp_path: Path, policy: str, target: str
) -> None:
    shop.deploy_without(empty, tmp_path / "cdk.out", "EventForks", policy, "sqs:SendMessage")
    empty.faults.deny(target)
    event = teller(empty)("OrderPlaced", order())
    failed = delivery(empty, event, target)
    assert failed.fate is Fate.DROPPED
    assert "Its dead-letter queue" in failed.reason


@pytest.mark.parametrize(("resource", "action"), RELEASE)
def test_without_permission_to_read_the_buffer_nothing_is_released(
    shop: Shop, empty: LocalCloud, tmp_path: Path, resource: str, action: str
) -> None:
    shop.deploy_without(empty, tmp_path / "cdk.out", "EventForks", resource, action)
    event = teller(empty)("OrderPlaced", order())
    empty.client("pipes").start_pipe(Name=output(empty, "EventForks", "ReplayPipeName"))
    empty.settle()
    assert [one for one in empty.ledger.deliveries_of(event) if one.edge.kind == "sqs→pipes"] == []


def test_without_permission_to_send_to_the_consumer_what_is_released_is_a_dead_letter(
    shop: Shop, empty: LocalCloud, tmp_path: Path
) -> None:
    shop.deploy_without(empty, tmp_path / "cdk.out", "EventForks", "ReplayReleaseRole", "sqs:SendMessage")
    event = teller(empty)("OrderPlaced", order())
    empty.client("pipes").start_pipe(Name=output(empty, "EventForks", "ReplayPipeName"))
    empty.settle()
    failed = delivery(empty, event, ":pipe/")
    assert (failed.fate, failed.code) == (Fate.DEAD_LETTERED, "AccessDenied")
