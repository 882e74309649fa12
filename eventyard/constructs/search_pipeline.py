"""The event search and analytics pipeline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from aws_cdk import Duration, aws_lambda
from constructs import Construct

from eventyard.constructs.attachment import attach
from eventyard.constructs.bucket import Bucket
from eventyard.constructs.delivery_stream import DeliveryStream
from eventyard.constructs.function import Function

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_s3

    from eventyard.constructs.attachment import Origin

# Firehose waits five minutes for its function at most.
_TIMEOUT = Duration.minutes(1)


class SearchPipeline(Construct):
    """What passes a bus or a topic, as documents that a search index can load; what is none is kept, and why.

    Minimal use: `SearchPipeline(self, "Search", of=orders, index="lambdas/index_order")`.

    https://docs.aws.amazon.com/sns/latest/dg/sns-fork-pipeline-as-subscriber.html, "event search and analytics
    pipeline". AWS's own hands to an OpenSearch domain that is paid by the hour; here the documents are in a bucket, in
    the folder `documents/`, from which a domain (by its bulk API), Athena or OpenSearch's ingestion loads them.

    Args:
        of: A bus, a topic, or a selection of one.
        index: The folder of a function's code, an `aws_lambda.Code`, or a function: it is given Firehose's records and
            answers a document for each (https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html).
            Records that it answers `ProcessingFailed` for are in the folder `failed/`.
        pattern: Which events of a bus; all of them without it.
        bucket: A bucket in place of the one made here.
        expire_after: When documents are deleted; after 90 days unless said otherwise: an index can be built anew.
        stream_props: Anything that `DeliveryStream` takes.
        function_props: Anything that `Function` takes.

    `bucket`, `stream`, `function` and `attached` (the route or subscription) are there for more.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        of: Origin,
        index: str | Path | aws_lambda.Code | aws_lambda.IFunction,
        pattern: Mapping[str, Any] | None = None,
        bucket: aws_s3.IBucket | None = None,
        expire_after: Duration | None = None,
        stream_props: Mapping[str, Any] | None = None,
        **function_props: Any,  # noqa: ANN401 (Function's own arguments)
    ) -> None:
        super().__init__(scope, construct_id)
        self.function: aws_lambda.IFunction
        if isinstance(index, str | Path | aws_lambda.Code):
            # Only the stream invokes it, and that waits for the answer.
            made_here: dict[str, Any] = {"asynchronous": False, "timeout": _TIMEOUT} | function_props
            self.function = Function(self, "Function", handler=index, **made_here)
        else:
            self.function = index
        self.bucket: aws_s3.IBucket = bucket or Bucket(self, "Bucket", expire_after=expire_after or Duration.days(90))
        safe = {"to": self.bucket, "folder": "documents/", "transform": self.function, "lines": False}
        self.stream = DeliveryStream(self, "Stream", **(safe | dict(stream_props or {})))
        self.attached = attach(self, of, self.stream, pattern)
