"""Shell completion, as the shells ask for it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def completions(words: str) -> set[str]:
    """What bash gets for a line that ends where the cursor is."""
    asked = {"_EVENTYARD_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    command = [sys.executable, "-m", "eventyard"]
    said = subprocess.run(command, env={**os.environ, **asked}, capture_output=True, text=True, check=True)
    return {line.partition(",")[2] for line in said.stdout.splitlines()}


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("eventyard st", {"status", "story"}),
        ("eventyard tail --fate d", {"delivered", "dead-lettered", "dropped"}),
        ("eventyard story --e", {"--endpoint"}),
        ("eventyard completion ", {"bash", "zsh", "fish"}),
    ],
)
def test_commands_options_and_their_values_are_completed(words: str, offered: set[str]) -> None:
    assert completions(words) == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_of_its_own(shell: str) -> None:
    command = [sys.executable, "-m", "eventyard", "completion", shell]
    said = subprocess.run(command, capture_output=True, text=True, check=True)

    assert f"_EVENTYARD_COMPLETE={shell}_complete" in said.stdout
