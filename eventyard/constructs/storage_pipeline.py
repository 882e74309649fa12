"""The event storage and backup pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Duration
from constructs import Construct

from eventyard.constructs.attachment import attach
from eventyard.constructs.bucket import Bucket
from eventyard.constructs.delivery_stream import DeliveryStream

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_s3

    from eventyard.constructs.attachment import Origin


class StoragePipeline(Construct):
    """Everything that passes a bus or a topic, kept in a bucket: batched, compressed, partitioned by date.

    Minimal use: `StoragePipeline(self, "Backup", of=bus)`.

    https://docs.aws.amazon.com/sns/latest/dg/sns-fork-pipeline-as-subscriber.html, "event storage and backup pipeline"

    Args:
        of: A bus, a topic, or a selection of one (`topic.only(...)`).
        pattern: Which events of a bus; all of them without it.
        bucket: A bucket in place of the one made here, ours or native.
        archive_after: When objects move to Glacier Instant Retrieval.
        expire_after: When they are deleted.
        stream_props: Anything that `DeliveryStream` takes.

    `bucket`, `stream` and `attached` (the route or subscription) are there for more.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        of: Origin,
        pattern: Mapping[str, Any] | None = None,
        bucket: aws_s3.IBucket | None = None,
        archive_after: Duration | None = None,
        expire_after: Duration | None = None,
        **stream_props: Any,  # noqa: ANN401 (DeliveryStream's own arguments)
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket: aws_s3.IBucket = bucket or Bucket(
            self,
            "Bucket",
            archive_after=archive_after or Duration.days(30),
            expire_after=expire_after or Duration.days(365),
        )
        self.stream = DeliveryStream(self, "Stream", to=self.bucket, **stream_props)
        self.attached = attach(self, of, self.stream, pattern)
