"""A function."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from aws_cdk import Duration, IgnoreMode, RemovalPolicy, aws_iam, aws_lambda, aws_logs

from eventyard.constructs.acknowledge import acknowledge
from eventyard.constructs.dead_letters import DeadLetterQueue
from eventyard.constructs.subscription import subscribe_all
from eventyard.errors import AssetError

if TYPE_CHECKING:
    from constructs import Construct

    from eventyard.constructs.selection import Sources

# What Python and its tools leave behind: no part of the code, and different on every machine.
_NOT_CODE = ("__pycache__", "*.pyc", ".pytest_cache", ".mypy_cache", ".ruff_cache")


class Function(aws_lambda.Function):
    """A function that rules and topics invoke directly; between a queue and a function, use `Worker`.

    Minimal use: `Function(self, "ThankCustomer", handler="lambdas/thank_customer", listens_to=orders)`.

    arm64, Python, tracing on, a role of its own that may write to the function's log group and to X-Ray and nothing
    else, logs kept for three months. An invocation that fails is tried twice more within six hours, then it goes to
    the dead-letter queue (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html).

    Args:
        handler: The folder of the code, or an `aws_lambda.Code`.
        entry: The handler in it, as `file.function`.
        listens_to: A topic, a selection of one (`topic.only(...)`), or several of them.
        asynchronous: Whether anyone invokes it without waiting for the answer. False leaves out retries and the
            dead-letter queue, which serve only that case.
        props: Anything else that `aws_lambda.Function` takes.

    `dead_letters` is the queue made for dead letters, None if there is none or one was given.

    Raises:
        AssetError: If the folder is not there.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        handler: str | Path | aws_lambda.Code,
        entry: str = "handler.handle",
        listens_to: Sources = (),
        asynchronous: bool = True,
        **props: Any,  # noqa: ANN401 (aws-cdk-lib's own properties)
    ) -> None:
        path = f"{scope.node.path}/{construct_id}"
        self.dead_letters: DeadLetterQueue | None = None
        safe: dict[str, Any] = {
            "code": code_in(handler, where=path) if isinstance(handler, str | Path) else handler,
            "handler": entry,
            "runtime": aws_lambda.Runtime.PYTHON_3_13,
            "architecture": aws_lambda.Architecture.ARM_64,
            "memory_size": 256,
            "timeout": Duration.seconds(30),
            "tracing": aws_lambda.Tracing.ACTIVE,
        }
        if asynchronous:
            safe |= {"retry_attempts": 2, "max_event_age": Duration.hours(6)}
            if not props.keys() & {"dead_letter_queue", "dead_letter_topic", "on_failure"}:
                self.dead_letters = DeadLetterQueue(scope, f"{construct_id}DeadLetters", of=f"function {path}")
                safe["dead_letter_queue"] = self.dead_letters
        if "log_group" not in props:
            safe["log_group"] = aws_logs.LogGroup(
                scope,
                f"{construct_id}Logs",
                retention=aws_logs.RetentionDays.THREE_MONTHS,
                removal_policy=RemovalPolicy.DESTROY,  # diagnostics of a function, worth nothing without it
            )
        if "role" not in props:
            safe["role"] = _role(scope, construct_id, props.get("log_group") or safe["log_group"])
        super().__init__(scope, construct_id, **(safe | props))
        if "runtime" not in props:
            acknowledge(
                self,
                "AwsSolutions-L1",
                because="Python 3.13 is supported until 2029; a newer runtime is adopted together with its layers.",
            )
        subscribe_all(self, listens_to, to=self)


def code_in(folder: str | Path, *, where: str = "") -> aws_lambda.Code:
    """The code in a folder, as it is: nothing is built, so neither Docker nor pip is needed.

    Args:
        folder: The folder; what Python and its tools leave behind in it stays out.
        where: The path of the construct that wants it, for the error.

    Raises:
        AssetError: If the folder is not there.
    """
    if not Path(folder).is_dir():
        raise AssetError(
            f"there is no folder {folder} with the code.",
            where=where,
            remedy=f"Relative paths start at {Path.cwd()}; run from the project's root, or give an absolute path.",
        )
    return aws_lambda.Code.from_asset(str(folder), exclude=list(_NOT_CODE), ignore_mode=IgnoreMode.GIT)


def _role(scope: Construct, construct_id: str, logs: aws_logs.ILogGroup) -> aws_iam.Role:
    """A role that may write to this log group only, where AWS's managed policy would allow all of them."""
    role = aws_iam.Role(scope, f"{construct_id}Role", assumed_by=aws_iam.ServicePrincipal("lambda.amazonaws.com"))
    logs.grant_write(role)
    acknowledge(
        role,
        "AwsSolutions-IAM5[Resource::*]",
        because="Tracing: X-Ray's actions know no resources, so nothing narrower can be written.",
    )
    return role
