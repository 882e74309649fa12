"""AWS::S3::BucketPolicy. moto skips it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucketpolicy.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, changed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::S3::BucketPolicy"  # noqa: A001  # CloudFormation's own word
name_property = ""
known = frozenset({"Bucket", "PolicyDocument"})


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """PutBucketPolicy."""
    document = properties["PolicyDocument"]
    text = document if isinstance(document, str) else json.dumps(document)
    scope.client("s3").put_bucket_policy(Bucket=properties["Bucket"], Policy=text)
    return Made(properties["Bucket"])


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """The same; a bucket that is left has none."""
    if changed(old, new, "Bucket"):
        delete(made, old, scope)
    return create(new, scope)


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteBucketPolicy."""
    scope.client("s3").delete_bucket_policy(Bucket=made.id)
