"""Everybody hears what concerns them, and a test says so when somebody no longer does."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eventyard.assembly import read, synthesize
from eventyard.local import LocalCloud
from tests.shop.conftest import teller
from tests.shop.day import ONE_OF_EACH, order, question, sent_back
from tests.shop.hearing import PROMISED, broken_promises, hearers
from tests.shop.parts import FANOUT

if TYPE_CHECKING:
    from eventyard.local import Host
    from tests.shop.conftest import Tell


ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("detail_type", ONE_OF_EACH)
@pytest.mark.parametrize("source", ["shop.web", "shop.mobile", "shop.pos"])
def test_each_event_reaches_exactly_those_it_concerns(
    deployed: LocalCloud, tell: Tell, detail_type: str, source: str
) -> None:
    event_id = tell(detail_type, ONE_OF_EACH[detail_type], source=source)

    functions_and_queues = {name for consumers in PROMISED.values() for name in consumers}
    heard = hearers(deployed.ledger.story(event_id)) & functions_and_queues
    # The thank-you for a large order is a message for customer care: nobody's edge, but in its queue.
    assert heard == PROMISED[detail_type]


@pytest.mark.parametrize(
    ("detail_type", "detail", "stays_out"),
    [
        ("OrderPlaced", order(country="US"), {"ReserveStock", "TrackStock"}),
        ("OrderPlaced", order(total=49_999), {"ThankCustomer"}),
        ("ReturnRequested", sent_back(refund=0), {"RefundOrder"}),
        ("QuestionAsked", question(urgency="normal"), {"CustomerCare"}),
    ],
    ids=["an order from abroad", "a small order", "a repair without refund", "a question that can wait"],
)
def test_filter_policies_keep_away_what_does_not_concern(
    deployed: LocalCloud, tell: Tell, detail_type: str, detail: dict[str, object], stays_out: set[str]
) -> None:
    event_id = tell(detail_type, detail)

    heard = hearers(deployed.ledger.story(event_id))
    assert heard & PROMISED[detail_type] == PROMISED[detail_type] - stays_out


def test_an_event_that_no_rule_wants_is_only_in_the_audit_trail(deployed: LocalCloud, tell: Tell) -> None:
    event_id = tell("PageViewed", {"page": "/samovar"})

    assert hearers(deployed.ledger.story(event_id)) == {"/shop/audit"}


def _edges_of_the_templates() -> list[tuple[str, str]]:
    """Every subscription, rule target and event source mapping, as (stack, logical id)."""
    kinds = {"AWS::SNS::Subscription", "AWS::Events::Rule", "AWS::Lambda::EventSourceMapping"}
    return [
        (stack.name, logical_id)
        for stack in read(synthesize(ROOT)).stacks
        if stack.name in FANOUT
        for logical_id, resource in stack.template["Resources"].items()
        if resource["Type"] in kinds
    ]


@pytest.mark.parametrize(("stack", "logical_id"), _edges_of_the_templates())
def test_an_edge_that_is_gone_is_missed_by_name(
    assembly: Path, tmp_path: Path, eventyard_host: Host, stack: str, logical_id: str
) -> None:
    """Given the shop without one edge, when each event is published once, then it is said who no longer hears what."""
    shop = tmp_path / "cdk.out"
    shutil.copytree(assembly, shop)
    file = next(found for found in shop.glob("*.template.json") if found.name.startswith(f"{stack}."))
    template = json.loads(file.read_text())
    resource = template["Resources"][logical_id]
    if resource["Type"] == "AWS::Events::Rule":
        resource["Properties"]["Targets"] = []
    else:
        del template["Resources"][logical_id]
    file.write_text(json.dumps(template))

    with LocalCloud(host=eventyard_host) as cloud:
        cloud.deploy(shop)
        tell = teller(cloud)
        ids = {detail_type: tell(detail_type, detail) for detail_type, detail in ONE_OF_EACH.items()}

        said = broken_promises(cloud, ids)

    assert said
    if resource["Type"] != "AWS::Events::Rule":
        # A rule's target takes everyone behind the topic along; the others concern the one they are named after.
        assert any(logical_id.startswith(sentence.split()[0]) for sentence in said)


def test_with_all_its_edges_every_promise_is_kept(deployed: LocalCloud, tell: Tell) -> None:
    ids = {detail_type: tell(detail_type, detail) for detail_type, detail in ONE_OF_EACH.items()}

    assert broken_promises(deployed, ids) == []


def test_the_story_says_which_filter_kept_an_event_away(deployed: LocalCloud, tell: Tell) -> None:
    story = str(deployed.ledger.story(tell("OrderPlaced", order(country="US"))))

    assert "sns:OrderFanout/Orders → sqs:OrderFanout/ReserveStockQueue: kept away by its filter" in story
