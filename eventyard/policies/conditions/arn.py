"""ARN operators: `ArnEquals` and `ArnLike` are the same. Each of the six parts is matched on its own.

So a `*` in one of the first five parts does not reach over a colon ("IAM JSON policy elements: Condition operators",
ARN). A text with fewer than six parts is no ARN: as a value of the policy or of the request it matches nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventyard.policies.conditions.operator import Operator
from eventyard.policies.context import text_of
from eventyard.policies.glob import Glob
from eventyard.policies.template import Template, Variable, has_variables, parse_template, resolve, unresolved

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eventyard.policies.context import Context, Value
    from eventyard.policies.template import Wild

_PARTS = 6


@dataclass(frozen=True, slots=True)
class Arn:
    """An ARN with wildcards; compiled at once where it has no variables."""

    template: Template
    _globs: tuple[Glob, ...] | None

    def matches(self, value: Value, context: Context) -> bool | None:
        """Whether the request's value is such an ARN."""
        globs = self._globs
        if globs is None:
            tokens = resolve(self.template, context)
            if tokens is None:
                return None
            globs = _by_part(tokens)
        parts = text_of(value).split(":", _PARTS - 1)
        if len(globs) != _PARTS or len(parts) != _PARTS:
            return False
        return all(glob.matches(part) for glob, part in zip(globs, parts, strict=True))

    def remark(self, value: Value, context: Context) -> str:
        """A variable without a value, or what is no whole ARN."""
        if name := unresolved(self.template, context):
            return f"the request has no value for {name}"
        if self._globs is not None and len(self._globs) != _PARTS:
            return "what the policy names is no whole ARN: it needs six parts"
        if text_of(value).count(":") < _PARTS - 1:
            return "what the request has is no ARN"
        return ""


def _by_part(tokens: Iterable[str | Wild]) -> tuple[Glob, ...]:
    """One glob for each part between the first five colons."""
    parts: list[list[str | Wild]] = [[]]
    for token in tokens:
        if not isinstance(token, str):
            parts[-1].append(token)
            continue
        first, *others = token.split(":", _PARTS - len(parts))
        parts[-1].append(first)
        parts.extend([other] for other in others)
    return tuple(Glob.of(part) for part in parts)


def _arn(text: str, variables: bool, where: str) -> Arn:  # noqa: FBT001  # the operators' one shape
    template = parse_template(text, where, wildcards=True, variables=variables)
    if has_variables(template):
        return Arn(template, None)
    return Arn(template, _by_part(token for token in template if not isinstance(token, Variable)))


OPERATORS = (
    Operator("ArnEquals", "is", _arn),
    Operator("ArnLike", "is like", _arn),
    Operator("ArnNotEquals", "is not", _arn, negated=True),
    Operator("ArnNotLike", "is not like", _arn, negated=True),
)
