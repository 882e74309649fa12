"""`Bool`, and `Null`, which compares "the request lacks the key" with true or false. Variables count in Bool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventyard.policies.conditions.operator import Operator, refused
from eventyard.policies.context import text_of
from eventyard.policies.matcher import TextPattern

if TYPE_CHECKING:
    from eventyard.policies.context import Context, Value


@dataclass(frozen=True, slots=True)
class Truth:
    """True or false, in any case."""

    pattern: TextPattern

    def matches(self, value: Value, context: Context) -> bool | None:
        """Whether the request's value is the same truth; what is neither true nor false is not."""
        text = text_of(value).lower()
        return self.pattern.matches(text, context) if text in {"true", "false"} else False

    def remark(self, value: Value, context: Context) -> str:
        """A variable without a value, or a value that is neither."""
        if name := self.pattern.unresolved(context):
            return f"the request has no value for {name}"
        return "" if text_of(value).lower() in {"true", "false"} else "what the request has is neither true nor false"


def _truth(text: str, variables: bool, where: str) -> Truth:  # noqa: FBT001  # the operators' one shape
    if text.lower() not in {"true", "false"} and not (variables and "${" in text):
        raise refused(text, "boolean (true or false)", where)
    return Truth(TextPattern.parse(text, where, wildcards=False, variables=variables, any_case=True))


def _presence(text: str, _: bool, where: str) -> Truth:  # noqa: FBT001  # the operators' one shape
    return _truth(text, False, where)  # noqa: FBT003  # no variables in Null


OPERATORS = (
    Operator("Bool", "is", _truth),
    Operator("Null", "being absent is", _presence, presence=True),
)
