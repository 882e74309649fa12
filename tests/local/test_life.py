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


def test_an_account_is_twelve_digits() -> None:
    with pytest.raises(EventyardError, match="'shop' is no account"):
        LocalCloud(account="shop")
