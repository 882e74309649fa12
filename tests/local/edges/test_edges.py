"""Every edge against every rule that AWS has for it, with permissions on: the rows and columns of docs/fidelity.md."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eventyard.local import Fate
from tests.local.authority.scene import service, statement
from tests.local.edges.kinds import KINDS, Built, Setting
from tests.local.edges.table import CASES, ELSEWHERE, SOURCES, table

if TYPE_CHECKING:
    from eventyard.local import Delivery, LocalCloud
    from tests.local.authority.scene import Scene

REFUSED = {"NO_PERMISSIONS", "AccessDenied", "KMSAccessDenied", "KMS.AccessDeniedException"}


def edges_with(rule: str) -> list[str]:
    return [edge for edge, rules in CASES.items() if rule in rules]


def sent(cloud: LocalCloud, built: Built, total: int = 120) -> Delivery | None:
    """Send, settle, and find the delivery to the target."""
    event = built.send(total)
    cloud.settle()
    found = [d for d in cloud.ledger.deliveries_of(event) if built.target in d.edge.target]
    return found[-1] if found else None


def dead_letter_queue(scene: Scene) -> str:
    admits = [statement(service(who), "sqs:SendMessage") for who in ("events", "sns")]
    return scene.queue("dead", *admits)


def depth(cloud: LocalCloud, queue: str) -> int:
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    wanted = ["ApproximateNumberOfMessages"]
    return int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=wanted)["Attributes"][wanted[0]])


@pytest.mark.parametrize("edge", edges_with("matched"))
def test_what_matches_goes_over_and_what_does_not_stays(cloud: LocalCloud, scene: Scene, edge: str) -> None:
    built = KINDS[edge](scene, Setting())
    delivery = sent(cloud, built, total=120)
    assert delivery is not None
    assert delivery.fate is Fate.DELIVERED
    assert sent(cloud, built, total=80) is None


@pytest.mark.parametrize("edge", edges_with("authorized"))
def test_without_its_permission_an_edge_delivers_nothing_and_says_whose_is_missing(
    cloud: LocalCloud, scene: Scene, edge: str
) -> None:
    delivery = sent(cloud, KINDS[edge](scene, Setting(open=False)))
    if edge == "queue → function":
        # A poller that may not read leaves the messages where they are.
        assert delivery is None
        assert depth(cloud, "warehouse") == 1
        return
    assert delivery is not None
    assert (delivery.fate, len(delivery.attempts)) == (Fate.DROPPED, 1)
    assert delivery.code in REFUSED
    assert " may not " in delivery.reason


@pytest.mark.parametrize("edge", edges_with("authorized"))
def test_without_enforcement_the_ledger_says_what_would_be_refused(cloud: LocalCloud, scene: Scene, edge: str) -> None:
    built = KINDS[edge](scene, Setting(open=False))
    cloud.enforce = False
    delivery = sent(cloud, built)
    assert delivery is not None
    assert delivery.fate is Fate.DELIVERED
    if edge != "queue → function":
        assert " may not " in delivery.unenforced


@pytest.mark.parametrize("edge", edges_with("encrypted"))
@pytest.mark.parametrize("key", ["open", "closed"])
def test_a_key_admits_who_writes_or_reads_or_nothing_goes_over(
    cloud: LocalCloud, scene: Scene, edge: str, key: str
) -> None:
    delivery = sent(cloud, KINDS[edge](scene, Setting(key=key)))
    if key == "open":
        assert delivery is not None
        assert delivery.fate is Fate.DELIVERED
    elif edge == "queue → function":
        assert delivery is None
    else:
        assert delivery is not None
        assert delivery.fate is Fate.DROPPED
        assert "key" in delivery.reason


@pytest.mark.parametrize("edge", edges_with("retried"))
def test_what_fails_for_a_while_is_tried_again(cloud: LocalCloud, scene: Scene, edge: str) -> None:
    built = KINDS[edge](scene, Setting())
    cloud.faults.throttle(built.target, times=2)
    delivery = sent(cloud, built)
    assert delivery is not None
    assert (delivery.fate, len(delivery.attempts)) == (Fate.DELIVERED, 3)


@pytest.mark.parametrize("edge", edges_with("dead-lettered"))
def test_what_cannot_be_delivered_is_in_the_dead_letter_queue(cloud: LocalCloud, scene: Scene, edge: str) -> None:
    dead = dead_letter_queue(scene)
    delivery = sent(cloud, KINDS[edge](scene, Setting(open=edge == "queue → function", dead_letters=dead)))
    assert delivery is not None
    assert delivery.fate is Fate.DEAD_LETTERED
    assert depth(cloud, "dead") == 1


# SQS moves its own messages: no policy is asked.
@pytest.mark.parametrize("edge", sorted({*edges_with("dead-lettered")} - {"queue → function"}))
def test_a_dead_letter_queue_that_admits_nobody_means_that_the_event_is_dropped(
    cloud: LocalCloud, scene: Scene, edge: str
) -> None:
    delivery = sent(cloud, KINDS[edge](scene, Setting(open=False, dead_letters=scene.queue("dead"))))
    assert delivery is not None
    assert delivery.fate is Fate.DROPPED
    assert "Its dead-letter queue sqs:dead failed too" in delivery.reason


def test_the_table_in_the_documents_is_what_the_tests_show() -> None:
    documents = Path(__file__).parents[3] / "docs" / "fidelity.md"
    assert table() in documents.read_text(encoding="utf-8"), f"docs/fidelity.md wants this table:\n{table()}"


@pytest.mark.parametrize("where", sorted({test for rules in ELSEWHERE.values() for test in rules.values()}))
def test_a_test_that_the_table_names_is_there(where: str) -> None:
    file, _, name = where.partition("::")
    text = (Path(__file__).parents[1] / file).read_text(encoding="utf-8")
    assert re.search(rf"^def {name}\(", text, re.MULTILINE), where


def test_every_edge_that_is_set_up_is_in_the_table() -> None:
    assert set(CASES) == set(KINDS)
    assert set(CASES) | set(ELSEWHERE) <= set(SOURCES)
