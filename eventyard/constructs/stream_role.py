"""What a Firehose stream writes as."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnElement, Stack, aws_iam

from eventyard.constructs.acknowledge import acknowledge

if TYPE_CHECKING:
    from aws_cdk import aws_lambda, aws_logs, aws_s3
    from constructs import Construct

# https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-s3
_ON_BUCKET = ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads")
_ON_OBJECTS = ("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject")
# https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-s3, the same policy's end
_ON_FUNCTION = ("lambda:InvokeFunction", "lambda:GetFunctionConfiguration")


def role_that_writes(
    scope: Construct,
    bucket: aws_s3.IBucket,
    *,
    logs: aws_logs.ILogGroup,
    transform: aws_lambda.IFunction | None,
) -> aws_iam.Role:
    """A role that Firehose assumes: the actions that AWS's own policy has, on these resources and no other."""
    objects = f"{bucket.bucket_arn}/*"
    statements = [
        aws_iam.PolicyStatement(actions=list(_ON_BUCKET), resources=[bucket.bucket_arn]),
        aws_iam.PolicyStatement(actions=list(_ON_OBJECTS), resources=[objects]),
        aws_iam.PolicyStatement(actions=["logs:PutLogEvents"], resources=[logs.log_group_arn]),
    ]
    if transform is not None:
        statements.append(aws_iam.PolicyStatement(actions=list(_ON_FUNCTION), resources=[transform.function_arn]))
    if bucket.encryption_key is not None:
        statements.append(
            aws_iam.PolicyStatement(
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[bucket.encryption_key.key_arn],
                conditions={
                    "StringEquals": {"kms:ViaService": f"s3.{Stack.of(bucket).region}.amazonaws.com"},
                    "StringLike": {"kms:EncryptionContext:aws:s3:arn": [bucket.bucket_arn, objects]},
                },
            )
        )
    role = aws_iam.Role(
        scope,
        "Role",
        description="Writes a Firehose stream's records to its bucket",
        assumed_by=aws_iam.ServicePrincipal("firehose.amazonaws.com"),
        inline_policies={"Write": aws_iam.PolicyDocument(statements=statements)},
    )
    acknowledge(
        role,
        f"AwsSolutions-IAM5[Resource::{_as_found(bucket)}/*]",
        because="The objects of one bucket, whose names Firehose makes up.",
    )
    return role


def _as_found(bucket: aws_s3.IBucket) -> str:
    """A bucket as cdk-nag names it in a finding."""
    resource = bucket.node.default_child
    if isinstance(resource, CfnElement) and Stack.of(bucket) is Stack.of(resource):
        return f"<{Stack.of(bucket).get_logical_id(resource)}.Arn>"
    return bucket.bucket_arn
