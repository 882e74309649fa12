"""The shop, all of its accounts, deployed by the real CDK CLI: once for this file, with one account's credentials."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.assembly import read, synthesize
from eventyard.local import LocalCloud, ServedCloud, readable
from tests.served.cdk import ROOT, Outcome, cdk, deploy
from tests.shop.day import order, payment, question, sent_back, stock_low
from tests.shop.parts import part

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("the CDK CLI")

DAY = {
    "OrderPlaced": order(),
    "PaymentTaken": payment(),
    "ReturnRequested": sent_back(),
    "QuestionAsked": question(),
    "StockLow": stock_low(),
}
# What CloudFormation adds to a name that a template leaves open, and what follows from it.
GENERATED = re.compile(r"-[A-Za-z0-9]{12}(?=$|[:/.-])|[0-9a-f]{8}-[0-9a-f-]{27}")


@dataclass(frozen=True)
class Deployed:
    """A cloud with the shop in it, and what the CLI said about it."""

    cloud: ServedCloud
    assembly: Path
    said: Outcome


@dataclass(frozen=True)
class Traces:
    """What two clouds are compared by: resources by account, and what became of each event of a day."""

    resources: set[tuple[str, str, str, str, str]]
    fates: dict[str, Counter[tuple[str, str, str, str]]]


def entries() -> list[dict[str, Any]]:
    return [{"Source": "shop.web", "DetailType": type_, "Detail": detail} for type_, detail in DAY.items()]


def traces(cloud: LocalCloud, assembly: Path, events: dict[str, str]) -> Traces:
    resources = set()
    for stack in read(assembly).stacks:
        cloudformation = cloud.client("cloudformation", account=stack.account, region=stack.region)
        for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack.name):
            for one in page["StackResourceSummaries"]:
                where = stack.account or "", stack.region or "", stack.name
                resources.add((*where, one["LogicalResourceId"], one["ResourceType"]))
    fates = {
        type_: Counter(
            (d.edge.kind, _named(d.edge.source), _named(d.edge.target), str(d.fate))
            for d in cloud.ledger.deliveries_of(event_id)
        )
        for type_, event_id in events.items()
    }
    return Traces(resources, fates)


def _named(arn: str) -> str:
    return GENERATED.sub("", readable(arn))


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All stacks, in a folder of this file's own: the CLI writes beside what it reads."""
    whole = synthesize(ROOT)
    return part(whole, tmp_path_factory.mktemp("shop") / "cdk.out", *(stack.name for stack in read(whole).stacks))


@pytest.fixture(scope="module")
def local(assembly: Path) -> Traces:
    """The same assembly, deployed by `LocalCloud.deploy`, and the same day in it."""
    with LocalCloud() as cloud:
        cloud.deploy(assembly)
        whole = [{"EventBusName": "commerce", **one, "Detail": json.dumps(one["Detail"])} for one in entries()]
        ids = [one["EventId"] for one in cloud.client("events").put_events(Entries=whole)["Entries"]]
        cloud.settle()
        return traces(cloud, assembly, dict(zip(DAY, ids, strict=True)))


@pytest.fixture(scope="module")
def shop(assembly: Path, local: Traces) -> Iterator[Deployed]:  # noqa: ARG001 - one cloud at a time: `local` has ended
    with ServedCloud(port=0, speed=30) as cloud:
        yield Deployed(cloud, assembly, deploy(cloud.endpoint, assembly))


@pytest.fixture(scope="module")
def day(shop: Deployed, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A day of events, published by the script that people copy; type → id."""
    file = tmp_path_factory.mktemp("day") / "day.jsonl"
    file.write_text("".join(f"{json.dumps(one)}\n" for one in entries()))
    environment = os.environ | {
        "AWS_ENDPOINT_URL": shop.cloud.endpoint,
        "AWS_ACCESS_KEY_ID": "111111111111",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_REGION": "us-east-1",
    }
    script = [sys.executable, str(ROOT / "scripts" / "publish_events.py"), str(file), "--bus", "commerce"]
    subprocess.run(script, env=environment, check=True, capture_output=True)
    shop.cloud.settle()
    found = [(event.id, json.loads(event.content)) for event in shop.cloud.ledger.events if event.kind == "event"]
    published = {content["detail-type"]: event_id for event_id, content in found if content["source"] == "shop.web"}
    return {type_: published[type_] for type_ in DAY}


def test_the_cli_deploys_every_stack_into_its_account_and_region_and_needs_no_bootstrap(shop: Deployed) -> None:
    assert shop.said.code == 0, shop.said.said
    for stack in read(shop.assembly).stacks:
        cloudformation = shop.cloud.client("cloudformation", account=stack.account, region=stack.region)
        (found,) = cloudformation.describe_stacks(StackName=stack.name)["Stacks"]
        assert (stack.name, found["StackStatus"]) == (stack.name, "CREATE_COMPLETE")


def test_what_a_script_publishes_reaches_the_consumers(shop: Deployed, day: dict[str, str]) -> None:  # noqa: ARG001 - it has been published
    """An order is reserved and billed in the shop, and counted in analytics' account, in another Region."""

    def items(stack: str, output: str, **where: str) -> list[dict[str, Any]]:
        described = shop.cloud.client("cloudformation", **where).describe_stacks(StackName=stack)["Stacks"][0]
        names = {one["OutputKey"]: one["OutputValue"] for one in described["Outputs"]}
        found: list[dict[str, Any]] = shop.cloud.client("dynamodb", **where).scan(TableName=names[output])["Items"]
        return found

    (reservation,) = items("ShopRecords", "ReservationsTableName")
    (invoice,) = items("ShopRecords", "InvoicesTableName")
    (sale,) = items("AnalyticsMirror", "SalesTableName", account="222222222222", region="eu-west-1")
    assert reservation["pieces"] == {"M": {"samovar": {"N": "1"}}}
    assert invoice["total"] == {"N": "64000"}
    assert sale["order_id"] == {"S": "o-1"}


def test_it_is_what_the_local_cloud_deploys_resource_by_resource_and_fate_by_fate(
    shop: Deployed, local: Traces, day: dict[str, str]
) -> None:
    served = traces(shop.cloud, shop.assembly, day)
    assert served.resources == local.resources
    assert served.fates == local.fates
    shop.cloud.ledger.assert_balanced()


def test_deployed_again_nothing_changes_and_a_diff_says_so(shop: Deployed) -> None:
    again = deploy(shop.cloud.endpoint, shop.assembly)
    difference = cdk(shop.cloud.endpoint, "diff", "--all", app=shop.assembly)
    stacks = len(read(shop.assembly).stacks)
    assert again.said.count("(no changes)") == stacks, again.said
    assert "Number of stacks with differences: 0" in difference.said
