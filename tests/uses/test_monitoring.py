"""Monitoring: the shop says by itself that it loses events, and that it does so no longer."""

from __future__ import annotations

import json
import re
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.assembly import synthesize
from eventyard.local import Fate, LocalCloud
from tests.local.servers import serving
from tests.shop.day import order
from tests.shop.permissions import Permission, permissions, without

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventyard.local import Host
    from tests.local.servers import Asked, Server

ROOT = Path(__file__).parents[2]
ALERTS = "Operations-Alerts"


class Desk:
    """What operators look at."""

    def __init__(self, cloud: LocalCloud, pager: Server) -> None:
        self.cloud = cloud
        self.pager = pager

    def place_order(self, **changes: Any) -> str:  # noqa: ANN401 - any field of an order
        """As the web shop does."""
        detail = json.dumps(order(**changes))
        entry = {"EventBusName": "commerce", "Source": "shop.web", "DetailType": "OrderPlaced", "Detail": detail}
        event_id = self.cloud.client("events").put_events(Entries=[entry])["Entries"][0]["EventId"]
        self.cloud.settle()
        return str(event_id)

    def alarms(self, state: str = "ALARM") -> set[str]:
        """The names of the alarms in a state, without what CloudFormation appends."""
        answer = self.cloud.client("cloudwatch").describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        found: list[dict[str, Any]] = [*answer["MetricAlarms"], *answer["CompositeAlarms"]]
        return {_short(one["AlarmName"]) for one in found if one["StateValue"] == state}

    def incidents(self) -> dict[str, str]:
        """Each subject's state."""
        outputs = self.cloud.client("cloudformation").describe_stacks(StackName="Operations")["Stacks"][0]["Outputs"]
        (table,) = [one["OutputValue"] for one in outputs if one["OutputKey"] == "IncidentsTableName"]
        items = self.cloud.client("dynamodb").scan(TableName=table)["Items"]
        return {_short(item["subject"]["S"]): item["state"]["S"] for item in items}

    def paged(self) -> list[str]:
        """The subjects of what the pager was told."""
        return [_short(asked.json["Subject"]) for asked in self.pager.asked if asked.json["Type"] == "Notification"]

    def url(self, queue: str) -> str:
        """Of the one queue of this name, but for its stack and what CloudFormation appends."""
        urls = self.cloud.client("sqs").list_queues()["QueueUrls"]
        (found,) = [url for url in urls if re.search(rf"-{queue}[0-9A-F]{{8}}-\w+$", url)]
        return str(found)


def _short(name: str) -> str:
    return re.sub(r"[0-9A-F]{8}-\w{12}", "", name)


def _confirm(asked: Asked) -> None:
    if asked.headers["x-amz-sns-message-type"] == "SubscriptionConfirmation":
        with urllib.request.urlopen(asked.json["SubscribeURL"]):  # noqa: S310 - of the loopback
            pass


@contextmanager
def desk(assembly: Path, host: Host) -> Iterator[Desk]:
    with serving() as pager, LocalCloud(host=host) as cloud:
        pager.then = _confirm
        cloud.stand_in("https://pager.example", pager.url)
        cloud.deploy(assembly)
        yield Desk(cloud, pager)


@pytest.fixture(scope="module")
def assembly() -> Path:
    """All of the shop: what it hands to other accounts is watched too."""
    return synthesize(ROOT)


@pytest.fixture
def operators(assembly: Path, eventyard_host: Host) -> Iterator[Desk]:
    with desk(assembly, eventyard_host) as found:
        found.cloud.advance(minutes=10)
        found.pager.asked.clear()
        yield found
        found.cloud.settle()
        found.cloud.ledger.assert_sound()


# What it is for


