"""Equality that ignores case, letter by letter, as AWS's engine has it.

Each letter of the operand stands for its lower and its upper form; the value must spell one of them. That is neither
comparing lowered texts (the operand `ß` also stands for `SS`) nor case folding (`straße` does not stand for `strasse`).
"""

from __future__ import annotations

import re

_BASIC_PLANE = 0xFFFF  # the engine, written in Java, changes case within it only


def ignoring_case(text: str, *, backwards: bool = False) -> re.Pattern[str]:
    """A linear-time expression for the text in any case; `backwards` for a text and values read from the end."""
    letters = reversed(text) if backwards else text
    return re.compile("".join(_letter(letter, backwards=backwards) for letter in letters))


def longest(text: str) -> int:
    """The length of the longest spelling of the text."""
    return sum(max(len(form) for form in _forms(letter)) for letter in text)


def _letter(letter: str, *, backwards: bool) -> str:
    forms = [re.escape(form[::-1] if backwards else form) for form in _forms(letter)]
    return forms[0] if len(forms) == 1 else f"(?:{'|'.join(forms)})"


def _forms(letter: str) -> list[str]:
    if ord(letter) > _BASIC_PLANE:
        return [letter]
    return list(dict.fromkeys((letter.lower(), letter.upper())))
