"""What AWS's services report on the default bus: S3's objects and CloudWatch's alarms."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import moto.s3.notifications
from moto.cloudwatch.models import CloudWatchBackend
from moto.moto_api._internal import mock_random
from moto.s3.responses import S3Response

from eventyard.local.moto_seam.seams._seam import Moto, Seam

if TYPE_CHECKING:
    from eventyard.local.moto_seam.seams._seam import Listener

# Whether somebody calls PutObjectTagging: moto tags every object that is put as well, and S3 reports only the call.
_tagging: ContextVar[bool] = ContextVar("tagging", default=False)
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html: the API that made or removed an object.
_REASONS = {
    "s3:ObjectCreated:Put": "PutObject",
    "s3:ObjectCreated:Post": "POST Object",
    "s3:ObjectCreated:Copy": "CopyObject",
    "s3:ObjectCreated:CompleteMultipartUpload": "CompleteMultipartUpload",
    "s3:ObjectRemoved:Delete": "DeleteObject",
    "s3:ObjectRemoved:DeleteMarkerCreated": "DeleteObject",
}
_DELETIONS = {
    "s3:ObjectRemoved:Delete": "Permanently Deleted",
    "s3:ObjectRemoved:DeleteMarkerCreated": "Delete Marker Created",
}


def _s3(_original: Moto, listener: Listener) -> Moto:
    def send(account_id: str, bucket: Moto, event_name: str, key: Moto) -> None:
        """Of a bucket with EventBridge notifications. moto's own goes to every bus, past our deliveries."""
        name = getattr(event_name, "value", event_name)
        if name == "s3:ObjectTagging:Put" and not _tagging.get():
            return
        listener.report(
            account_id,
            bucket.region_name,
            "aws.s3",
            moto.s3.notifications._detail_type(name),
            _object(account_id, bucket, name, key),
            [bucket.arn],
        )

    return send


def _put_object_tagging(original: Moto, _listener: Listener) -> Moto:
    def put_object_tagging(self: Moto) -> Moto:
        asked = _tagging.set(True)
        try:
            return original(self)
        finally:
            _tagging.reset(asked)

    return put_object_tagging


def _object(account: str, bucket: Moto, name: str, key: Moto) -> dict[str, Any]:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html."""
    found: dict[str, Any] = {"key": key.name}
    if name.startswith("s3:ObjectCreated"):
        found["size"] = key.size
    if "DeleteMarker" not in name and getattr(key, "etag", None):
        found["etag"] = key.etag.replace('"', "")
    if bucket.is_versioned:
        found["version-id"] = key.version_id
    detail: dict[str, Any] = {"version": "0", "bucket": {"name": bucket.name}, "object": found}
    if name in _REASONS:
        found["sequencer"] = f"{mock_random.getrandbits(64):016X}"
        detail["reason"] = _REASONS[name]
    if name in _DELETIONS:
        detail["deletion-type"] = _DELETIONS[name]
    return detail | {
        "request-id": f"{mock_random.getrandbits(64):016X}",
        "requester": account,
        "source-ip-address": "127.0.0.1",
    }


def _set_alarm_state(original: Moto, listener: Listener) -> Moto:
    def set_state(self: Moto, alarm_name: str, reason: str, reason_data: str, state_value: str) -> None:
        alarm = self.alarms.get(alarm_name)
        before = _state(alarm) if alarm else {}
        original(self, alarm_name, reason, reason_data, state_value)
        if before.get("value") == state_value:
            return
        listener.report(
            self.account_id,
            self.region_name,
            "aws.cloudwatch",
            "CloudWatch Alarm State Change",
            {
                "alarmName": alarm.name,
                "configuration": _configuration(alarm),
                "previousState": before,
                "state": _state(alarm),
            },
            [alarm.alarm_arn],
        )

    return set_state


def _state(alarm: Moto) -> dict[str, str]:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html."""
    moment = alarm.state_updated_timestamp.replace(tzinfo=UTC)
    found = {"reason": alarm.state_reason, "timestamp": _milliseconds(moment), "value": alarm.state_value}
    if alarm.state_reason_data and alarm.state_reason_data != "{}":
        found["reasonData"] = alarm.state_reason_data
    return found


def _milliseconds(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "+0000")


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


SEAMS = (
    Seam(
        moto.s3.notifications,
        "_send_event_bridge_message",
        ("account_id", "bucket", "event_name", "key"),
        "what S3 reports goes over our buses",
        _s3,
    ),
    Seam(S3Response, "put_object_tagging", ("self",), "and nothing that it would not report", _put_object_tagging),
    Seam(
        CloudWatchBackend,
        "set_alarm_state",
        ("self", "alarm_name", "reason", "reason_data", "state_value"),
        "what CloudWatch reports",
        _set_alarm_state,
    ),
)
