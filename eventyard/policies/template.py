"""A text of a policy as tokens: literal text, wildcards, and policy variables.

Follows the IAM user guide, "IAM policy elements: Variables and tags": `${key}`, `${key, 'default'}`, and `${*}`,
`${?}`, `${$}` for the characters themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from eventyard.errors import PolicyError

if TYPE_CHECKING:
    from eventyard.policies.context import Context


class Wild(Enum):
    """A wildcard."""

    ANY = "*"  # any characters, none included
    ONE = "?"  # any one character


@dataclass(frozen=True, slots=True)
class Variable:
    """A policy variable: the key in lower case, its value where the request has none, and how it is written."""

    key: str
    default: str | None
    written: str


Token = str | Wild | Variable
Template = tuple[Token, ...]
Resolved = tuple[str | Wild, ...]

_SPECIAL = re.compile(r"\$\{|\*+|\?")
_VARIABLE = re.compile(
    r"\$\{(?:(?P<literal>[*?$])"
    r"|(?P<key>[^\s${},'*?](?:[^${},'*?]*[^\s${},'*?])?)(?:,\s*'(?P<default>[^']*)')?)\}"
)


def parse_template(text: str, where: str, *, wildcards: bool, variables: bool) -> Template:
    """The tokens of a text.

    Args:
        text: As it stands in the policy.
        where: Its path, for the error.
        wildcards: Whether `*` and `?` are wildcards (`StringLike`) or characters (`StringEquals`).
        variables: Whether `${` begins a variable: only in policies of version 2012-10-17.

    Raises:
        PolicyError: A variable that is not closed, or empty, or whose default is not in single quotes.
    """
    tokens: list[Token] = []
    at = 0
    for special in _SPECIAL.finditer(text):
        if special.start() < at:
            continue  # within the variable just read
        found = special.group()
        if (found == "${" and not variables) or (found != "${" and not wildcards):
            continue
        tokens.append(text[at : special.start()])
        if found != "${":
            tokens.append(Wild(found[0]))
            at = special.end()
            continue
        variable = _VARIABLE.match(text, special.start())
        if variable is None:
            raise PolicyError(
                f"The policy variable at character {special.start()} of {text[:80]!r} is malformed.",
                where=where,
                remedy="Write ${key} or ${key, 'default'}; ${$} stands for a dollar sign.",
            )
        tokens.append(variable["literal"] or Variable(variable["key"].lower(), variable["default"], variable.group()))
        at = variable.end()
    tokens.append(text[at:])
    return _joined(tokens)


def has_variables(template: Template) -> bool:
    """Whether a request is needed to know the text."""
    return any(isinstance(token, Variable) for token in template)


def resolve(template: Template, context: Context) -> Resolved | None:
    """The tokens with the variables' values, which are plain text; None where one has neither value nor default."""
    resolved: list[str | Wild] = []
    for token in template:
        if isinstance(token, Variable):
            value = context.text(token.key)
            value = token.default if value is None else value
            if value is None:
                return None
            resolved.append(value)
        else:
            resolved.append(token)
    return tuple(resolved)


def unresolved(template: Template, context: Context) -> str:
    """The first variable without a value, as it is written; empty if all have one."""
    for token in template:
        if isinstance(token, Variable) and token.default is None and context.text(token.key) is None:
            return token.written
    return ""


def _joined(tokens: list[Token]) -> Template:
    """Neighbouring literals made one; empty ones, and a star after a star, left out."""
    joined: list[Token] = []
    literal: list[str] = []
    for token in tokens:
        if isinstance(token, str):
            literal.append(token)
            continue
        if text := "".join(literal):
            joined.append(text)
        literal.clear()
        if not (token is Wild.ANY and joined and joined[-1] is Wild.ANY):
            joined.append(token)
    if text := "".join(literal):
        joined.append(text)
    return tuple(joined)
