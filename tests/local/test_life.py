"""A local cloud lives in its `with` block, and alone."""

from __future__ import annotations

import pytest

from eventyard.errors import EventyardError
from eventyard.local import LocalCloud


def test_a_second_cloud_at_the_same_time_is_refused_and_the_first_goes_on(cloud: LocalCloud) -> None:
    cloud.client("sqs").create_queue(QueueName="here")

    with pytest.raises(EventyardError, match="another local cloud is up"), LocalCloud():
        pass

    assert len(cloud.client("sqs").list_queues()["QueueUrls"]) == 1


@pytest.mark.parametrize(
    "use", [lambda c: c.client("sqs"), lambda c: c.settle(), lambda c: c.ledger, lambda c: c.warm()]
)
def test_a_cloud_that_was_not_entered_says_how_to_use_it(use: object) -> None:
    assert callable(use)
    with pytest.raises(EventyardError, match=r"not up\. Use it inside `with"):
        use(LocalCloud())


@pytest.mark.parametrize("account", ["shop", "11111111111", "1111111111111", "1111-1111-1111", "\u0661" * 12])
def test_an_account_is_twelve_digits(cloud: LocalCloud, account: str) -> None:
    with pytest.raises(EventyardError, match=r"is no account\. An account has twelve digits"):
        LocalCloud(account=account)
    with pytest.raises(EventyardError, match="is no account"):
        cloud.client("sqs", account=account)


@pytest.mark.parametrize(
    ("region", "near"),
    [("us-est-1", "us-east-1"), ("eu-central1", "eu-central-1"), ("EU-WEST-1", "eu-west-1"), ("?", "[a-z0-9-]+")],
)
def test_a_region_is_one_of_aws_and_the_nearest_is_named(cloud: LocalCloud, region: str, near: str) -> None:
    with pytest.raises(EventyardError, match=f"is no Region. Did you mean {near}[?]"):
        LocalCloud(region=region)
    with pytest.raises(EventyardError, match=f"is no Region. Did you mean {near}[?]"):
        cloud.client("sqs", region=region)


@pytest.mark.parametrize("region", ["us-east-1", "ap-southeast-2", "cn-north-1", "us-gov-west-1", "eusc-de-east-1"])
def test_regions_of_all_partitions_are_known(cloud: LocalCloud, region: str) -> None:
    cloud.client("sqs", region=region).create_queue(QueueName="orders")
