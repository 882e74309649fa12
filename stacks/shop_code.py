"""How the shop's functions are made: what all of them share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from aws_cdk import Stack, aws_lambda
from constructs import Construct

from eventyard.constructs import ContractsLayer, Function, Worker, acknowledge, code_in
from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from aws_cdk import aws_dynamodb, aws_iam, aws_sns

LAMBDAS = Path(__file__).parents[1] / "lambdas"

# Powertools for AWS Lambda with Pydantic and the X-Ray SDK, as AWS publishes it for this runtime:
# https://docs.aws.amazon.com/powertools/python/latest/getting-started/install/
POWERTOOLS = "arn:aws:lambda:{region}:017000801446:layer:AWSLambdaPowertoolsPythonV3-python313-arm64:27"

# What Powertools does to its table: https://docs.aws.amazon.com/powertools/python/latest/utilities/idempotency/
IDEMPOTENCY_ACTIONS = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem")


class ShopCode(Construct):
    """The layers and the idempotency table that the shop's functions share, and the two ways to make a function.

    Without a table only functions can be made that need none (`once=False`): their own table tells a repetition.
    """

    def __init__(self, scope: Construct, construct_id: str, *, idempotency: aws_dynamodb.ITable | None = None) -> None:
        super().__init__(scope, construct_id)
        self._idempotency = idempotency
        powertools = POWERTOOLS.format(region=Stack.of(self).region)
        self._layers = [
            aws_lambda.LayerVersion.from_layer_version_arn(self, "Powertools", powertools),
            ContractsLayer(self, "Contracts"),
            aws_lambda.LayerVersion(
                self,
                "ShopLayer",
                description="The shop's event types and what its functions have in common",
                code=code_in(LAMBDAS / "shop_layer"),
                compatible_runtimes=[aws_lambda.Runtime.PYTHON_3_13],
                compatible_architectures=[aws_lambda.Architecture.ARM_64],
            ),
        ]

    def worker(
        self,
        construct_id: str,
        *,
        once: bool = True,
        environment: dict[str, str],
        **options: Any,  # noqa: ANN401 (Worker's own arguments)
    ) -> Worker:
        """A worker named after its folder: `ReserveStock` is `lambdas/reserve_stock`.

        Args:
            construct_id: Its name in the stack.
            once: Whether it remembers in the idempotency table what it has done.
            environment: Its environment variables, without those of the table.
            options: What else `Worker` takes.
        """
        made = Worker(
            self.node.scope,  # type: ignore[arg-type]  # in the stack itself: short names, and it always has a scope
            construct_id,
            environment=self._environment(environment, once=once),
            **self._code(construct_id),
            **options,
        )
        self._remember(made.function, once=once)
        return made

    def function(
        self,
        construct_id: str,
        *,
        once: bool = True,
        environment: dict[str, str],
        **options: Any,  # noqa: ANN401 (Function's own arguments)
    ) -> Function:
        """A function that is invoked directly, named after its folder as workers are."""
        made = Function(
            self.node.scope,  # type: ignore[arg-type]  # the same
            construct_id,
            environment=self._environment(environment, once=once),
            **self._code(construct_id),
            **options,
        )
        self._remember(made, once=once)
        return made

    def _code(self, construct_id: str) -> dict[str, Any]:
        folder = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in construct_id)
        return {"handler": LAMBDAS / folder.lstrip("_"), "layers": self._layers}

    def _environment(self, given: dict[str, str], *, once: bool) -> dict[str, str]:
        return given | ({"IDEMPOTENCY_TABLE": self._memory().table_name} if once else {})

    def _remember(self, function: aws_iam.IGrantable, *, once: bool) -> None:
        if once:
            self._memory().grant(function, *IDEMPOTENCY_ACTIONS)

    def _memory(self) -> aws_dynamodb.ITable:
        if self._idempotency is None:
            raise EventyardError(
                "a function that works once needs an idempotency table.",
                where=self.node.path,
                remedy="Give ShopCode one, or say once=False if the function's own table tells a repetition.",
            )
        return self._idempotency


def let_publish(function: aws_lambda.IFunction, topic: aws_sns.ITopic) -> None:
    """Let a function publish to a topic, and use the topic's key for it."""
    topic.grant_publish(function)
    acknowledge(
        function.role or function,
        "AwsSolutions-IAM5[Action::kms:GenerateDataKey*]",
        because="aws-cdk-lib's own grant; the action's two variants, on the one key of the topics.",
    )
