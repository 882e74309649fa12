"""No call leaves this machine, whichever client makes it."""

from __future__ import annotations

import os
import subprocess
import sys

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from eventyard.errors import EventyardError, RealAWSError
from eventyard.local import LocalCloud

QUIET = Config(retries={"total_max_attempts": 1}, connect_timeout=1, read_timeout=1)


BEFORE_MOTO = """
import boto3
from botocore.config import Config
quick = Config(retries={"total_max_attempts": 1}, connect_timeout=1, read_timeout=1)
client = boto3.client("sqs", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b", config=quick)
from eventyard.errors import RealAWSError
from eventyard.local import LocalCloud
with LocalCloud():
    try:
        client.list_queues()
    except RealAWSError as error:
        print(error)
"""


def test_a_client_made_before_anything_of_the_cloud_was_imported_is_refused() -> None:
    done = subprocess.run([sys.executable, "-c", BEFORE_MOTO], capture_output=True, text=True, check=True)
    assert "about to leave the machine" in done.stdout
    assert "amazonaws.com" in done.stdout


def test_a_client_made_before_the_cloud_is_of_no_account_of_its(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    before = boto3.client("sqs", region_name="us-east-1", config=QUIET)
    with LocalCloud() as cloud:
        cloud.client("sqs").create_queue(QueueName="orders")
        assert "QueueUrls" not in before.list_queues()


def test_an_endpoint_elsewhere_is_refused_by_name() -> None:
    with LocalCloud():
        client = boto3.client("sqs", endpoint_url="https://sqs.example.com", config=QUIET)
        with pytest.raises(RealAWSError, match=r"sqs\.example\.com") as caught:
            client.list_queues()
    assert caught.value.remedy


def test_a_service_that_nobody_emulates_is_refused() -> None:
    with LocalCloud() as cloud, pytest.raises(ClientError, match="Not yet implemented"):
        cloud.client("gamelift").list_builds()


def test_a_client_of_a_cloud_that_has_ended_refuses() -> None:
    with LocalCloud() as cloud:
        client = cloud.client("sqs")
        client.create_queue(QueueName="orders")
    with pytest.raises(RealAWSError, match="has ended"):
        client.list_queues()


def test_the_developers_own_settings_do_not_reach_inside_and_are_there_again_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theirs = {
        "AWS_PROFILE": "production",
        "AWS_ACCESS_KEY_ID": "AKIAREAL",
        "AWS_SESSION_TOKEN": "real",
        "AWS_ENDPOINT_URL": "https://example.com",
        "AWS_DEFAULT_REGION": "ap-south-1",
    }
    for name, value in theirs.items():
        monkeypatch.setenv(name, value)
    with LocalCloud() as cloud:
        assert boto3.client("sts").get_caller_identity()["Account"] == cloud.account
        assert boto3.client("sqs").meta.region_name == "us-east-1"
    assert {name: os.environ.get(name) for name in theirs} == theirs


def test_an_account_has_twelve_digits() -> None:
    with pytest.raises(EventyardError, match="twelve digits"):
        LocalCloud(account="123")


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SQS"])
def test_an_endpoint_of_the_developers_own_leads_nobody_out_of_the_cloud(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    with LocalCloud() as cloud:
        cloud.client("sqs").create_queue(QueueName="orders")
        assert len(boto3.client("sqs", config=QUIET).list_queues()["QueueUrls"]) == 1
    assert os.environ[name] == "http://127.0.0.1:9"
