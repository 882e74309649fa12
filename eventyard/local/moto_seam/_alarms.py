"""The alarms in moto's state."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.cloudwatch.models import cloudwatch_backends

from eventyard.local.moto_seam._records import Alarm, Arn, Metric, MetricQuery

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# moto's own objects: untyped, and ours to handle with care.
Moto = Any


class AlarmState:
    """Every account's alarms, by ARN."""

    def alarms(self) -> Iterator[Alarm]:
        """All of them, on metrics and composite ones."""
        for _, regions in list(cloudwatch_backends.items()):
            for backend in list(regions.values()):
                yield from [_alarm(found) for found in list(backend.alarms.values())]

    def alarm_state(self, alarm: str) -> str:
        """`OK`, `ALARM` or `INSUFFICIENT_DATA`; empty without such an alarm."""
        found = _find(alarm)
        return "" if found is None else str(found.state_value)

    def set_alarm_state(self, alarm: str, value: str, reason: str, data: Mapping[str, Any]) -> None:
        """Give an alarm its state, as SetAlarmState does."""
        arn = Arn.parse(alarm)
        backend = cloudwatch_backends[arn.account][arn.region]
        backend.set_alarm_state(_name(alarm), reason, json.dumps(data), value)

    def alarm_notice(self, alarm: str, change: Mapping[str, Any]) -> dict[str, Any]:
        """The message to a topic about a change of state.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
        """
        found, arn = _find(alarm), Arn.parse(alarm)
        configured = found.configuration_updated_timestamp.replace(tzinfo=UTC)
        notice = {
            "AlarmName": found.name,
            "AlarmDescription": found.description,
            "AWSAccountId": arn.account,
            "AlarmConfigurationUpdatedTimestamp": milliseconds(configured),
            "NewStateValue": change["state"]["value"],
            "NewStateReason": change["state"]["reason"],
            "StateChangeTime": change["state"]["timestamp"],
            "Region": arn.region,
            "AlarmArn": alarm,
            "OldStateValue": change["previousState"]["value"],
            "OKActions": list(found.ok_actions or ()),
            "AlarmActions": list(found.alarm_actions or ()),
            "InsufficientDataActions": list(found.insufficient_data_actions or ()),
        }
        return notice | ({"AlarmRule": found.rule} if found.rule else {"Trigger": _trigger(found, change)})


def state_of(alarm: Moto) -> dict[str, str]:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html."""
    moment = alarm.state_updated_timestamp.replace(tzinfo=UTC)
    found = {"reason": alarm.state_reason, "timestamp": milliseconds(moment), "value": alarm.state_value}
    if alarm.state_reason_data and alarm.state_reason_data != "{}":
        found["reasonData"] = alarm.state_reason_data
    return found


def milliseconds(moment: datetime) -> str:
    """As CloudWatch writes a moment."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "+0000")


def moment_of(given: Moto) -> float:
    """A Timestamp of PutMetricData, in seconds since the epoch."""
    found = given if isinstance(given, datetime) else datetime.fromisoformat(str(given))
    return found.replace(tzinfo=found.tzinfo or UTC).timestamp()


def _name(alarm: str) -> str:
    return Arn.parse(alarm).resource.removeprefix("alarm:")


def _find(alarm: str) -> Moto:
    arn = Arn.parse(alarm)
    return cloudwatch_backends[arn.account][arn.region].alarms.get(_name(alarm))


def _alarm(found: Moto) -> Alarm:
    # A composite alarm has neither metrics nor periods.
    periods = int(found.evaluation_periods or 1)
    actions = {
        "ALARM": found.alarm_actions,
        "OK": found.ok_actions,
        "INSUFFICIENT_DATA": found.insufficient_data_actions,
    }
    return Alarm(
        found.alarm_arn,
        found.name,
        () if found.rule else tuple(_queries(found)),
        found.comparison_operator or "",
        float(found.threshold or 0),
        periods,
        int(found.datapoints_to_alarm or periods),
        found.treat_missing_data or "missing",
        found.rule or "",
        {state: tuple(given or ()) if found.actions_enabled else () for state, given in actions.items()},
    )


def _queries(found: Moto) -> Iterator[MetricQuery]:
    if not found.metric_data_queries:
        statistic = found.statistic or found.extended_statistic
        metric = _metric(found.namespace, found.metric_name, found.dimensions, found.period, statistic)
        yield MetricQuery("m1", metric, "", watched=True)
        return
    for query in found.metric_data_queries:
        stat = query.metric_stat
        yield MetricQuery(
            query.id,
            _metric(stat.metric.namespace, stat.metric.metric_name, stat.metric.dimensions, stat.period, stat.stat)
            if stat
            else None,
            query.expression or "",
            # ReturnData is true unless it is said otherwise.
            watched=str(query.return_data).lower() != "false",
        )


def _metric(namespace: str, name: str, dimensions: list[Moto], period: Moto, statistic: str) -> Metric:
    named = tuple(sorted((one.name, one.value) for one in dimensions))
    return Metric(namespace, name, named, int(period or 0), statistic)


def _trigger(found: Moto, change: Mapping[str, Any]) -> dict[str, Any]:
    shared = {
        "EvaluationPeriods": int(found.evaluation_periods),
        "ComparisonOperator": found.comparison_operator,
        "Threshold": float(found.threshold or 0),
        "TreatMissingData": found.treat_missing_data or "missing",
        "EvaluateLowSampleCountPercentile": found.evaluate_low_sample_count_percentile or "",
    }
    if found.metric_data_queries:
        return {"Metrics": change["configuration"]["metrics"], **shared}
    return {
        "MetricName": found.metric_name,
        "Namespace": found.namespace,
        "StatisticType": "Statistic" if found.statistic else "ExtendedStatistic",
        "Statistic": (found.statistic or found.extended_statistic or "").upper(),
        "Unit": found.unit,
        "Dimensions": [{"value": one.value, "name": one.name} for one in found.dimensions],
        "Period": int(found.period),
        **shared,
    }
