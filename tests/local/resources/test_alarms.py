"""Alarms, composite alarms and dashboards of a template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from eventyard.errors import DeployError
from tests.local.templates import queue

if TYPE_CHECKING:
    from eventyard.local import LocalCloud
    from tests.local.conftest import Deploy, Json


def alarm(name: str, **changes: Any) -> Json:  # noqa: ANN401 - CloudFormation's properties
    properties = {
        "AlarmName": name,
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateNumberOfMessagesVisible",
        "Dimensions": [{"Name": "QueueName", "Value": "orders"}],
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        **changes,
    }
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}


def composite(rule: object, **more: Any) -> Json:  # noqa: ANN401 - CloudFormation's properties
    return {
        "Type": "AWS::CloudWatch::CompositeAlarm",
        "Properties": {"AlarmName": "losing", "AlarmRule": rule, **more},
    }


def test_a_composite_alarm_is_made_changed_and_deleted(cloud: LocalCloud, deploy: Deploy) -> None:
    children = {"Orders": queue(QueueName="orders"), "A": alarm("a"), "B": alarm("b")}
    rule = {"Fn::Join": ["", ['ALARM("', {"Ref": "A"}, '")']]}
    assert deploy({**children, "Losing": composite(rule, AlarmDescription="We lose")}) == ()
    cloudwatch = cloud.client("cloudwatch")

    def described() -> list[Any]:
        return list(cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"])

    (made,) = described()
    assert (made["AlarmName"], made["AlarmRule"], made["AlarmDescription"]) == ("losing", 'ALARM("a")', "We lose")
    deploy({**children, "Losing": composite("ALARM(a) OR ALARM(b)")})
    assert [found["AlarmRule"] for found in described()] == ["ALARM(a) OR ALARM(b)"]
    deploy(children)
    assert described() == []


def test_a_composite_alarm_over_alarms_that_are_not_there_is_not_made(deploy: Deploy) -> None:
    with pytest.raises(DeployError, match=r"shop/Losing: .*alarms that are not there: nobody"):
        deploy({"A": alarm("a"), "Losing": composite("ALARM(a) OR ALARM(nobody)")})


def test_a_dashboard_is_made_without_a_notice(cloud: LocalCloud, deploy: Deploy) -> None:
    properties = {"DashboardName": "flow", "DashboardBody": '{"widgets": []}'}
    assert deploy({"Flow": {"Type": "AWS::CloudWatch::Dashboard", "Properties": properties}}) == ()
    assert cloud.client("cloudwatch").get_dashboard(DashboardName="flow")["DashboardBody"] == '{"widgets": []}'


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"MetricName": "NumberOfEmptyReceives"}, "the metric AWS/SQS NumberOfEmptyReceives has no values here"),
        ({"Namespace": "AWS/EC2", "MetricName": "CPUUtilization"}, "AWS/EC2 CPUUtilization has no values"),
        ({"Statistic": None, "ExtendedStatistic": "p99"}, "the statistic p99 is not computed"),
    ],
)
def test_an_alarm_that_cannot_go_off_here_is_told_at_deployment(deploy: Deploy, changes: Json, what: str) -> None:
    given = alarm("a", **changes)
    given["Properties"] = {key: value for key, value in given["Properties"].items() if value is not None}
    (notice,) = deploy({"A": given})
    assert what in notice.what
