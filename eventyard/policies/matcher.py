"""The texts of Action, NotAction, Resource and NotResource, compiled once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventyard.policies.glob import Glob
from eventyard.policies.template import Template, Variable, has_variables, parse_template, resolve, unresolved

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eventyard.policies.context import Context


@dataclass(frozen=True, slots=True)
class TextPattern:
    """A text with wildcards and variables."""

    template: Template
    _glob: Glob | None  # None where a request is needed to know the text

    @classmethod
    def parse(cls, text: str, where: str, *, wildcards: bool, variables: bool) -> TextPattern:
        """Compiled as far as it can be without a request.

        Raises:
            PolicyError: A malformed variable.
        """
        template = parse_template(text, where, wildcards=wildcards, variables=variables)
        return cls(template, None if has_variables(template) else Glob.of(token for token in template if not isinstance(token, Variable)))

    def matches(self, text: str, context: Context) -> bool | None:
        """Whether the text is this one; None if one of its variables has no value."""
        if self._glob is not None:
            return self._glob.matches(text)
        tokens = resolve(self.template, context)
        return None if tokens is None else Glob.of(tokens).matches(text)

    def unresolved(self, context: Context) -> str:
        """The first variable without a value; empty if there is none."""
        return unresolved(self.template, context)


@dataclass(frozen=True, slots=True)
class Listed:
    """The texts of an element, or with `inverted` all texts but these."""

    written: tuple[str, ...]
    inverted: bool
    _exact: frozenset[str]
    _patterns: tuple[TextPattern, ...]

    @classmethod
    def parse(cls, texts: Sequence[str], where: str, *, inverted: bool, variables: bool, any_case: bool) -> Listed:
        """Compiled; `any_case` expects to be asked in lower case.

        Raises:
            PolicyError: A malformed variable.
        """
        exact: set[str] = set()
        patterns: list[TextPattern] = []
        for index, text in enumerate(texts):
            spelled = text.lower() if any_case else text
            if "*" in text or "?" in text or (variables and "${" in text):
                place = f"{where}[{index}]" if len(texts) > 1 else where
                patterns.append(TextPattern.parse(spelled, place, wildcards=True, variables=variables))
            else:
                exact.add(spelled)
        return cls(tuple(texts), inverted, frozenset(exact), tuple(patterns))

    def admits(self, text: str, context: Context) -> bool:
        """Whether the element covers the text.

        A variable without a value makes a text that matches nothing; under NotResource it covers nothing either, for
        AWS calls such a statement invalid ("IAM policy elements: Variables and tags").
        """
        if text in self._exact:
            return not self.inverted
        unknown = False
        for pattern in self._patterns:
            found = pattern.matches(text, context)
            if found:
                return not self.inverted
            unknown = unknown or found is None
        return self.inverted and not unknown

    def unresolved(self, context: Context) -> str:
        """The first variable without a value; empty if there is none."""
        return next((name for pattern in self._patterns if (name := pattern.unresolved(context))), "")
