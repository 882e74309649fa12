"""Firehose: buffering and delivery are ours, and so is what a request may be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.core.exceptions import JsonRESTError
from moto.firehose.exceptions import ResourceNotFoundException
from moto.firehose.models import FirehoseBackend
from moto.firehose.responses import FirehoseResponse

from eventyard.local.door import ApiError, check_model
from eventyard.local.door.delivery_streams import check_destination, check_records
from eventyard.local.moto_seam.seams._seam import Moto, Seam

if TYPE_CHECKING:
    from collections.abc import Callable

    from eventyard.local.moto_seam.seams._seam import Listener


def _put_record_batch(_original: Moto, listener: Listener) -> Moto:
    def put_record_batch(self: Moto, delivery_stream_name: str, records: list[dict[str, bytes]]) -> dict[str, Any]:
        # moto writes an object at once for every call.
        found = self.delivery_streams.get(delivery_stream_name)
        if found is None:
            raise ResourceNotFoundException(
                f"Firehose {delivery_stream_name} under account {self.account_id} not found."
            )
        contents = [record["Data"] for record in records]
        try:
            check_records(contents)
        except ApiError as refused:
            raise JsonRESTError(refused.code, refused.message) from None
        ids = listener.put_records(found.delivery_stream_arn, contents)
        return {"FailedPutCount": 0, "Encrypted": False, "RequestResponses": [{"RecordId": one} for one in ids]}

    return put_record_batch


def _door(operation: str, configuration: str) -> Callable[[Moto, Listener], Moto]:
    def make(original: Moto, _listener: Listener) -> Moto:
        def handle(self: Moto) -> Moto:
            request = json.loads(self.body or "{}")
            try:
                check_model("firehose", operation, request)
                check_destination(request.get(configuration) or {}, configuration)
            except ApiError as refused:
                raise JsonRESTError(refused.code, refused.message) from None
            return original(self)

        return handle

    return make


SEAMS = (
    Seam(
        FirehoseBackend,
        "put_record_batch",
        ("self", "delivery_stream_name", "records"),
        "deliveries are ours",
        _put_record_batch,
    ),
    Seam(
        FirehoseResponse,
        "create_delivery_stream",
        ("self",),
        "the door",
        _door("CreateDeliveryStream", "ExtendedS3DestinationConfiguration"),
    ),
    Seam(
        FirehoseResponse,
        "update_destination",
        ("self",),
        "the door",
        _door("UpdateDestination", "ExtendedS3DestinationUpdate"),
    ),
)
