"""`eventyard up`, as somebody starts it in a shell."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest

from tests.served.shell import client, up

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path


def said(run: subprocess.Popen[str], wanted: str) -> str:
    """Wait for a line in which something stands."""
    for line in run.stdout or ():
        if wanted in line:
            return line
    pytest.fail(f"it ended without a word of {wanted!r}")


# An app that needs no CDK: a queue whose delay stands in a file, and a function.
APP = """
import hashlib, json, os, pathlib, shutil
out, code = pathlib.Path(os.environ["CDK_OUTDIR"]), pathlib.Path("greet")
key = hashlib.sha256((code / "index.py").read_bytes()).hexdigest()
shutil.copytree(code, out / f"asset.{key}", dirs_exist_ok=True)
allow = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
trust = {"Version": "2012-10-17", "Statement": [allow]}
queue = {"QueueName": "orders", "DelaySeconds": int(pathlib.Path("delay.txt").read_text())}
function = {
    "FunctionName": "greet", "Runtime": "python3.13", "Handler": "index.handle",
    "Role": {"Fn::GetAtt": ["Role", "Arn"]},
    "Code": {"S3Bucket": "code", "S3Key": f"{key}.zip"},
}
resources = {
    "Queue": {"Type": "AWS::SQS::Queue", "Properties": queue},
    "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}},
    "Greet": {"Type": "AWS::Lambda::Function", "Properties": function},
}
(out / "App.template.json").write_text(json.dumps({"Resources": resources}))
destinations = {"here": {"bucketName": "code", "objectKey": f"{key}.zip"}}
asset = {"source": {"path": f"asset.{key}", "packaging": "zip"}, "destinations": destinations}
(out / "App.assets.json").write_text(json.dumps({"version": "36.0.0", "files": {key: asset}}))
stack = {
    "type": "aws:cloudformation:stack", "environment": "aws://111111111111/us-east-1",
    "properties": {"templateFile": "App.template.json"}, "dependencies": ["App.assets"],
}
manifest = {"type": "cdk:asset-manifest", "properties": {"file": "App.assets.json"}}
artifacts = {"App.assets": manifest, "App": stack}
(out / "manifest.json").write_text(json.dumps({"version": "36.0.0", "artifacts": artifacts}))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with that app."""
    (tmp_path / "cdk.json").write_text('{"app": "python3 app.py"}')
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "delay.txt").write_text("0")
    (tmp_path / "greet").mkdir()
    greets(tmp_path, "hello")
    return tmp_path


def greets(project: Path, word: str) -> None:
    (project / "greet" / "index.py").write_text(f"def handle(event, context):\n    return {word!r}\n")


def test_it_says_when_it_is_ready_serves_and_ends_with_ctrl_c() -> None:
    with up("--empty") as (run, endpoint):
        assert client(endpoint, "sts").get_caller_identity()["Account"] == "111111111111"
        run.send_signal(signal.SIGINT)
        assert run.wait(timeout=30) == 0


def test_it_deploys_an_assembly_before_it_is_ready(tmp_path: Path) -> None:
    template = tmp_path / "shop.json"
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "orders"}}
    template.write_text(json.dumps({"Resources": {"Orders": queue}}))
    with up("--assembly", str(template)) as (_, endpoint):
        assert client(endpoint, "sqs").get_queue_url(QueueName="orders")["QueueUrl"]


def test_a_watched_app_is_kept_up_with_a_functions_code_without_a_deployment(project: Path) -> None:
    """Given a served app, when a function's file changes and then another one, each is there as soon as it is said."""

    def greeting(endpoint: str) -> str:
        return str(json.loads(client(endpoint, "lambda").invoke(FunctionName="greet")["Payload"].read()))

    with up("--watch", "--app", str(project)) as (run, endpoint):
        first = greeting(endpoint)
        greets(project, "good morning")
        swapped = said(run, "New code for greet")
        second = greeting(endpoint)
        (project / "app.py").write_text("raise SystemExit('out of order')")
        said(run, "Not deployed")
        (project / "app.py").write_text(APP)
        (project / "delay.txt").write_text("7")
        said(run, "Deployed again for")
        attributes = client(endpoint, "sqs").get_queue_attributes(QueueUrl="orders", AttributeNames=["DelaySeconds"])

    assert swapped
    assert (first, second) == ("hello", "good morning")
    assert attributes["Attributes"] == {"DelaySeconds": "7"}


def test_an_app_may_be_a_command_as_the_cdk_cli_takes_it(project: Path) -> None:
    (project / "cdk.json").write_text("{}")
    with up("--app", "python3 app.py", cwd=project) as (_, endpoint):
        assert client(endpoint, "sqs").get_queue_url(QueueName="orders")["QueueUrl"]


def test_a_command_runs_beside_it_with_what_it_needs_and_its_failure_ends_it(tmp_path: Path) -> None:
    script = "echo $AWS_ENDPOINT_URL $AWS_ACCESS_KEY_ID > told; node --version >> told; exit 3"
    with up("--empty", "--run", script, cwd=tmp_path) as (run, endpoint):
        assert run.wait(timeout=60) == 3
    told = (tmp_path / "told").read_text().split()
    assert told[:2] == [endpoint, "111111111111"]
    assert told[2].startswith("v")


def test_what_the_cdk_cli_or_anybody_deploys_and_is_not_emulated_is_a_line_on_its_terminal() -> None:
    with up("--empty") as (run, endpoint):
        body = json.dumps({"Resources": {"Desk": {"Type": "AWS::AppFlow::Flow", "Properties": {}}}})
        client(endpoint, "cloudformation").create_stack(StackName="desk", TemplateBody=body)
        line = said(run, "Not emulated")
    assert line == "Not emulated: desk/Desk: AWS::AppFlow::Flow is not emulated: nothing was made.\n"
