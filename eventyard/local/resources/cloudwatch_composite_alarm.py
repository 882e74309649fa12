"""AWS::CloudWatch::CompositeAlarm, which moto's CloudFormation lacks.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-compositealarm.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, changed, true

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::CloudWatch::CompositeAlarm"  # noqa: A001  # CloudFormation's own word
name_property = "AlarmName"
_GIVEN = ("AlarmActions", "AlarmDescription", "AlarmRule", "InsufficientDataActions", "OKActions", "Tags")
# ActionsSuppressor and its two periods are not emulated: the actions are never held back.
known = frozenset({*_GIVEN, "ActionsEnabled", "AlarmName"})
_LONGEST_NAME = 255


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """PutCompositeAlarm."""
    name = scope.fit(_LONGEST_NAME)
    alarm = {key: properties[key] for key in _GIVEN if key in properties}
    if "ActionsEnabled" in properties:
        alarm["ActionsEnabled"] = true(properties["ActionsEnabled"])
    scope.client("cloudwatch").put_composite_alarm(AlarmName=name, **alarm)
    return Made(name, {"Arn": f"arn:aws:cloudwatch:{scope.region}:{scope.account}:alarm:{name}"})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """PutCompositeAlarm replaces an alarm of the same name; another name is another alarm."""
    if changed(old, new, "AlarmName"):
        delete(made, old, scope)
    return create(new, scope)


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteAlarms."""
    scope.client("cloudwatch").delete_alarms(AlarmNames=[made.id])
