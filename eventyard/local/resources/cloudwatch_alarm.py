"""AWS::CloudWatch::Alarm. moto's CloudFormation skips it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.alarms import remarks
from eventyard.local.resources._kind import Made, changed, true

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

__all__ = ["create", "delete", "known", "name_property", "remarks", "type", "update"]

type = "AWS::CloudWatch::Alarm"  # noqa: A001  # CloudFormation's own word
name_property = "AlarmName"

_TEXTS = (
    "AlarmActions",
    "AlarmDescription",
    "ComparisonOperator",
    "Dimensions",
    "EvaluateLowSampleCountPercentile",
    "ExtendedStatistic",
    "InsufficientDataActions",
    "MetricName",
    "Metrics",
    "Namespace",
    "OKActions",
    "Statistic",
    "Tags",
    "ThresholdMetricId",
    "TreatMissingData",
    "Unit",
)
_WHOLE = ("DatapointsToAlarm", "EvaluationPeriods", "Period")
known = frozenset({*_TEXTS, *_WHOLE, "ActionsEnabled", "AlarmName", "Threshold"})
_LONGEST_NAME = 255


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """PutMetricAlarm."""
    name = scope.fit(_LONGEST_NAME)
    alarm = {key: properties[key] for key in _TEXTS if key in properties}
    alarm.update({key: int(properties[key]) for key in _WHOLE if key in properties})
    if "Threshold" in properties:
        alarm["Threshold"] = float(properties["Threshold"])
    if "ActionsEnabled" in properties:
        alarm["ActionsEnabled"] = true(properties["ActionsEnabled"])
    scope.client("cloudwatch").put_metric_alarm(AlarmName=name, **alarm)
    return Made(name, {"Arn": f"arn:aws:cloudwatch:{scope.region}:{scope.account}:alarm:{name}"})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """PutMetricAlarm replaces an alarm of the same name; another name is another alarm."""
    if changed(old, new, "AlarmName"):
        delete(made, old, scope)
    return create(new, scope)


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteAlarms."""
    scope.client("cloudwatch").delete_alarms(AlarmNames=[made.id])
