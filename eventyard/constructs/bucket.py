"""A bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Duration, RemovalPolicy, aws_s3

from eventyard.constructs.acknowledge import acknowledge

if TYPE_CHECKING:
    from constructs import Construct

_TLS = 1.2


class Bucket(aws_s3.Bucket):
    """A bucket: encrypted (SSE-S3), TLS 1.2 only, closed to the public, kept when its stack goes.

    Minimal use: `Bucket(self, "Backup", archive_after=Duration.days(30), expire_after=Duration.days(365))`.

    Args:
        archive_after: When objects move to Glacier Instant Retrieval, which costs a sixth and gives them back at once.
        expire_after: When objects are deleted; without it they stay.
        props: Anything else that `aws_s3.Bucket` takes; `lifecycle_rules` come on top of those made here.

    Uploads that were never completed are removed after a week: they cost, and no listing shows them.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        archive_after: Duration | None = None,
        expire_after: Duration | None = None,
        **props: Any,  # noqa: ANN401 (aws-cdk-lib's own properties)
    ) -> None:
        life = aws_s3.LifecycleRule(
            id="Life",
            abort_incomplete_multipart_upload_after=Duration.days(7),
            expiration=expire_after,
            transitions=[
                aws_s3.Transition(
                    storage_class=aws_s3.StorageClass.GLACIER_INSTANT_RETRIEVAL, transition_after=archive_after
                )
            ]
            if archive_after
            else None,
        )
        safe: dict[str, Any] = {
            "encryption": aws_s3.BucketEncryption.KMS
            if "encryption_key" in props
            else aws_s3.BucketEncryption.S3_MANAGED,
            "enforce_ssl": True,
            "minimum_tls_version": _TLS,
            "block_public_access": aws_s3.BlockPublicAccess.BLOCK_ALL,
            "object_ownership": aws_s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            "removal_policy": RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        }
        rules = [life, *props.pop("lifecycle_rules", ())]
        super().__init__(scope, construct_id, lifecycle_rules=rules, **(safe | props))
        if "server_access_logs_bucket" not in props:
            acknowledge(
                self,
                "AwsSolutions-S1",
                because="Server access logs need a bucket that many share, and are delivered by best effort; "
                "CloudTrail's data events tell of every access. Give server_access_logs_bucket to have both.",
            )
