"""Custom::S3BucketNotifications: how CDK gives a bucket its notifications (`event_bridge_enabled=True`, say).

https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_s3.Bucket.html#eventbridgeenabled. On AWS a function of
CDK's makes the one call that is made here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, true

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "Custom::S3BucketNotifications"  # noqa: A001  # CloudFormation's own word
name_property = ""

known = frozenset({"BucketName", "Managed", "NotificationConfiguration", "ServiceToken", "SkipDestinationValidation"})


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """PutBucketNotificationConfiguration."""
    _put(properties, properties.get("NotificationConfiguration", {}), scope)
    return Made(scope.name)


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """The same; a bucket that is left has none."""
    if old["BucketName"] != new["BucketName"]:
        delete(made, old, scope)
    create(new, scope)
    return made


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """No notifications."""
    _put(properties, {}, scope)


def _put(properties: Mapping[str, Any], configuration: Mapping[str, Any], scope: Scope) -> None:
    scope.client("s3").put_bucket_notification_configuration(
        Bucket=properties["BucketName"],
        NotificationConfiguration=configuration,
        SkipDestinationValidation=true(properties.get("SkipDestinationValidation")),
    )
