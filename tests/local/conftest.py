"""Templates as a test writes them, deployed into a local cloud; one host of workers for all tests."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from eventyard.local import Host, LocalCloud, Notice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Json = dict[str, Any]


class Deploy(Protocol):
    """Deploys resources as the stack `shop`, or another one."""

    def __call__(self, resources: Json, *, stack: str = "shop", **sections: Any) -> tuple[Notice, ...]:  # noqa: ANN401 - sections of a template
        """The notices of the deployment."""


class Function(Protocol):
    """A function with inline code, its role, which may do everything, included: two resources for a template."""

    def __call__(self, name: str, code: str, **properties: Any) -> Json:  # noqa: ANN401 - CloudFormation's properties
        """The resources `NAME` and `NAMERole`."""


class Put(Protocol):
    """Puts one event, from `shop.web` of type `OrderPlaced` unless said otherwise."""

    def __call__(self, detail: Json | None = None, **entry: Any) -> str:  # noqa: ANN401 - PutEvents' own fields
        """Its EventId."""


class Bodies(Protocol):
    """What is in a queue: received and deleted."""

    def __call__(self, queue: str) -> list[str]:
        """The messages' bodies, in order."""


@pytest.fixture(scope="session")
def host() -> Iterator[Host]:
    with Host() as running:
        yield running


@pytest.fixture
def cloud(host: Host) -> Iterator[LocalCloud]:
    """Without permissions, which have tests of their own: most templates here name none."""
    with LocalCloud(host=host, enforce=False) as running:
        yield running


@pytest.fixture
def deploy(cloud: LocalCloud, tmp_path: Path) -> Deploy:
    def deployed(resources: Json, *, stack: str = "shop", **sections: Any) -> tuple[Notice, ...]:  # noqa: ANN401 - as above
        template = tmp_path / f"{stack}.json"
        template.write_text(json.dumps({"Resources": resources, **sections}))
        return cloud.deploy(template)

    return deployed


@pytest.fixture
def function() -> Function:
    def resources(name: str, code: str, **properties: Any) -> Json:  # noqa: ANN401 - as above
        return {
            f"{name}Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "AssumeRolePolicyDocument": _allow("sts:AssumeRole", Principal={"Service": "lambda.amazonaws.com"}),
                    "Policies": [{"PolicyName": "all", "PolicyDocument": _allow("*", Resource="*")}],
                },
            },
            name: {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "FunctionName": name,
                    "Runtime": "python3.13",
                    "Handler": "index.handle",
                    "Role": {"Fn::GetAtt": [f"{name}Role", "Arn"]},
                    "Timeout": 30,
                    "Code": {"ZipFile": textwrap.dedent(code)},
                    **properties,
                },
            },
        }

    return resources


@pytest.fixture
def put(cloud: LocalCloud) -> Put:
    def one(detail: Json | None = None, **entry: Any) -> str:  # noqa: ANN401 - as above
        given = {"Source": "shop.web", "DetailType": "OrderPlaced", "Detail": json.dumps(detail or {}), **entry}
        answer = cloud.client("events").put_events(Entries=[given])
        return str(answer["Entries"][0]["EventId"])

    return one


@pytest.fixture
def bodies(cloud: LocalCloud) -> Bodies:
    def of(queue: str) -> list[str]:
        sqs = cloud.client("sqs")
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        found: list[str] = []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            found += [message["Body"] for message in messages]
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    return of


def _allow(action: str, **more: Any) -> Json:  # noqa: ANN401 - a statement's other elements
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, **more}]}