def test_a_consumer_that_breaks_is_an_incident_and_one_that_is_repaired_ends_it(operators: Desk) -> None:
    """Given a shop at work, when open_invoice breaks and an order becomes a dead letter, then within a minute its alarm
    is on, and with it the one that says that the shop is losing events: the pager was called, and there is an open
    incident. When open_invoice works again and the dead letter is moved back, the invoice is there, the alarms are off,
    the pager was told and the incident is over.
    """
    cloud, losing = operators.cloud, "Operations-LosingAlarm"
    assert operators.alarms() == set()

    cloud.faults.fail("OpenInvoiceFunction")
    event_id = operators.place_order()
    cloud.advance(minutes=1)
    on = {name for name in operators.alarms() if "OpenInvoice" not in name}
    assert any("OpenInvoiceQueueDeadLetters" in name for name in operators.alarms())
    assert on == {"OrderFanout-Losing-1", losing}
    cloud.settle()
    assert operators.paged() == [f'ALARM: "{losing}" in us-east-1']
    assert operators.incidents()[f"alarm {losing}"] == "open"

    cloud.faults.clear()
    letters = cloud.client("sqs").get_queue_attributes(
        QueueUrl=operators.url("OpenInvoiceQueueDeadLetters"), AttributeNames=["QueueArn"]
    )["Attributes"]["QueueArn"]
    cloud.client("sqs").start_message_move_task(SourceArn=letters)
    cloud.settle()
    cloud.ledger.assert_delivered(event_id, "OpenInvoiceFunction")
    cloud.advance(minutes=5)
    cloud.settle()
    assert operators.alarms() == set()
    assert operators.paged()[1:] == [f'OK: "{losing}" in us-east-1']
    assert operators.incidents() == {f"alarm {losing}": "over"}


def test_a_queue_that_nobody_empties_raises_the_alarm_before_anything_is_lost(operators: Desk) -> None:
    """Given a consumer that is throttled for hours, when its message has waited a quarter of an hour, then the alarm is
    on, though nothing has become a dead letter.
    """
    cloud = operators.cloud
    cloud.faults.throttle("ReserveStockFunction")
    queue = operators.url("ReserveStockQueue")
    cloud.client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "600"})
    entry = {"EventBusName": "commerce", "Source": "shop.web", "DetailType": "OrderPlaced"}
    cloud.client("events").put_events(Entries=[{**entry, "Detail": json.dumps(order())}])
    cloud.advance(minutes=1)
    assert "ReserveStockFunctionThrottled" in _signs(operators)
    cloud.advance(minutes=13)
    assert "ReserveStockQueueStuck" not in _signs(operators)
    cloud.advance(minutes=2)
    assert "ReserveStockQueueStuck" in _signs(operators)
    assert not any("DeadLetters" in name for name in operators.alarms())
    cloud.faults.clear()
    cloud.advance(minutes=30)
    assert operators.alarms() == set()


def test_what_aws_reports_is_an_incident_too(operators: Desk) -> None:
    """Given the rules on the default bus, when an instance stops and when evidence is uploaded, then there is an
    incident for each, and the pager was called.
    """
    cloud, instance = operators.cloud, "arn:aws:ec2:us-east-1:111111111111:instance/i-1"
    cloud.aws_event(
        "aws.ec2",
        "EC2 Instance State-change Notification",
        {"instance-id": "i-1", "state": "stopped"},
        resources=[instance],
    )
    cloud.aws_event("aws.ec2", "EC2 Instance State-change Notification", {"instance-id": "i-2", "state": "running"})
    bucket = next(one["Name"] for one in cloud.client("s3").list_buckets()["Buckets"] if "evidence" in one["Name"])
    cloud.client("s3").put_object(Bucket=bucket, Key="screenshot.png", Body=b"x")
    cloud.settle()

    assert {subject: state for subject, state in operators.incidents().items() if "alarm" not in subject} == {
        f"EC2 Instance State-change Notification: {instance}": "open",
        f"Object Created: arn:aws:s3:::{bucket}": "open",
    }
    notified = [asked for asked in operators.pager.asked if asked.json["Type"] == "Notification"]
    assert len(notified) == 2


def test_every_change_of_an_alarm_is_kept(operators: Desk) -> None:
    operators.cloud.advance(minutes=1)
    events = operators.cloud.client("logs").filter_log_events(logGroupName="/shop/alarms", limit=10_000)["events"]
    changed = [json.loads(event["message"])["detail"] for event in events]
    composite = [_short(one["alarmName"]) for one in changed if "alarmRule" in one["configuration"]]
    assert {"OrderFanout-Losing-1", "CommerceBus-Losing-1", "Operations-Losing-1"} <= set(composite)


def test_a_health_check_that_stops_raises_the_alarm(operators: Desk) -> None:
    cloud = operators.cloud
    cloud.advance(hours=2)
    assert operators.alarms() == set()
    cloud.client("events").disable_rule(Name=_rule(cloud, "HealthCheck"))
    cloud.advance(minutes=40)
    assert any("Heartbeat" in name for name in operators.alarms())
    assert "Operations-Losing-1" in operators.alarms()


