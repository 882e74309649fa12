"""Firehose: its streams, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.local.authority.actions._wanted import Wanted, arn_of

if TYPE_CHECKING:
    from eventyard.local.moto_seam import ApiCall, MotoState

prefix = "firehose"


def wanted(call: ApiCall, state: MotoState) -> list[Wanted]:  # noqa: ARG001  # a service's signature
    """The action on the stream that the call names; ListDeliveryStreams names none."""
    name = call.parameters.get("DeliveryStreamName")
    return [Wanted(f"firehose:{call.operation}", arn_of(call, f"deliverystream/{name}") if name else "*")]
