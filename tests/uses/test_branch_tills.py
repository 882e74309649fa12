"""Branch tills: a line of an old till becomes an order, and an order becomes a line of the old ledger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eventyard.assembly import synthesize
from eventyard.local import Fate, LocalCloud
from tests.shop.parts import part
from tests.uses.lacking import Shop, alarms_on, output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventyard.local import Delivery, Host

ROOT = Path(__file__).parents[2]
STACKS = ("CommerceBus", "BranchTills")
SALE = "SALE;T07;4711;DE;EUR;tea*2*450,cup*1*1200"


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop(synthesize(ROOT), STACKS)


@pytest.fixture(scope="module")
def assembly(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return part(shop.assembly, tmp_path_factory.mktemp("tills") / "cdk.out", *STACKS)


@pytest.fixture
def empty(eventyard_host: Host) -> Iterator[LocalCloud]:
    with LocalCloud(host=eventyard_host) as running:
        yield running


def ring(cloud: LocalCloud, line: str) -> str:
    """A till prints a line; everything comes to rest; the message's id."""
    url = output(cloud, "BranchTills", "TillsQueueUrl")
    sent = cloud.client("sqs").send_message(QueueUrl=url, MessageBody=line)["MessageId"]
    cloud.settle()
    return str(sent)


def ledger(cloud: LocalCloud) -> list[str]:
    """What the old ledger reads."""
    url = output(cloud, "BranchTills", "LedgerQueueUrl")
    found = cloud.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [message["Body"] for message in found]


def said(cloud: LocalCloud) -> list[tuple[str, str, str]]:
    """What was said on the shop's bus: source, type, order."""
    events = [json.loads(event.content) for event in cloud.ledger.events if event.to.endswith("/commerce")]
    return [(event["source"], event["detail-type"], event["detail"]["order_id"]) for event in events]


def taken(cloud: LocalCloud, message: str) -> Delivery:
    """The delivery of a line to the pipe."""
    (found,) = [one for one in cloud.ledger.deliveries_of(message) if one.edge.kind == "sqs→pipes"]
    return found


def test_a_sale_at_an_old_till_is_an_order_of_the_shop_and_a_line_of_the_ledger(deployed: LocalCloud) -> None:
    """From the till to the ledger.

    Given a till that prints its opening, a sale and a void;
    when the branch's machine has sent the lines to the queue;
    then the sale, and nothing else, is an OrderPlaced of shop.pos on the bus, and the old ledger has a line of it; and
    the story of the sale's message tells the whole way.
    """
    ring(deployed, "OPEN;T07")
    sale = ring(deployed, SALE)
    void = ring(deployed, "VOID;T07;4710")

    assert said(deployed) == [("shop.pos", "OrderPlaced", "T07-4711")]
    assert ledger(deployed) == ['"ORD;T07-4711;DE;2100;EUR"']
    story = str(deployed.ledger.story(sale))
    for hop in ("TranslateSale", "event-bus/commerce", "BranchTills/Ledger"):
        assert hop in story
    deployed.ledger.assert_not_delivered(void, "Sales", because="none of its filters matches")


def test_a_line_that_nobody_can_read_is_a_dead_letter_with_an_alarm_and_holds_up_no_other(deployed: LocalCloud) -> None:
    """Given a garbled line before a good one, the good one is an order, and the garbled one is kept with an alarm."""
    sqs, url = deployed.client("sqs"), output(deployed, "BranchTills", "TillsQueueUrl")
    garbled = sqs.send_message(QueueUrl=url, MessageBody="SALE;T07;4712;DE;EUR;tea*two*450")["MessageId"]
    ring(deployed, SALE)
    assert said(deployed) == [("shop.pos", "OrderPlaced", "T07-4711")]
    failed = taken(deployed, garbled)
    assert (failed.fate, len(failed.attempts)) == (Fate.DEAD_LETTERED, 3)
    assert "is no SKU*QUANTITY*PRICE" in failed.attempts[-1].reason
    deployed.advance(minutes=2)
    assert [told for told in alarms_on(deployed) if "queue BranchTills/Tills" in told]


def test_an_outage_of_the_bus_delays_a_sale_and_loses_none(deployed: LocalCloud) -> None:
    """Given a bus that is out for five minutes, a sale is an order afterwards."""
    deployed.faults.outage("event-bus/commerce", minutes=5)
    ring(deployed, SALE)
    assert said(deployed) == [("shop.pos", "OrderPlaced", "T07-4711")]


# A permission, and what a sale's last attempt says without it; nothing where the pipe may not even read.
NEEDED = [
    ("SalesRole", "sts:AssumeRole", ""),
    ("SalesRole", "sqs:ReceiveMessage", ""),
    ("SalesRole", "sqs:DeleteMessage", ""),
    ("SalesRole", "sqs:GetQueueAttributes", ""),
    ("SalesRole", "lambda:InvokeFunction", "may not lambda:InvokeFunction"),
    ("SalesRole", "events:PutEvents", "may not events:PutEvents"),
    ("TranslateSaleRole", "sts:AssumeRole", "may not assume"),
]
ADMITS_RULES = [("LedgerPolicy", "sqs:SendMessage"), ("CommerceRoutesLedgerLinesDeadLettersPolicy", "sqs:SendMessage")]
# What a function logs and traces with: without it nobody is told, as on AWS.
WATCHED_ELSEWHERE = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTelemetryRecords", "xray:PutTraceSegments"}


def test_every_permission_of_the_tills_is_tested_here(shop: Shop) -> None:
    granted = {grant for grant in shop.granted("BranchTills") if grant[1] not in WATCHED_ELSEWHERE}
    assert granted == {(resource, action) for resource, action, _ in NEEDED} | set(ADMITS_RULES)


@pytest.mark.parametrize(("resource", "action", "words"), NEEDED)
def test_without_a_permission_a_sale_is_no_order(
    shop: Shop, empty: LocalCloud, tmp_path: Path, *, resource: str, action: str, words: str
) -> None:
    shop.deploy_without(empty, tmp_path / "cdk.out", "BranchTills", resource, action)
    sale = ring(empty, SALE)
    assert said(empty) == []
    if words:
        assert words in taken(empty, sale).attempts[-1].reason
        assert taken(empty, sale).fate is Fate.DEAD_LETTERED
    else:
        assert empty.ledger.deliveries_of(sale) == []


def test_without_permission_the_ledgers_line_is_a_dead_letter(shop: Shop, empty: LocalCloud, tmp_path: Path) -> None:
    shop.deploy_without(empty, tmp_path / "cdk.out", "BranchTills", *ADMITS_RULES[0])
    ring(empty, SALE)
    (line,) = [
        one for one in empty.ledger.deliveries if one.edge.target.split(":")[-1].startswith("BranchTills-Ledger")
    ]
    assert (line.fate, line.code) == (Fate.DEAD_LETTERED, "NO_PERMISSIONS")


def test_without_permission_to_write_its_dead_letter_the_ledgers_line_is_dropped(
    shop: Shop, empty: LocalCloud, tmp_path: Path
) -> None:
    shop.deploy_without(empty, tmp_path / "cdk.out", "BranchTills", *ADMITS_RULES[1])
    empty.faults.deny("BranchTills-Ledger")
    ring(empty, SALE)
    (line,) = [
        one for one in empty.ledger.deliveries if one.edge.target.split(":")[-1].startswith("BranchTills-Ledger")
    ]
    assert line.fate is Fate.DROPPED
    assert "Its dead-letter queue" in line.reason
