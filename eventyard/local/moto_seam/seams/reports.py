"""What S3 reports on the default bus: objects created, deleted and tagged."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import moto.s3.notifications
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


SEAMS = (
    Seam(
        moto.s3.notifications,
        "_send_event_bridge_message",
        ("account_id", "bucket", "event_name", "key"),
        "what S3 reports goes over our buses",
        _s3,
    ),
    Seam(S3Response, "put_object_tagging", ("self",), "and nothing that it would not report", _put_object_tagging),
)
