"""The Firehose streams in moto's state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.firehose.models import firehose_backends

from eventyard.local.moto_seam._records import Arn, DeliveryStream

if TYPE_CHECKING:
    from collections.abc import Iterator

# moto's own objects: untyped, and ours to handle with care.
Moto = Any

_PREFIX = "deliverystream/"


class StreamState:
    """Every account's Firehose streams, by ARN."""

    def delivery_streams(self) -> Iterator[str]:
        """The ARNs of all Firehose streams."""
        for _, regions in list(firehose_backends.items()):
            for backend in list(regions.values()):
                yield from [found.delivery_stream_arn for found in backend.delivery_streams.values()]

    def delivery_stream(self, stream: str) -> DeliveryStream | None:
        """The Firehose stream of this ARN; None without one."""
        arn = Arn.parse(stream)
        streams = firehose_backends[arn.account][arn.region].delivery_streams
        found = streams.get(arn.resource.removeprefix(_PREFIX))
        if found is None:
            return None
        destination: dict[str, Any] = found.destinations[0]
        s3 = destination.get("ExtendedS3") or destination.get("S3")
        # A copy: moto changes what it has when the stream is updated.
        copied = dict(s3) if s3 else None
        return DeliveryStream(found.delivery_stream_arn, found.delivery_stream_name, str(found.version_id), copied)
