"""A cloud with permissions; alarms as a test puts them, and what becomes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from eventyard.local import LocalCloud
from tests.local.authority.scene import Scene

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventyard.local import Host


class Room:
    """The alarms of a cloud."""

    def __init__(self, cloud: LocalCloud) -> None:
        self._cloudwatch = cloud.client("cloudwatch")

    def put(self, name: str, metric: str, dimensions: dict[str, str], **more: Any) -> None:  # noqa: ANN401 - PutMetricAlarm's own
        """An alarm on one metric (`AWS/SQS ApproximateNumberOfMessagesVisible`): 1 or more in a minute."""
        namespace, _, metric_name = metric.partition(" ")
        given = {
            "Namespace": namespace,
            "MetricName": metric_name,
            "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
        }
        self._cloudwatch.put_metric_alarm(AlarmName=name, **{**given, **more})

    def compose(self, name: str, rule: str, **more: Any) -> None:  # noqa: ANN401 - PutCompositeAlarm's own
        """A composite alarm."""
        self._cloudwatch.put_composite_alarm(AlarmName=name, AlarmRule=rule, **more)

    def state(self, name: str) -> str:
        """What DescribeAlarms says."""
        return str(self.described(name)["StateValue"])

    def described(self, name: str) -> dict[str, Any]:
        """DescribeAlarms of one."""
        answer = self._cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        found: list[dict[str, Any]] = [*answer["MetricAlarms"], *answer["CompositeAlarms"]]
        assert len(found) == 1
        return found[0]


@pytest.fixture
def cloud(host: Host) -> Iterator[LocalCloud]:
    with LocalCloud(host=host) as running:
        yield running


@pytest.fixture
def scene(cloud: LocalCloud) -> Scene:
    return Scene(cloud)


@pytest.fixture
def room(cloud: LocalCloud) -> Room:
    return Room(cloud)
