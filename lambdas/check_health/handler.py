"""Operations: shows that schedules fire and functions run, as a metric.

A schedule invokes it. It puts one datapoint; an alarm that takes missing data for a breach says when none came. That
alarm would go off too if EventBridge, Lambda or CloudWatch itself were out of order, which no other alarm would tell.
"""

from dataclasses import dataclass
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from shop.environment import Environment
from shop.telling import telling
from shop.tracing import traced


@dataclass(frozen=True, kw_only=True)
class CheckHealth(Environment):
    """The function's environment variables."""

    metric_namespace: str


environment = CheckHealth.read()
logger = Logger(service="check_health")
cloudwatch = boto3.client("cloudwatch")


@logger.inject_lambda_context
@traced("check_health")
def handle(event: dict[str, Any], context: LambdaContext) -> None:  # noqa: ARG001 - Lambda's own signature
    """Lambda's entry: a scheduled event."""
    with telling(logger, message_id=str(event.get("id"))):
        cloudwatch.put_metric_data(
            Namespace=environment.metric_namespace, MetricData=[{"MetricName": "Heartbeat", "Value": 1}]
        )
