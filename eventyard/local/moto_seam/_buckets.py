"""The buckets in moto's state, whose ARNs tell neither account nor Region, and the objects that services put there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.s3.models import s3_backends

from eventyard.local.moto_seam._records import Arn

if TYPE_CHECKING:
    from collections.abc import Iterator

# moto's own objects: untyped, and ours to handle with care.
Moto = Any

# Encrypted with KMS and no key of its own: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
_MANAGED_KEY = "alias/aws/s3"


class BucketState:
    """Every account's buckets, by ARN."""

    def buckets(self) -> Iterator[str]:
        """The ARNs of all buckets."""
        for name in list(s3_backends.bucket_accounts):
            yield f"arn:aws:s3:::{name}"

    def bucket_exists(self, bucket: str) -> bool:
        """Whether there is a bucket of this ARN."""
        return bucket_of(Arn.parse(bucket)) is not None

    def bucket_account(self, bucket: str) -> str:
        """The account of a bucket or object (an ARN); empty without one."""
        return _account(Arn.parse(bucket))

    def home(self, resource: str) -> Arn:
        """The fields of an ARN, with the account and Region of a bucket or object, which it leaves out."""
        return home(resource)

    def encrypted_as(self, resource: str) -> str:
        """The ARN that stands in the encryption context of a queue, topic or object (an ARN).

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html: of a bucket with a bucket key it is the
        bucket's.
        """
        arn = Arn.parse(resource)
        found = bucket_of(arn) if arn.service == "s3" else None
        if found is not None and _true(_encryption(found).get("BucketKeyEnabled")):
            return resource.partition("/")[0]
        return resource

    def put_object(self, bucket: str, key: str, content: bytes) -> None:
        """Put an object into a bucket (an ARN) that is there, as a service does; S3 reports it."""
        arn = Arn.parse(bucket)
        s3_backends[_account(arn)]["aws"].put_object(arn.resource, key, content)


def bucket_of(arn: Arn) -> Moto | None:
    """Moto's bucket, by the ARN of it or of an object in it."""
    account = _account(arn)
    return s3_backends[account]["aws"].buckets.get(_name(arn)) if account else None


def bucket_key(arn: Arn) -> str:
    """What a bucket names as the KMS key of its objects; empty where S3's own keys encrypt them."""
    found = bucket_of(arn)
    default = _encryption(found).get("ApplyServerSideEncryptionByDefault", {}) if found is not None else {}
    if not str(default.get("SSEAlgorithm", "")).startswith("aws:kms"):
        return ""
    return str(default.get("KMSMasterKeyID") or _MANAGED_KEY)


def home(resource: str) -> Arn:
    """The fields of an ARN; of a bucket or object with its account and Region."""
    arn = Arn.parse(resource)
    found = bucket_of(arn) if arn.service == "s3" else None
    return arn if found is None else Arn(arn.service, found.region_name, found.account_id, arn.resource)


def _encryption(bucket: Moto) -> dict[str, Any]:
    rule: dict[str, Any] = (bucket.encryption or {}).get("Rule") or {}
    return rule


def _account(arn: Arn) -> str:
    return str(s3_backends.bucket_accounts.get(_name(arn), ("", ""))[1])


def _name(arn: Arn) -> str:
    return arn.resource.partition("/")[0]


def _true(value: object) -> bool:
    return str(value).lower() == "true"
