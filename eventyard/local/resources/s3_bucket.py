"""AWS::S3::Bucket with what its template says (moto makes encryption and tags of it).

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, changed, tags, true

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::S3::Bucket"  # noqa: A001  # CloudFormation's own word
name_property = "BucketName"

known = frozenset(
    {
        "BucketEncryption",
        "BucketName",
        "LifecycleConfiguration",
        "NotificationConfiguration",
        "OwnershipControls",
        "PublicAccessBlockConfiguration",
        "Tags",
        "VersioningConfiguration",
    }
)
_LONGEST_NAME = 63
_HOME = "us-east-1"


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """CreateBucket, and a call for each property."""
    name = scope.fit(_LONGEST_NAME).lower()
    where = {} if scope.region == _HOME else {"CreateBucketConfiguration": {"LocationConstraint": scope.region}}
    scope.client("s3").create_bucket(Bucket=name, **where)
    _configure(name, {}, properties, scope)
    domain = f"{name}.s3.amazonaws.com"
    attributes = {
        "Arn": f"arn:aws:s3:::{name}",
        "DomainName": domain,
        "DualStackDomainName": f"{name}.s3.dualstack.{scope.region}.amazonaws.com",
        "RegionalDomainName": f"{name}.s3.{scope.region}.amazonaws.com",
        "WebsiteURL": f"http://{name}.s3-website-{scope.region}.amazonaws.com",
    }
    return Made(name, attributes)


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """In place, with what is in it; another name is another bucket."""
    if changed(old, new, "BucketName"):
        delete(made, old, scope)
        return create(new, scope)
    _configure(made.id, old, new, scope)
    return made


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteBucket, which S3 refuses while something is in it."""
    scope.client("s3").delete_bucket(Bucket=made.id)


def remarks(properties: Mapping[str, Any]) -> Iterator[str]:
    """What is kept and does nothing."""
    if properties.get("LifecycleConfiguration"):
        yield "its lifecycle rules are kept and nothing expires by them."


def _configure(name: str, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> None:
    s3 = scope.client("s3")
    _protect(s3, name, old, new)
    if lifecycle := new.get("LifecycleConfiguration"):
        rules = [_lifecycle(rule, number) for number, rule in enumerate(lifecycle["Rules"])]
        s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})
    elif old.get("LifecycleConfiguration"):
        s3.delete_bucket_lifecycle(Bucket=name)
    if changed(old, new, "NotificationConfiguration"):
        on = "EventBridgeConfiguration" in (new.get("NotificationConfiguration") or {})
        told: dict[str, Any] = {"EventBridgeConfiguration": {}} if on else {}
        s3.put_bucket_notification_configuration(Bucket=name, NotificationConfiguration=told)
    if tags(new):
        tagged = [{"Key": key, "Value": value} for key, value in tags(new).items()]
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tagged})
    elif tags(old):
        s3.delete_bucket_tagging(Bucket=name)


def _protect(s3: Any, name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:  # noqa: ANN401  # a boto3 client
    if encryption := new.get("BucketEncryption"):
        rules = [_encryption(rule) for rule in encryption["ServerSideEncryptionConfiguration"]]
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})
    elif old.get("BucketEncryption"):
        s3.delete_bucket_encryption(Bucket=name)
    if ownership := new.get("OwnershipControls"):
        s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=ownership)
    if block := new.get("PublicAccessBlockConfiguration"):
        booleans = {key: true(value) for key, value in block.items()}
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=booleans)
    if changed(old, new, "VersioningConfiguration"):
        status = (new.get("VersioningConfiguration") or {}).get("Status", "Suspended")
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": status})


def _encryption(rule: Mapping[str, Any]) -> dict[str, Any]:
    default = rule.get("ServerSideEncryptionByDefault") or {}
    found: dict[str, Any] = {"ApplyServerSideEncryptionByDefault": dict(default)}
    return found | ({"BucketKeyEnabled": true(rule["BucketKeyEnabled"])} if "BucketKeyEnabled" in rule else {})


def _lifecycle(rule: Mapping[str, Any], number: int) -> dict[str, Any]:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRule.html."""
    found: dict[str, Any] = {
        "ID": rule.get("Id") or f"rule-{number}",
        "Status": rule["Status"],
        "Filter": {"Prefix": rule.get("Prefix", "")},
    }
    if "ExpirationInDays" in rule:
        found["Expiration"] = {"Days": int(rule["ExpirationInDays"])}
    if "Transitions" in rule:
        found["Transitions"] = [
            {"Days": int(one["TransitionInDays"]), "StorageClass": one["StorageClass"]} for one in rule["Transitions"]
        ]
    if "NoncurrentVersionExpiration" in rule:
        days = int(rule["NoncurrentVersionExpiration"]["NoncurrentDays"])
        found["NoncurrentVersionExpiration"] = {"NoncurrentDays": days}
    if "AbortIncompleteMultipartUpload" in rule:
        days = int(rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"])
        found["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": days}
    return found
