"""Writes the commands into docs/cli.md, from their own help: `python -m tests.cli.document`."""

from __future__ import annotations

import importlib
from pathlib import Path

import click

from eventyard.cli import COMMANDS

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "cli.md"
BEGIN, END = "<!-- the commands, from their help: python -m tests.cli.document -->", "<!-- end of the commands -->"
_COLUMNS = 100


def commands() -> str:
    """A section for each command, with its help as the terminal shows it."""
    return "\n".join(_section(name) for name in COMMANDS)


def _section(name: str) -> str:
    command: click.Command = importlib.import_module(f"eventyard.cli.{name}").command
    context = click.Context(
        command,
        info_name=f"eventyard {name}",
        terminal_width=_COLUMNS,
        max_content_width=_COLUMNS,
        help_option_names=["-h", "--help"],
    )
    lines = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    return f"### {name}\n\n```text\n{lines}\n```\n"


def document() -> str:
    """The document as it should be: what people wrote, and the commands."""
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{commands()}\n{END}{after}"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
