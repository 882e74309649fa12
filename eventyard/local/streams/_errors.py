"""What Firehose writes to a stream's error log.

https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.local import _envelopes
from eventyard.local.moto_seam import Arn

if TYPE_CHECKING:
    from eventyard.local._yard import Undeliverable, Yard
    from eventyard.local.streams._settings import Settings

SERVICE = "firehose.amazonaws.com"


def log(yard: Yard, settings: Settings, failure: Undeliverable, *, function: str = "") -> None:
    """Write one line, where logging is on, group and stream are there, and the role may; else nobody is told."""
    options = settings.s3.get("CloudWatchLoggingOptions") or {}
    if str(options.get("Enabled")).lower() != "true":
        return
    home, stream = Arn.parse(settings.stream.arn), options["LogStreamName"]
    group = f"arn:aws:logs:{home.region}:{home.account}:log-group:{options['LogGroupName']}"
    place = f"{group}:log-stream:{stream}"
    refusal = yard.authority.as_role(
        role=settings.role, service=SERVICE, source=settings.stream.arn, action="logs:PutLogEvents", resource=place
    )
    if (refusal is not None and yard.authority.enforce) or not yard.state.log_stream_exists(group, stream):
        return
    line = {
        "deliveryStreamARN": settings.stream.arn,
        "destination": settings.bucket,
        "deliveryStreamVersionId": int(settings.stream.version),
        "message": failure.reason,
        "errorCode": failure.code,
        **({"processor": function} if function else {}),
    }
    yard.state.log(group, stream, [_envelopes.compact(line)], yard.clock.now())
