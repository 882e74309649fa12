"""String operators: exact, in any case, or like a text with wildcards. Variables count in all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventyard.policies.conditions.operator import Operator
from eventyard.policies.context import text_of
from eventyard.policies.matcher import TextPattern

if TYPE_CHECKING:
    from eventyard.policies.context import Context, Value


@dataclass(frozen=True, slots=True)
class Text:
    """A text; `like` is the same text with its wildcards understood, for the remark alone."""

    pattern: TextPattern
    like: TextPattern | None

    def matches(self, value: Value, context: Context) -> bool | None:
        """Whether the request's value, as text, is this one."""
        return self.pattern.matches(text_of(value), context)

    def remark(self, value: Value, context: Context) -> str:
        """A variable without a value, or a wildcard that this operator takes literally."""
        if name := self.pattern.unresolved(context):
            return f"the request has no value for {name}"
        if self.like and self.like.matches(text_of(value), context):
            return "this operator takes * and ? literally, StringLike would match"
        return ""


def _exact(text: str, variables: bool, where: str) -> Text:  # noqa: FBT001  # the operators' one shape
    like = TextPattern.parse(text, where, wildcards=True, variables=variables) if "*" in text or "?" in text else None
    return Text(TextPattern.parse(text, where, wildcards=False, variables=variables), like)


def _any_case(text: str, variables: bool, where: str) -> Text:  # noqa: FBT001  # the operators' one shape
    pattern = TextPattern.parse(text, where, wildcards=False, variables=variables, any_case=True)
    return Text(pattern, None)


def _like(text: str, variables: bool, where: str) -> Text:  # noqa: FBT001  # the operators' one shape
    return Text(TextPattern.parse(text, where, wildcards=True, variables=variables), None)


OPERATORS = (
    Operator("StringEquals", "is", _exact),
    Operator("StringNotEquals", "is not", _exact, negated=True),
    Operator("StringEqualsIgnoreCase", "is, in any case,", _any_case),
    Operator("StringNotEqualsIgnoreCase", "is not, in any case,", _any_case, negated=True),
    Operator("StringLike", "is like", _like),
    Operator("StringNotLike", "is not like", _like, negated=True),
)