def test_mail_waits_for_somebody_to_confirm_it(operators: Desk) -> None:
    found = operators.cloud.client("sns").list_subscriptions()["Subscriptions"]
    (mail,) = [one for one in found if one["Protocol"] == "email"]
    assert (mail["Endpoint"], mail["SubscriptionArn"]) == ("ops@shop.example", "PendingConfirmation")


def test_a_day_without_events_costs_the_health_checks_and_nothing_else(operators: Desk) -> None:
    cloud = operators.cloud
    cloud.advance(minutes=20)
    before = cloud.ledger.balance.events
    cloud.advance(hours=2)
    # A scheduled event every five minutes.
    assert cloud.ledger.balance.events - before == 24


# What it needs


def test_every_edge_that_an_order_takes_is_on_a_dashboard(operators: Desk) -> None:
    operators.place_order()
    cloudwatch = operators.cloud.client("cloudwatch")
    shown = "".join(
        cloudwatch.get_dashboard(DashboardName=one["DashboardName"])["DashboardBody"]
        for one in cloudwatch.list_dashboards()["DashboardEntries"]
    )
    # Another account's are its own to show.
    flows = [edge for edge in operators.cloud.ledger.flows if ":111111111111:" in edge.source]
    ours = [edge for edge in flows if not edge.kind.startswith(("alarm→", "put→"))]
    assert ours
    for edge in ours:
        assert edge.source.split(":")[-1].rsplit("/", 1)[-1] in shown


OPERATIONS: dict[str, Any] = json.loads((synthesize(ROOT) / "Operations.template.json").read_text())
GRANTS = list(permissions("Operations", OPERATIONS))


@contextmanager
def desk_without(gone: Permission, assembly: Path, folder: Path, host: Host) -> Iterator[Desk]:
    folder.mkdir()
    for file in assembly.iterdir():
        if file.name == "Operations.template.json":
            (folder / file.name).write_text(json.dumps(without(OPERATIONS, gone)))
        else:
            (folder / file.name).symlink_to(file.resolve())
    with desk(folder, host) as found:
        yield found


def granted(principal: str, action: str) -> list[Permission]:
    return [one for one in GRANTS if one.principal == principal and one.action.startswith(action) and not one.refuses]


@pytest.mark.parametrize(
    "gone",
    [*granted("cloudwatch.amazonaws.com", "sns:Publish"), *granted("cloudwatch.amazonaws.com", "kms:")],
    ids=lambda one: str(one.id),
)
def test_a_topic_that_does_not_admit_alarms_leaves_everybody_untold_and_the_ledger_says_why(
    assembly: Path, eventyard_host: Host, tmp_path: Path, gone: Permission
) -> None:
    with desk_without(gone, assembly, tmp_path / "cdk.out", eventyard_host) as operators:
        cloud = operators.cloud
        cloud.advance(minutes=2)
        cloud.faults.fail("OpenInvoiceFunction")
        operators.place_order()
        cloud.advance(minutes=1)
        cloud.settle()
        assert "OrderFanout-Losing-1" in operators.alarms()
        assert operators.paged() == []
        assert operators.incidents() == {}
        untold = [one for one in cloud.ledger.deliveries if one.edge.kind == "alarm→sns"]
        assert {one.fate for one in untold} == {Fate.DROPPED}
        for one in untold:
            assert one.reason.startswith(f"cloudwatch.amazonaws.com may not {gone.action.rstrip('*')}")


@pytest.mark.parametrize(
    "gone", [one for one in GRANTS if one.action == "dynamodb:UpdateItem"], ids=lambda one: str(one.id)
)
def test_an_incident_that_cannot_be_written_is_a_dead_letter(
    assembly: Path, eventyard_host: Host, tmp_path: Path, gone: Permission
) -> None:
    with desk_without(gone, assembly, tmp_path / "cdk.out", eventyard_host) as operators:
        topic = next(
            one["TopicArn"]
            for one in operators.cloud.client("sns").list_topics()["Topics"]
            if ALERTS in one["TopicArn"]
        )
        told = {"detail-type": "Test", "source": "shop", "resources": [], "time": "2026-01-01T00:00:00Z", "detail": {}}
        operators.cloud.client("sns").publish(TopicArn=topic, Message=json.dumps(told))
        operators.cloud.settle()
        dead = [one for one in operators.cloud.ledger.deliveries if one.fate is Fate.DEAD_LETTERED][-1]
        assert "WriteIncidentFunction" in dead.edge.target
        assert any("dynamodb:UpdateItem" in attempt.log for attempt in dead.attempts)
        operators.cloud.advance(minutes=1)
        assert any("WriteIncidentQueueDeadLetters" in name for name in operators.alarms())


