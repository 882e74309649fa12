"""Partner: plans the supply of an article that runs low in the shop.

A rule of the shop's account invokes it with StockLow. An event that fails makes the invocation fail, so that Lambda
retries it and then hands it to the dead-letter queue, in the partner's account. The table itself tells a repetition.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

from dataclasses import dataclass
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from plan import plan_for
from shop.envelopes import from_bus
from shop.environment import Environment
from shop.events import Event, StockLow
from shop.tables import put_new
from shop.telling import telling
from shop.tracing import traced


@dataclass(frozen=True, kw_only=True)
class PlanSupply(Environment):
    """The function's environment variables."""

    supply_plans_table: str


environment = PlanSupply.read()
logger = Logger(service="plan_supply")
dynamodb = boto3.client("dynamodb")


@logger.inject_lambda_context
@traced("plan_supply")
def handle(event: dict[str, Any], context: LambdaContext) -> None:  # noqa: ARG001 (Lambda's signature)
    """Lambda's entry: an event of the shop's bus."""
    with telling(logger, message_id=str(event.get("id"))):
        plan = plan_for(from_bus(event, Event[StockLow]))
        new = put_new(dynamodb, environment.supply_plans_table, plan, key="alert_id")
        logger.info("Supply planned" if new else "Already done", alert_id=plan["alert_id"])
