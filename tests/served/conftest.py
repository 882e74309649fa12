"""A served cloud on a port of its own, shared by the tests of a file."""

from __future__ import annotations

import io
import json
import textwrap
import zipfile
from typing import TYPE_CHECKING

import pytest

from eventyard.local import ServedCloud

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="module")
def served() -> Iterator[ServedCloud]:
    with ServedCloud(port=0) as cloud:
        yield cloud


@pytest.fixture
def function(served: ServedCloud) -> Callable[[str, str], str]:
    """Make a function with inline code, whose role may do everything; answers its name."""

    def made(name: str, code: str) -> str:
        iam, content = served.client("iam"), io.BytesIO()
        anything = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
        role = iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": trust})
        )["Role"]["Arn"]
        iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=json.dumps(anything))
        with zipfile.ZipFile(content, "w") as bundle:
            bundle.writestr("index.py", textwrap.dedent(code))
        served.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="index.handle",
            Role=role,
            Timeout=30,
            Code={"ZipFile": content.getvalue()},
        )
        return name

    return made
