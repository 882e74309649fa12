"""What a command is given as JSON, and what it says when that is no good."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class _NoAnswer(click.ClickException):
    """Exit code 2: 0 and 1 are a command's answers, yes and no."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:  # noqa: ARG002  # click's signature
        click.echo(f"eventyard: {self.message}", err=True)


@contextmanager
def answering() -> Iterator[None]:
    """Within, an error of eventyard's own is one message and exit code 2, so that it is never taken for a "no"."""
    try:
        yield
    except EventyardError as error:
        raise _NoAnswer(str(error)) from None


def text_of(argument: str, name: str) -> str:
    """The JSON text that an argument gives: itself, a file's content, or standard input's.

    Args:
        argument: JSON text, the name of a file, or `-`.
        name: What the command calls the argument, for messages.

    Raises:
        EventyardError: neither JSON text nor a file that can be read; `where` is the name.
    """
    if argument == "-":
        return _read(name, "standard input", sys.stdin.buffer.read)
    if argument.lstrip()[:1] in ("{", "["):
        return argument
    file = Path(argument)
    # A text that no file system takes for a name (too long, a null character) is no file either.
    try:
        found = file.is_file()
    except (OSError, ValueError):
        found = False
    if not found:
        shown = argument if len(argument) <= 60 else f"{argument[:60]}..."  # noqa: PLR2004  # fits on one line
        raise EventyardError(
            f"{shown!r} is neither JSON text nor a file.",
            where=name,
            remedy="Give an object such as '{\"source\": ...}', a file name, or - for standard input.",
        )
    return _read(name, str(file), file.read_bytes)


def object_of(text: str, name: str) -> dict[str, Any]:
    """The JSON object that a text is.

    Raises:
        EventyardError: no JSON, or no object; `where` is the argument's name.
    """
    try:
        found = json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise EventyardError("it is nested too deeply to be read.", where=name, remedy="Flatten it.") from None
    except ValueError as error:
        raise EventyardError(
            f"it is not valid JSON: {error}.", where=name, remedy="Correct the text at that position."
        ) from None
    if not isinstance(found, dict):
        raise EventyardError("it is not a JSON object.", where=name, remedy="Write {...}.")
    return found


def printable(text: str) -> str:
    """The text with lone surrogates escaped: JSON may hold them, no terminal takes them."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _read(name: str, place: str, read: Callable[[], bytes]) -> str:
    try:
        return read().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise EventyardError(
            f"{place} cannot be read: {error}.", where=name, remedy="It must be a text in UTF-8."
        ) from None


def _refuse(token: str) -> None:
    raise ValueError(f"{token} is no JSON")  # the JSON parser's own kind of error