def test_a_health_check_that_may_not_tell_raises_the_alarm(
    assembly: Path, eventyard_host: Host, tmp_path: Path
) -> None:
    (gone,) = [one for one in GRANTS if one.action == "cloudwatch:PutMetricData"]
    with desk_without(gone, assembly, tmp_path / "cdk.out", eventyard_host) as operators:
        operators.cloud.advance(minutes=30)
        assert any("Heartbeat" in name for name in operators.alarms())
        failed = [one for one in operators.cloud.ledger.deliveries if "CheckHealth" in one.edge.target]
        assert any("cloudwatch:PutMetricData" in attempt.log for one in failed for attempt in one.attempts)


DELIVERING = [one for one in GRANTS if one.principal in {"events.amazonaws.com", "sns.amazonaws.com"}]
LETTERS = [one for one in DELIVERING if "DeadLetters" in one.logical_id]
# Whose dead letters they are: what to deny, so that there is one.
STRUCK = {
    "AlarmChanged": "/shop/alarms",
    "EvidenceCame": ALERTS,
    "HealthCheck": "Operations-CheckHealth",
    "InstanceStopped": ALERTS,
    "PagerDead": "pager.example",
    "WriteIncidentHears": "Operations-WriteIncidentQueue",
}


def _everything(operators: Desk) -> None:
    """Each rule, topic and schedule has something to deliver."""
    cloud = operators.cloud
    bucket = next(one["Name"] for one in cloud.client("s3").list_buckets()["Buckets"] if "evidence" in one["Name"])
    cloud.client("s3").put_object(Bucket=bucket, Key="screenshot.png", Body=b"x")
    stopped = {"instance-id": "i-1", "state": "stopped"}
    cloud.aws_event("aws.ec2", "EC2 Instance State-change Notification", stopped)
    cloud.advance(minutes=6)
    cloud.settle()


@pytest.mark.parametrize("gone", [one for one in DELIVERING if one not in LETTERS], ids=lambda one: str(one.id))
def test_a_service_that_is_not_admitted_delivers_nothing_and_the_dead_letter_says_so(
    assembly: Path, eventyard_host: Host, tmp_path: Path, gone: Permission
) -> None:
    with desk_without(gone, assembly, tmp_path / "cdk.out", eventyard_host) as operators:
        _everything(operators)
        refused = f"{gone.principal} may not {gone.action.rstrip('*')}"
        dead = [one for one in operators.cloud.ledger.deliveries if one.fate is Fate.DEAD_LETTERED]
        assert dead
        assert all(one.reason.startswith(refused) for one in dead)
        operators.cloud.advance(minutes=1)
        assert any("DeadLetters" in name for name in operators.alarms())


@pytest.mark.parametrize("gone", LETTERS, ids=lambda one: str(one.id))
def test_a_dead_letter_queue_that_admits_nobody_loses_the_event_and_the_ledger_says_so(
    assembly: Path, eventyard_host: Host, tmp_path: Path, gone: Permission
) -> None:
    struck = next(name for whose, name in STRUCK.items() if gone.logical_id.startswith(whose))
    with desk_without(gone, assembly, tmp_path / "cdk.out", eventyard_host) as operators:
        operators.cloud.settle()
        operators.cloud.faults.deny(struck)
        _everything(operators)
        lost = [one for one in operators.cloud.ledger.deliveries if "Its dead-letter queue " in one.reason]
        assert lost
        for one in lost:
            assert one.fate is Fate.DROPPED
            assert f"{gone.principal} may not sqs:SendMessage" in one.reason
        operators.cloud.advance(minutes=1)
        # What is lost leaves nothing behind: the alarm is over soon, and has said it.
        changes = [json.loads(one.content) for one in operators.cloud.ledger.events if "Alarm State" in one.title]
        went_off = {one["detail"]["alarmName"] for one in changes if one["detail"]["state"]["value"] == "ALARM"}
        assert any("Failing" in name for name in went_off)


def _signs(operators: Desk) -> set[str]:
    """The alarms that are on, by the resource and what is wrong with it."""
    return {name.removeprefix("OrderFanout-LosingWatch") for name in operators.alarms()}


def _rule(cloud: LocalCloud, named: str) -> str:
    return next(str(one["Name"]) for one in cloud.client("events").list_rules()["Rules"] if named in one["Name"])
