"""The command line, as someone types it."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def eventyard(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "eventyard", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_help_lists_every_command_in_one_line_each() -> None:
    said = eventyard("--help")

    assert said.returncode == 0
    assert "demo " in said.stdout
    assert "synth " in said.stdout


def test_an_unknown_command_is_refused_with_the_usage() -> None:
    said = eventyard("dmeo")

    assert said.returncode == 2
    assert "No such command 'dmeo'" in said.stderr


@pytest.mark.parametrize("command", ["demo", "synth"])
def test_an_error_is_one_message_without_a_traceback(tmp_path: Path, command: str) -> None:
    said = eventyard(command, "--app", str(tmp_path))

    assert said.returncode == 1
    assert said.stderr == f"eventyard: {tmp_path}: there is no cdk.json here. Run this in a CDK project.\n"


def test_the_demo_of_an_app_that_is_not_the_shop_says_so(tmp_path: Path) -> None:
    app = """
import json, os, pathlib
out = pathlib.Path(os.environ["CDK_OUTDIR"])
stack = {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region",
         "properties": {"templateFile": "Other.json"}}
(out / "manifest.json").write_text(json.dumps({"artifacts": {"Other": stack}}))
(out / "Other.json").write_text(json.dumps({"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}))
"""
    (tmp_path / "app.py").write_text(app)
    (tmp_path / "cdk.json").write_text('{"app": "python3 app.py"}')

    said = eventyard("demo", cwd=tmp_path)

    assert said.returncode == 1
    assert said.stderr.startswith(f"eventyard: {tmp_path}: this app has no bus 'commerce'")


@pytest.mark.xdist_group("cdk")
def test_the_demo_tells_the_day_and_balances_the_books() -> None:
    said = eventyard("demo", "--orders", "12", "--seed", "7")

    assert said.returncode == 0, said.stdout + said.stderr
    assert "Who got what" in said.stdout
    assert "OpenInvoice" in said.stdout
    assert re.search(r"accountant\S+ +[1-9]", said.stdout)  # whose server the demo itself stands in for
    assert "One order's story" in said.stdout
    happened = [
        "The fulfiller's webhook is busy",
        "OpenInvoice breaks",
        "The alarm is on: the shop is losing events.",
        "OpenInvoice is repaired",
        "The alarm is off again.",
        "A forecast is new in analytics",
        "a notice with a forged signature",
        "AccessDeniedException",
    ]
    text = " ".join(said.stdout.split())
    assert sorted(happened, key=text.index) == happened
    assert re.search(r"a replay gives it the day's [1-9]\d* orders", text)
    assert re.search(r"[1-9]\d* requests were turned away", text)
    for account in ("111111111111", "222222222222", "333333333333"):
        assert re.search(rf"{account} +\d+ matched = ", text), account
    assert "They balance, and no event is lost." in said.stdout


@pytest.mark.xdist_group("cdk")
def test_synth_lists_the_stacks_with_their_account_and_region() -> None:
    said = eventyard("synth")

    assert said.returncode == 0, said.stderr
    assert "OrderFanout  111111111111 us-east-1" in said.stdout
