from __future__ import annotations

import gc
import sys
import weakref

import boto3
import moto.core.utils
import pytest
from moto.logs.models import logs_backends

from eventyard.local import LocalCloud
from eventyard.local.moto_seam import SEAMS, Seam


@pytest.mark.parametrize("seam", SEAMS, ids=lambda seam: seam.label)
def test_the_installed_moto_has_what_a_seam_replaces(seam: Seam) -> None:
    assert seam.actual_parameters() == seam.parameters


def test_no_two_seams_replace_the_same() -> None:
    labels = [seam.label for seam in SEAMS]
    assert sorted(set(labels)) == sorted(labels)


def test_all_seams_are_out_when_the_cloud_has_ended() -> None:
    before = [seam.original for seam in SEAMS]
    with LocalCloud():
        inside = [seam.original for seam in SEAMS]
    after = [seam.original for seam in SEAMS]
    assert all(one is other for one, other in zip(before, after, strict=True))
    assert not any(one is other for one, other in zip(before, inside, strict=True))


def test_all_seams_are_out_when_the_cloud_ended_with_an_error() -> None:
    before = [seam.original for seam in SEAMS]

    def fail() -> None:
        with LocalCloud():
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert all(one is seam.original for one, seam in zip(before, SEAMS, strict=True))


def test_every_module_of_moto_has_the_real_clock_again() -> None:
    real = moto.core.utils.utcnow
    with LocalCloud() as cloud:
        cloud.client("sqs").create_queue(QueueName="orders")
        cloud.client("dynamodb").list_tables()
        assert moto.core.utils.utcnow is not real
    clocks = {name: m.utcnow for name, m in sys.modules.items() if name.startswith("moto.") and hasattr(m, "utcnow")}
    assert {name for name, clock in clocks.items() if clock is not real} == set()


def created(cloud: LocalCloud, queue: str) -> float:
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    return float(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]["CreatedTimestamp"])


def test_moto_reads_the_clock_of_the_cloud() -> None:
    with LocalCloud() as cloud:
        cloud.client("sqs").create_queue(QueueName="orders")
        cloud.advance(hours=3)
        cloud.client("sqs").create_queue(QueueName="later")
        orders, later = (created(cloud, name) for name in ("orders", "later"))
    assert later - orders == 3 * 3600


def test_one_cloud_after_another_starts_empty() -> None:
    with LocalCloud() as first:
        first.client("sqs").create_queue(QueueName="orders")
        first.client("events").create_event_bus(Name="commerce")
        first.client("events").put_events(Entries=[{"Source": "s", "DetailType": "t", "Detail": "{}"}])
    with LocalCloud() as second:
        assert "QueueUrls" not in second.client("sqs").list_queues()
        assert [bus["Name"] for bus in second.client("events").list_event_buses()["EventBuses"]] == ["default"]
        assert second.ledger.events == []


def test_the_same_seed_and_the_same_calls_give_the_same_ids() -> None:
    def run(seed: int) -> tuple[str, str]:
        with LocalCloud(seed=seed):
            url = boto3.client("sqs").create_queue(QueueName="orders")["QueueUrl"]
            event = boto3.client("events").put_events(Entries=[{"Source": "s", "DetailType": "t", "Detail": "{}"}])
            sent = boto3.client("sqs").send_message(QueueUrl=url, MessageBody="hello")
            return event["Entries"][0]["EventId"], sent["MessageId"]

    assert run(1) == run(1)
    assert run(1) != run(2)


def test_what_was_deleted_is_kept_nowhere(cloud: LocalCloud) -> None:
    logs = cloud.client("logs")
    logs.create_log_group(logGroupName="/shop")
    logs.create_log_stream(logGroupName="/shop", logStreamName="one")
    backend = logs_backends["111111111111"]["us-east-1"]
    stream = weakref.ref(backend.groups["/shop"].streams["one"])

    logs.delete_log_group(logGroupName="/shop")
    gc.collect()

    assert stream() is None
