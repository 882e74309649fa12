"""CloudWatch: alarms are evaluated by us, what they come to is reported, and metrics have our datapoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.models import CloudWatchBackend, MetricAggregatedDatum
from moto.cloudwatch.responses import CloudWatchResponse
from moto.moto_api._internal import mock_random

from eventyard.local.moto_seam._alarms import moment_of, state_of
from eventyard.local.moto_seam.seams._seam import Moto, RefusedError, Seam

if TYPE_CHECKING:
    from eventyard.local.moto_seam.seams._seam import Listener


def _put_metric_alarm(original: Moto, listener: Listener) -> Moto:
    def put_metric_alarm(self: Moto, name: str, *args: Moto, **kwargs: Moto) -> Moto:
        """A new one has insufficient data, one that is changed keeps its state.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
        """
        before = self.alarms.get(name)
        alarm = original(self, name, *args, **kwargs)
        if before is None:
            alarm.state_value = "INSUFFICIENT_DATA"
        else:
            for field in ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp", "history"):
                setattr(alarm, field, getattr(before, field))
        listener.alarms_put()
        return alarm

    return put_metric_alarm


def _put_composite_alarm(_original: Moto, listener: Listener) -> Moto:
    def put_composite_alarm(self: Moto) -> Moto:
        """PutMetricAlarm of moto's takes a rule, too; whoever describes the alarm looks for it under its API's name."""
        rule = self._get_param("AlarmRule")
        backend = self.cloudwatch_backend
        try:
            listener.check_alarm_rule(backend.account_id, backend.region_name, rule)
        except RefusedError as refused:
            raise ValidationError(str(refused)) from None
        answer = self.put_metric_alarm()
        backend.alarms[self._get_param("AlarmName")].alarm_rule = rule
        return answer

    return put_composite_alarm


def _changes(original: Moto, listener: Listener) -> Moto:
    def change(self: Moto, alarm_names: list[str]) -> None:
        original(self, alarm_names)
        listener.alarms_put()

    return change


def _set_alarm_state(original: Moto, listener: Listener) -> Moto:
    def set_state(self: Moto, alarm_name: str, reason: str, reason_data: str, state_value: str) -> None:
        alarm = self.alarms.get(alarm_name)
        before = state_of(alarm) if alarm else {}
        original(self, alarm_name, reason, reason_data, state_value)
        if before.get("value") == state_value:
            return
        change = {
            "alarmName": alarm.name,
            "configuration": _configuration(alarm),
            "previousState": before,
            "state": state_of(alarm),
        }
        listener.report(
            self.account_id,
            self.region_name,
            "aws.cloudwatch",
            "CloudWatch Alarm State Change",
            change,
            [alarm.alarm_arn],
        )
        listener.alarm_changed(alarm.alarm_arn, change)

    return set_state


def _put_metric_data(original: Moto, listener: Listener) -> Moto:
    def put_metric_data(self: Moto, namespace: str, metric_data: list[dict[str, Any]]) -> None:
        original(self, namespace, metric_data)
        for given in metric_data:
            moment = given.get("Timestamp")
            dimensions = tuple(sorted((one["Name"], one["Value"]) for one in given.get("Dimensions") or ()))
            listener.metric_put(
                (self.account_id, self.region_name, namespace, given["MetricName"], dimensions),
                moment_of(moment) if moment else listener.now(),
                _samples(given),
            )

    return put_metric_data


def _samples(given: dict[str, Any]) -> tuple[float, float, float, float]:
    """Number, sum, least and most of what PutMetricData brings, in any of its three forms."""
    if given.get("StatisticValues"):
        stats = given["StatisticValues"]
        count, total, least, most = (float(stats[name]) for name in ("SampleCount", "Sum", "Minimum", "Maximum"))
        return count, total, least, most
    values = [float(value) for value in given.get("Values") or [given.get("Value", 0)]]
    counts = [float(count) for count in given.get("Counts") or [1] * len(values)]
    total = sum(value * count for value, count in zip(values, counts, strict=False))
    return sum(counts), total, min(values), max(values)


def _aws_metric_data(original: Moto, listener: Listener) -> Moto:
    def aws_metric_data(self: Moto) -> list[Moto]:
        """What GetMetricData, GetMetricStatistics and ListMetrics find of AWS's own namespaces."""
        ours = [
            MetricAggregatedDatum(
                namespace,
                name,
                least,
                most,
                count,
                total,
                [{"Name": key, "Value": value} for key, value in dimensions],
                moment,
            )
            for namespace, name, dimensions, moment, (count, total, least, most) in listener.metric_data(
                self.account_id, self.region_name
            )
        ]
        return [*original.fget(self), *ours]

    return property(aws_metric_data)


