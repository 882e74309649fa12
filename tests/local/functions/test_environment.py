"""What a function sees of the world: AWS's variables, its own, nothing of ours."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventyard.local.functions import Workers
    from tests.local.functions.conftest import Invoke, MakeFunction

_TELL = "import os\ndef handle(event, context): return dict(os.environ)"
_PLATFORM = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
    "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "token",
}


def test_a_function_sees_awss_variables_and_its_own_and_no_others(
    workers: Workers, function: MakeFunction, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_PROFILE", "AWS_CA_BUNDLE", "HOME", "DEVELOPERS_SECRET", "PYTHONWARNINGS"):
        monkeypatch.setenv(name, "leaked")
    spec = function(_TELL, name="tell", environment={"TABLE": "orders"}, platform=_PLATFORM)
    outcome = invoke(workers, spec)
    seen = json.loads(outcome.payload)
    seen.pop("AWS_LAMBDA_RUNTIME_API", None)  # there is none in process
    seen.pop("LC_CTYPE", None)  # Python's own, where the machine has no en_US.UTF-8
    assert seen.pop("LAMBDA_RUNTIME_DIR")
    assert seen == {
        "_HANDLER": "app.handle",
        "_X_AMZN_TRACE_ID": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_NAME": "tell",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/tell",
        "AWS_LAMBDA_LOG_STREAM_NAME": outcome.log_stream,
        "LAMBDA_TASK_ROOT": str(spec.code),
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "POWERTOOLS_TRACE_DISABLED": "true",
        "TABLE": "orders",
        **_PLATFORM,
    }


@pytest.fixture
def in_tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine's clock shows Tokyo's time."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "JST-9")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("in_tokyo")
def test_the_clock_of_a_function_is_utc_wherever_it_runs(
    workers: Workers, function: MakeFunction, invoke: Invoke
) -> None:
    spec = function("import time\ndef handle(event, context): return time.timezone")
    assert invoke(workers, spec).payload == b"0"
    assert time.timezone == -9 * 3600


def test_a_function_cannot_set_what_lambda_reserves(workers: Workers, function: MakeFunction, invoke: Invoke) -> None:
    tries = {
        "AWS_REGION": "mars-north-1",
        "AWS_EC2_METADATA_DISABLED": "false",
        "AWS_ACCESS_KEY_ID": "REAL",
        "TZ": "Europe/Berlin",
    }
    spec = function(_TELL, environment=tries, platform=_PLATFORM)
    seen = json.loads(invoke(workers, spec).payload)
    assert {name: seen[name] for name in tries} == {
        "AWS_REGION": "eu-central-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "TZ": "Europe/Berlin",
    }


def test_the_sdk_in_a_handler_passes_the_trace_on_and_speaks_to_the_local_endpoint(
    workers: Workers, function: MakeFunction, invoke: Invoke
) -> None:
    spec = function(
        """
        import boto3
        from botocore.awsrequest import AWSResponse

        sqs = boto3.client("sqs")
        sent = {}

        def keep(request, **_):
            trace = request.headers["X-Amzn-Trace-Id"]
            sent.update(url=request.url, trace=trace.decode() if isinstance(trace, bytes) else trace)
            return AWSResponse(request.url, 200, {}, None)

        sqs.meta.events.register("before-send.sqs", keep)

        def handle(event, context):
            try:
                sqs.list_queues()
            except Exception:
                pass  # the answer has no body; what was sent is what counts
            return sent
        """,
        platform=_PLATFORM,
    )
    outcome = invoke(workers, spec)
    assert json.loads(outcome.payload) == {
        "url": "http://127.0.0.1:4566/",
        "trace": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
    }


def test_powertools_logs_and_traces_without_a_daemon(workers: Workers, function: MakeFunction, invoke: Invoke) -> None:
    spec = function(
        """
        from aws_lambda_powertools import Logger, Tracer

        logger, tracer = Logger(service="warehouse"), Tracer(service="warehouse")

        @logger.inject_lambda_context
        @tracer.capture_lambda_handler
        def handle(event, context):
            logger.info("reserved", order="o-1")
            return "done"
        """
    )
    for number in range(2):
        outcome = invoke(workers, spec)
        assert outcome.payload == b'"done"', outcome.log
        told = json.loads(next(line for line in outcome.log.splitlines() if line.startswith("{")))
        assert (told["message"], told["order"]) == ("reserved", "o-1")
        assert told["function_request_id"] == f"request-{number}"
