"""Nothing of a served cloud's reaches real AWS, and nobody elsewhere reaches it, unless it is told to let them."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import boto3
import pytest

from eventyard.errors import EventyardError
from eventyard.local import ServedCloud

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# What a developer's shell may have: whatever of it came through would lead to real AWS, or past this machine.
SHELL = {
    "AWS_ACCESS_KEY_ID": "AKIAREAL",
    "AWS_SECRET_ACCESS_KEY": "real-secret",
    "AWS_SESSION_TOKEN": "real-token",
    "AWS_PROFILE": "production",
    "AWS_DEFAULT_PROFILE": "production",
    "AWS_ENDPOINT_URL": "https://real.amazonaws.com",
    "AWS_ENDPOINT_URL_SQS": "https://real.amazonaws.com",
}
# Nobody listens there: a call through this proxy fails.
PROXY = "http://127.0.0.1:9"
TELL = "import json, os, sys; json.dump(dict(os.environ), open(sys.argv[1], 'w'))"
HANDLER = """
import os, boto3
def handle(event, context):
    try:
        boto3.client("sqs", endpoint_url="https://sqs.us-east-1.amazonaws.com").list_queues()
        went = "it left the machine"
    except Exception as error:
        went = str(error)
    return {"environment": dict(os.environ), "went": went}
"""


@pytest.fixture
def developers_shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its variables, and the profile that they name."""
    for name, value in SHELL.items():
        monkeypatch.setenv(name, value)
    config = tmp_path / "config"
    config.write_text("[profile production]\naws_access_key_id = AKIAREAL\naws_secret_access_key = real-secret\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))


def of_the_shell(environment: dict[str, str]) -> dict[str, str]:
    """What of the developer's came through."""
    return {name: value for name, value in environment.items() if value in SHELL.values()}


@pytest.mark.usefixtures("developers_shell")
def test_the_servers_own_process_has_nothing_of_the_shells_while_it_serves() -> None:
    with ServedCloud(port=0) as cloud:
        inside = dict(os.environ)
        mine = boto3.client("sts", endpoint_url=cloud.endpoint).get_caller_identity()["Account"]

    assert of_the_shell(inside) == {}
    assert inside["AWS_CONFIG_FILE"] == os.devnull
    assert mine == "111111111111"
    assert of_the_shell(dict(os.environ)) == SHELL


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_shells_is_not_asked_about_this_machine(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, PROXY)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with ServedCloud(port=0) as cloud:
        assert cloud.client("sqs").list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert "NO_PROXY" not in os.environ


@pytest.fixture
def served(developers_shell: None) -> ServedCloud:  # noqa: ARG001 - in this shell it is started
    return ServedCloud(port=0)


def test_a_function_has_its_roles_credentials_and_its_calls_stay_here(
    served: ServedCloud, function: Callable[[str, str], str]
) -> None:
    """Given a shell that could call AWS, when a function tells what it sees and calls AWS by name, then it cannot."""
    with served:
        client = served.client("lambda")
        payload = client.invoke(FunctionName=function("tell", HANDLER))["Payload"].read()

    told = json.loads(payload)
    assert of_the_shell(told["environment"]) == {}
    assert told["environment"]["AWS_ENDPOINT_URL"] == served.endpoint
    assert told["environment"]["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert "about to leave the machine" in told["went"]


@pytest.mark.usefixtures("developers_shell")
def test_a_command_that_up_runs_beside_it_has_the_clouds_credentials_and_endpoint(tmp_path: Path) -> None:
    seen = tmp_path / "seen.json"
    tell = shlex.join([sys.executable, "-c", TELL, str(seen)])
    failing = f"{tell} && exit 3"
    command = [sys.executable, "-m", "eventyard", "up", "--empty", "--port", "0", "--run", failing]

    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    environment = json.loads(seen.read_text())
    assert done.returncode == 3, done.stdout + done.stderr
    assert of_the_shell(environment) == {}
    assert environment["AWS_CONFIG_FILE"] == os.devnull
    assert re.search(r"ready.*AWS_ENDPOINT_URL=(\S+)", done.stdout)[1] == environment["AWS_ENDPOINT_URL"]  # type: ignore[index]
    assert environment["AWS_ACCESS_KEY_ID"] == "111111111111"


def port_of(cloud: ServedCloud) -> int:
    return int(cloud.endpoint.rpartition(":")[2])


def status(cloud: ServedCloud, host: str) -> int:
    connection = HTTPConnection("127.0.0.1", port_of(cloud), timeout=10)
    connection.request("GET", "/_eventyard/status", headers={"Host": host})
    answer = connection.getresponse().status
    connection.close()
    return answer


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere 127.0.0.2 is no address of this machine's")
def test_it_listens_on_one_address_of_this_machine_unless_told_otherwise() -> None:
    with ServedCloud(port=0) as cloud, pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port_of(cloud)), timeout=10)
    with ServedCloud(port=0, host="0.0.0.0") as cloud:  # noqa: S104 - that is what is tested
        socket.create_connection(("127.0.0.2", port_of(cloud)), timeout=10).close()


def test_who_serves_everywhere_is_called_by_an_address_and_never_by_a_foreign_name() -> None:
    """A page in a browser can make its own name resolve to this machine; it has no name that is an address."""
    with ServedCloud(port=0, host="0.0.0.0") as cloud:  # noqa: S104 - that is what is tested
        answers = {
            host: status(cloud, host) for host in ("192.0.2.7:4599", "[2001:db8::1]", "localhost", "shop.example")
        }
    assert answers == {"192.0.2.7:4599": 200, "[2001:db8::1]": 200, "localhost": 200, "shop.example": 403}
    with ServedCloud(port=0) as cloud:
        assert status(cloud, "192.0.2.7:4599") == 403


def test_an_address_that_is_neither_is_refused_with_those_there_are() -> None:
    with pytest.raises(EventyardError, match=r"127\.0\.0\.1 or 0\.0\.0\.0, not on 'example\.com'"):
        ServedCloud(host="example.com")