def _configuration(alarm: Moto) -> dict[str, Any]:
    described: dict[str, Any] = {"description": alarm.description} if alarm.description else {}
    if alarm.rule:
        return described | {"alarmRule": alarm.rule}
    if alarm.metric_data_queries:
        return described | {"metrics": [_query(query) for query in alarm.metric_data_queries]}
    metric = _metric(alarm.namespace, alarm.metric_name, alarm.dimensions, alarm.period, _statistic(alarm))
    query = {"id": str(mock_random.uuid4()), "metricStat": metric, "returnData": True}
    return described | {"metrics": [query]}


def _statistic(alarm: Moto) -> str:
    return str(alarm.statistic or alarm.extended_statistic)


def _query(query: Moto) -> dict[str, Any]:
    found: dict[str, Any] = {"id": query.id, "returnData": str(query.return_data).lower() == "true"}
    if query.label:
        found["label"] = query.label
    if query.expression:
        found["expression"] = query.expression
    if query.metric_stat:
        stat = query.metric_stat
        found["metricStat"] = _metric(
            stat.metric.namespace, stat.metric.metric_name, stat.metric.dimensions, stat.period, stat.stat
        )
    return found


def _metric(namespace: str, name: str, dimensions: list[Moto], period: Moto, stat: str) -> dict[str, Any]:
    metric: dict[str, Any] = {"namespace": namespace, "name": name}
    if dimensions:
        metric["dimensions"] = {one.name: one.value for one in dimensions}
    return {"metric": metric, "period": int(period), "stat": stat}


_WHEN_CHANGED = "alarms are evaluated as they are now"

SEAMS = (
    Seam(
        CloudWatchBackend,
        "put_metric_alarm",
        (
            "self",
            "name",
            "namespace",
            "metric_name",
            "comparison_operator",
            "evaluation_periods",
            "period",
            "threshold",
            "statistic",
            "description",
            "dimensions",
            "alarm_actions",
            "metric_data_queries",
            "datapoints_to_alarm",
            "extended_statistic",
            "ok_actions",
            "insufficient_data_actions",
            "unit",
            "actions_enabled",
            "treat_missing_data",
            "evaluate_low_sample_count_percentile",
            "threshold_metric_id",
            "rule",
            "tags",
        ),
        "a new alarm has insufficient data, and is evaluated",
        _put_metric_alarm,
    ),
    Seam(CloudWatchResponse, "put_composite_alarm", (), "composite alarms, which moto lacks", _put_composite_alarm),
    Seam(CloudWatchBackend, "delete_alarms", ("self", "alarm_names"), _WHEN_CHANGED, _changes),
    Seam(CloudWatchBackend, "enable_alarm_actions", ("self", "alarm_names"), _WHEN_CHANGED, _changes),
    Seam(CloudWatchBackend, "disable_alarm_actions", ("self", "alarm_names"), _WHEN_CHANGED, _changes),
    Seam(
        CloudWatchBackend,
        "set_alarm_state",
        ("self", "alarm_name", "reason", "reason_data", "state_value"),
        "what CloudWatch reports, and whom it tells",
        _set_alarm_state,
    ),
    Seam(
        CloudWatchBackend,
        "put_metric_data",
        ("self", "namespace", "metric_data"),
        "alarms see metrics of one's own",
        _put_metric_data,
    ),
    Seam(CloudWatchBackend, "aws_metric_data", ("self",), "AWS's services have metrics", _aws_metric_data),
)
