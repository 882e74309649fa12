"""S3: buckets and objects. moto already speaks in actions here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventyard.local.authority.actions._wanted import Wanted

if TYPE_CHECKING:
    from eventyard.local.moto_seam import ApiCall, MotoState

prefix = "s3"

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
_ACTIONS = {"HeadBucket": "ListBucket"}


def wanted(call: ApiCall, state: MotoState) -> list[Wanted]:  # noqa: ARG001  # a service's signature
    """The action on the bucket or object. DeleteObjects is held against the bucket's objects, not key by key."""
    action = _ACTIONS.get(call.operation, call.operation)
    bucket, key = call.parameters.get("Bucket"), call.parameters.get("Key")
    if not bucket:
        return [Wanted(f"s3:{action}", "*")]
    of_objects = key or action == "DeleteObject"
    return [Wanted(f"s3:{action}", f"arn:aws:s3:::{bucket}/{key or '*'}" if of_objects else f"arn:aws:s3:::{bucket}")]
