"""A queue and the function that empties it; functions that are invoked directly."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.constructs import Function, Queue, Topic, Worker
from eventyard.errors import AssetError, EventyardError

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.xdist_group("cdk")


def test_a_worker_is_safe_and_durable_without_a_word(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any], code: Path
) -> None:
    stack = new_stack()
    Worker(stack, "Warehouse", handler=code, listens_to=Topic(stack, "Orders"))

    resources = synthesized(stack)
    queue, function = resources.the("SQS::Queue", "WarehouseQueue"), resources.the("Lambda::Function")
    dead = resources.the("SQS::Queue", "WarehouseQueueDeadLetters")
    assert queue["SqsManagedSseEnabled"] is dead["SqsManagedSseEnabled"] is True
    assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
    assert "WarehouseQueueDeadLetters" in queue["RedrivePolicy"]["deadLetterTargetArn"]
    # A dead letter keeps the time it was first sent: it must be kept longer than it could wait before.
    assert dead["MessageRetentionPeriod"] > queue["MessageRetentionPeriod"]
    assert resources.the("Lambda::EventSourceMapping")["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert function["Architectures"] == ["arm64"]
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert resources.the("Logs::LogGroup")["RetentionInDays"] == 90


def test_queues_and_topics_refuse_whoever_comes_without_tls(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]
) -> None:
    stack = new_stack()
    Queue(stack, "Warehouse", listens_to=Topic(stack, "Orders"))

    resources = synthesized(stack)
    policies = resources.of("SQS::QueuePolicy") | resources.of("SNS::TopicPolicy")
    open_to_all = {
        name
        for name, policy in policies.items()
        if not any(
            statement["Effect"] == "Deny" and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
            for statement in policy["PolicyDocument"]["Statement"]
        )
    }
    assert policies
    assert open_to_all == set()


def test_a_functions_role_may_write_its_own_logs_and_traces_and_nothing_else(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any], code: Path
) -> None:
    stack = new_stack()
    Function(stack, "Thanks", handler=code, asynchronous=False)

    resources = synthesized(stack)
    allowed = {
        action: statement["Resource"]
        for statement in resources.the("IAM::Policy")["PolicyDocument"]["Statement"]
        for action in statement["Action"]
    }
    assert "ManagedPolicyArns" not in resources.the("IAM::Role")
    assert allowed.pop("xray:PutTraceSegments") == allowed.pop("xray:PutTelemetryRecords") == "*"
    assert set(allowed) == {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert all("ThanksLogs" in resource for resource in allowed.values())


def test_an_invocation_that_fails_for_good_goes_to_a_dead_letter_queue(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any], code: Path
) -> None:
    stack = new_stack()
    Function(stack, "Thanks", handler=code, listens_to=Topic(stack, "Orders"))

    resources = synthesized(stack)
    assert "ThanksDeadLetters" in resources.the("Lambda::Function")["DeadLetterConfig"]["TargetArn"]
    retries = resources.the("Lambda::EventInvokeConfig")
    assert (retries["MaximumRetryAttempts"], retries["MaximumEventAgeInSeconds"]) == (2, 6 * 3600)


def test_what_the_user_says_of_a_worker_wins(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any], code: Path
) -> None:
    from aws_cdk import Duration, aws_lambda  # noqa: PLC0415 (after the constructs have found their Node)

    stack = new_stack()
    worker = Worker(
        stack,
        "Warehouse",
        handler=code,
        entry="handler.other",
        batch_size=1,
        max_receive_count=2,
        queue_props={"visibility_timeout": Duration.minutes(20)},
        intake_props={"max_concurrency": 2},
        architecture=aws_lambda.Architecture.X86_64,
        environment={"COLOUR": "blue"},
        asynchronous=True,
    )

    resources = synthesized(stack)
    function, mapping = resources.the("Lambda::Function"), resources.the("Lambda::EventSourceMapping")
    queue = resources.the("SQS::Queue", "WarehouseQueue")
    assert (function["Handler"], function["Architectures"]) == ("handler.other", ["x86_64"])
    assert function["Environment"] == {"Variables": {"COLOUR": "blue"}}
    assert "WarehouseFunctionDeadLetters" in function["DeadLetterConfig"]["TargetArn"]
    assert (mapping["BatchSize"], mapping["ScalingConfig"]) == (1, {"MaximumConcurrency": 2})
    assert (queue["VisibilityTimeout"], queue["RedrivePolicy"]["maxReceiveCount"]) == (1200, 2)
    assert worker.dead_letters is not None


def test_a_worker_empties_a_native_queue(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any], code: Path
) -> None:
    from aws_cdk import Duration, aws_sqs  # noqa: PLC0415 (after the constructs have found their Node)

    stack = new_stack()
    queue = aws_sqs.Queue(stack, "Native", visibility_timeout=Duration.minutes(3))
    worker = Worker(stack, "Warehouse", handler=code, queue=queue)

    assert worker.queue is queue
    assert "-Native" in synthesized(stack).the("Lambda::EventSourceMapping")["EventSourceArn"]


def test_properties_for_a_native_function_are_refused_not_ignored(new_stack: Callable[..., Any], code: Path) -> None:
    stack = new_stack()
    native = Function(stack, "Native", handler=code)

    with pytest.raises(EventyardError, match="memory_size cannot be given"):
        Worker(stack, "Warehouse", handler=native, memory_size=512)


def test_a_folder_that_is_not_there_is_named(new_stack: Callable[..., Any]) -> None:
    with pytest.raises(AssetError, match="Shop/Warehouse/Function: there is no folder lambdas/nowhere"):
        Worker(new_stack(), "Warehouse", handler="lambdas/nowhere")


def test_what_python_leaves_behind_is_no_part_of_the_code(new_stack: Callable[..., Any], code: Path) -> None:
    from aws_cdk import Stage  # noqa: PLC0415 (after the constructs have found their Node)

    stack = new_stack()
    Function(stack, "Thanks", handler=code)
    stage = Stage.of(stack)
    assert stage is not None

    assets = Path(stage.synth().directory).glob("asset.*")
    assert {path.name for asset in assets for path in asset.rglob("*")} == {"handler.py"}
