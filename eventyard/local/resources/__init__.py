"""Resource types that moto's CloudFormation lacks or gets wrong: one file a type, each with the same few functions.

A kind is a module with `type`, `name_property`, `create`, `update` and `delete` (see `Kind`). It takes CloudFormation's
properties and calls the service's own API with boto3, so it knows nothing of moto.
"""

from __future__ import annotations

from typing import cast

from eventyard.local.resources import (
    cloudformation_stack,
    cloudwatch_alarm,
    cloudwatch_composite_alarm,
    dynamodb_table,
    events_api_destination,
    events_archive,
    events_bus,
    events_bus_policy,
    events_connection,
    events_rule,
    eventschemas_registry,
    eventschemas_schema,
    iam_policy,
    iam_role,
    kinesisfirehose_delivery_stream,
    kms_key,
    lambda_event_invoke_config,
    lambda_event_source_mapping,
    lambda_function,
    lambda_layer_version,
    lambda_permission,
    lambda_url,
    logs_delivery,
    logs_delivery_destination,
    logs_delivery_source,
    logs_log_group,
    logs_log_stream,
    logs_resource_policy,
    pipes_pipe,
    s3_bucket,
    s3_bucket_policy,
    s3_notifications,
    secretsmanager_secret,
    sns_subscription,
    sns_topic,
    sns_topic_policy,
    sqs_queue,
    sqs_queue_policy,
)
from eventyard.local.resources._kind import Kind, Made, Scope

__all__ = ["KINDS", "Kind", "Made", "Scope"]

KINDS: tuple[Kind, ...] = tuple(
    cast("Kind", module)
    for module in (
        cloudformation_stack,
        cloudwatch_alarm,
        cloudwatch_composite_alarm,
        dynamodb_table,
        events_api_destination,
        events_archive,
        events_bus,
        events_bus_policy,
        events_connection,
        events_rule,
        eventschemas_registry,
        eventschemas_schema,
        iam_policy,
        iam_role,
        kinesisfirehose_delivery_stream,
        kms_key,
        lambda_event_invoke_config,
        lambda_event_source_mapping,
        lambda_function,
        lambda_layer_version,
        lambda_permission,
        lambda_url,
        logs_delivery,
        logs_delivery_destination,
        logs_delivery_source,
        logs_log_group,
        logs_log_stream,
        logs_resource_policy,
        pipes_pipe,
        s3_bucket,
        s3_bucket_policy,
        s3_notifications,
        secretsmanager_secret,
        sns_subscription,
        sns_topic,
        sns_topic_policy,
        sqs_queue,
        sqs_queue_policy,
    )
)
